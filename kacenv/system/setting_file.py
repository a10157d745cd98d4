"""Files that a room file names: opened only if they are files, and as private as they must be."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from kacenv.system.regular_file import open_regular

MOST_BYTES: Final = 65_536
"""Most bytes of a setting; a file of certificates may be longer, and isn't read here."""


class UnfitFileError(Exception):
    """File that can't be used; its text is the reason, in a few words.

    `is_denied` tells that this user may not read it, who isn't its owner either.
    """

    def __init__(self, reason: str, *, is_denied: bool = False) -> None:
        super().__init__(reason)
        self.is_denied = is_denied


def require_readable(path: Path) -> None:
    """Check that a file is there, is a file, and can be read.

    Raises:
        UnfitFileError: It isn't, or can't.
    """
    os.close(_opened(path))


def read_private(path: Path) -> bytes:
    """Return the contents of a short file that others on this machine can't read.

    Raises:
        UnfitFileError: It isn't one.
    """
    with os.fdopen(_opened(path), "rb") as file:
        if os.fstat(file.fileno()).st_mode & stat.S_IRWXO:
            raise UnfitFileError("others on this machine can read it")
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UnfitFileError("it has more than 64 kB")
    return content


def _opened(path: Path) -> int:
    try:
        return open_regular(path)
    except (OSError, ValueError) as error:
        raise _unopened(path, error) from None


def _unopened(path: Path, error: OSError | ValueError) -> UnfitFileError:
    if not isinstance(error, OSError):
        return UnfitFileError("no file can have such a name")
    is_denied = error.errno == errno.EACCES and not _is_own(path)
    return UnfitFileError(error.strerror or str(error), is_denied=is_denied)


def _is_own(path: Path) -> bool:
    """Return True if the file is this user's own, as far as can be seen."""
    try:
        return path.stat().st_uid == os.geteuid()
    except OSError:
        return False
