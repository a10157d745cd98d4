"""Lock on a room, held until its process ends, however it ends (flock); forks don't share it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from kacenv.core.errors import DaemonError
from kacenv.system.paths import run_folder, run_folders

DAEMON, SUPERVISOR, PLAYER = "lock", "kept", "sound"
"""Holders of locks: a room's daemon, the supervisor that restarts it, and its player."""
_TAKEN: Final = (
    "The room {} is already being run by another kacenv. Use it as it is, or end it first."
)
_held: Final[set[IO[bytes]]] = set()
_SHUT: Final = "The room's lock {} can't be opened: {}. Remove it, as its owner or as root."


@contextmanager
def claim(room: str, claimant: str = DAEMON, *, refusal: str = "") -> Iterator[Path]:
    """Lock the room while open; yield the folder of this user's running rooms.

    Whoever can open the lock could hold it, so only this user can. `refusal` is the error's text.

    Raises:
        DaemonError: Another process holds the lock.
    """
    folder = run_folder()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with _opened(folder / f"{room}.{claimant}") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DaemonError(refusal or _TAKEN.format(room)) from None
        _held.add(file)
        os.ftruncate(file.fileno(), 0)
        os.pwrite(file.fileno(), str(os.getpid()).encode(), 0)
        try:
            yield folder
        finally:
            _held.discard(file)


def _let_go() -> None:
    """Close the locks in a fork, which would hold them beyond their holder's death."""
    for file in _held:
        file.close()
    _held.clear()


os.register_at_fork(after_in_child=_let_go)


def _opened(path: Path) -> IO[bytes]:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        os.fchmod(handle, 0o600)
    except OSError as error:
        raise DaemonError(_SHUT.format(path, error.strerror)) from None
    return os.fdopen(handle, "wb")


def is_claimed(room: str) -> bool:
    """Return True if a daemon or its supervisor holds the room."""
    paths = (folder / f"{room}.{who}" for folder in run_folders() for who in (DAEMON, SUPERVISOR))
    return any(_is_locked(path) for path in paths)


def holder(room: str, claimant: str) -> int | None:
    """Return the process id of this user's holder of a lock; None if nobody holds it."""
    path = run_folder() / f"{room}.{claimant}"
    if not _is_locked(path):
        return None
    told = path.read_text("ascii")
    return int(told) if told.isdecimal() else None


def _is_locked(path: Path) -> bool:
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except PermissionError:
        return path.stat().st_ino in _locked_inodes()
    except OSError:
        return False
    return False


def _locked_inodes() -> Iterator[int]:
    """Yield the inodes of files that are locked, as every user may know; see proc_locks(5)."""
    for line in Path("/proc/locks").read_text("ascii").splitlines():
        words = line.split()
        if "FLOCK" in words:
            yield int(words[-3].rpartition(":")[2])
