"""Regular files: opened only if they are files.

A device such as `/dev/zero` has no end, a pipe may never have a beginning.
"""

import errno
import os
import stat
from pathlib import Path


class NotAFileError(OSError):
    """Not a file but a folder, a device or a pipe; `strerror` tells which."""


def open_regular(path: Path) -> int:
    """Open a file to read, without waiting for anybody; return its descriptor.

    Raises:
        OSError: It isn't a file, or can't be opened.
        ValueError: No file can have such a name.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    kind = os.fstat(handle).st_mode
    if not stat.S_ISREG(kind):
        os.close(handle)
        what = "it is a folder" if stat.S_ISDIR(kind) else "it is a device or a pipe, not a file"
        raise NotAFileError(errno.EINVAL, what, str(path))
    return handle


def read_regular(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: It isn't a file, or can't be read.
    """
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read()
