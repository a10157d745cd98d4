"""Lock on a room, held until its process ends, however it ends (flock)."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kacenv.core.errors import DaemonError
from kacenv.system.paths import run_folder, run_folders

DAEMON, SUPERVISOR = "lock", "kept"
"""Holders of locks: the daemon that runs a room, and the supervisor that restarts it."""


@contextmanager
def claim(room: str, claimant: str = DAEMON) -> Iterator[Path]:
    """Lock the room while open; yield the folder of this user's running rooms.

    Raises:
        DaemonError: Another process holds the lock.
    """
    folder = run_folder()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    path = folder / f"{room}.{claimant}"
    with path.open("w") as file:
        with suppress(OSError):
            path.chmod(0o644)  # others shall see that the room is taken
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DaemonError(
                f"The room {room} is already being run by another kacenv. "
                "Use it as it is, or end it first."
            ) from None
        yield folder


def is_claimed(room: str) -> bool:
    """Return True if a daemon or its supervisor holds the room."""
    paths = (folder / f"{room}.{who}" for folder in run_folders() for who in (DAEMON, SUPERVISOR))
    return any(_is_locked(path) for path in paths)


def _is_locked(path: Path) -> bool:
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
