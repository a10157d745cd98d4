"""Input of libVLC from an open file: it is given bytes, and neither a path nor an address."""

import ctypes
from typing import Any, Final

from kacenv.analysis.sound_file import SoundPart
from kacenv.core.errors import DeviceError
from kacenv.devices.audio.decks.libvlc import instance, library

_FAILED: Final = -1
_MANIFEST: Final = b"<manifest"
_SEARCHED: Final = 200
"""Length (bytes) of a beginning in which libVLC looks for a manifest of a stream."""


class LibvlcInput:
    """Callbacks through which libVLC reads a part of a file; each opening has its own place."""

    def __init__(self, part: SoundPart) -> None:
        self._part = part
        self._places: dict[int, int] = {}
        self._next = 0
        kinds = library().CallbackDecorators
        # Referenced here, as libVLC holds only the addresses of these callbacks.
        self._callbacks: tuple[Any, ...] = (
            kinds.MediaOpenCb(self._open),
            kinds.MediaReadCb(self._read),
            kinds.MediaSeekCb(self._seek),
            kinds.MediaCloseCb(self._close),
        )

    def media(self, demuxer: str) -> Any:
        """Return the media of these bytes, which only `demuxer` may read.

        Raises:
            DeviceError: libVLC isn't installed, or would take the file for a manifest.
        """
        # libVLC's filter for streams over HTTP is asked before any demuxer, and can't be left out.
        if _MANIFEST in self._part.read_at(0, _SEARCHED):
            raise DeviceError("it isn't music but a list of addresses")
        made = library().libvlc_media_new_callbacks(instance(), *self._callbacks, None)
        made.add_option(f":demux={demuxer}")
        made.add_option(":no-sub-autodetect-file")
        return made

    def release(self) -> None:
        """Drop the callbacks, which refer to this object, once nothing is played."""
        self._callbacks = ()

    def _open(self, _: int, data: Any, size: Any) -> int:
        key = self._next = self._next + 1
        self._places[key] = 0
        data[0] = key
        size[0] = self._part.size
        return 0

    def _read(self, key: int, memory: Any, length: int) -> int:
        try:
            data = self._part.read_at(self._places[key], length)
        except OSError:
            return _FAILED
        ctypes.memmove(memory, data, len(data))
        self._places[key] += len(data)
        return len(data)

    def _seek(self, key: int, place: int) -> int:
        self._places[key] = place
        return 0

    def _close(self, key: int) -> None:
        del self._places[key]
