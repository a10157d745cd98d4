"""A file of which the kernel tells whether anybody has opened it."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPENED = 0x20
_LIBC = ctypes.CDLL(None, use_errno=True)


class WatchedFile:
    """Tells if a file was opened since it is watched."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @property
    def was_opened(self) -> bool:
        """Tell if anybody, in whatever process, has opened the file."""
        try:
            return bool(os.read(self._descriptor, 4096))
        except BlockingIOError:
            return False


@contextmanager
def watched(path: Path) -> Iterator[WatchedFile]:
    """Watch a file by inotify."""
    descriptor = _LIBC.inotify_init1(os.O_NONBLOCK)
    assert descriptor >= 0
    assert _LIBC.inotify_add_watch(descriptor, os.fsencode(path), _OPENED) >= 0
    try:
        yield WatchedFile(path, descriptor)
    finally:
        os.close(descriptor)
