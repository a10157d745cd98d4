"""Sound files, opened so that their decoders reach nothing else.

The file is opened here, and decoders are handed its bytes: they know no path, no address and no
protocol, and must use the demuxer of the kind that was found.
"""

import io
import os
from dataclasses import dataclass
from typing import BinaryIO, Final, Self

from kacenv.analysis.file_type import FileType, extent_of, open_file
from kacenv.analysis.locks import is_locked
from kacenv.analysis.ogg_links import links
from kacenv.core.errors import DeviceError

LOCKED: Final = "it is locked (DRM); use a copy without a lock"


class SoundPart(io.RawIOBase):
    """Bytes of an open file from `start` to `end`, as if they were a file of their own."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        super().__init__()
        self._descriptor = file.fileno()
        self._start, self.size = start, end - start
        self._at = 0

    def read_at(self, at: int, length: int) -> bytes:
        """Read up to `length` bytes at `at`, from any thread."""
        wanted = max(0, min(length, self.size - at))
        return os.pread(self._descriptor, wanted, self._start + at)

    def read(self, size: int = -1) -> bytes:
        """Read the next bytes."""
        data = self.read_at(self._at, self.size if size < 0 else size)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, and return it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return the current place."""
        return self._at

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True


@dataclass(frozen=True, slots=True)
class SoundFile:
    """Open sound file: its kind, and its parts that decoders read one after another.

    Most files have one part; a chained Ogg file has one for each link.
    """

    kind: FileType
    parts: tuple[SoundPart, ...]
    _file: BinaryIO

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; idempotent."""
        self._file.close()


def open_sound(path: str) -> SoundFile:
    """Open the sound file at `path`.

    Raises:
        DeviceError: It isn't there, can't be read, isn't music, or is locked.
    """
    file = open_file(path)
    try:
        return _opened(file)
    except BaseException:
        file.close()
        raise


def _opened(file: BinaryIO) -> SoundFile:
    extent = extent_of(file)
    name, start, end = extent.kind.name, extent.start, extent.end
    try:
        if is_locked(file, name, start, end):
            raise DeviceError(LOCKED)
        spans = links(file, start, end) if name == "ogg" else ((start, end),)
    except OSError as error:
        raise DeviceError(f"the file can't be read: {error.strerror}") from error
    return SoundFile(extent.kind, tuple(SoundPart(file, *span) for span in spans), file)
