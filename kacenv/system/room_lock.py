"""Lock on a room, held until its process ends, however it ends (flock)."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kacenv.core.errors import DaemonError
from kacenv.system.paths import run_folder, run_folders

DAEMON, SUPERVISOR = "lock", "kept"
"""Holders of locks: the daemon that runs a room, and the supervisor that restarts it."""
_TAKEN: Final = (
    "The room {} is already being run by another kacenv. Use it as it is, or end it first."
)


@contextmanager
def claim(room: str, claimant: str = DAEMON, *, refusal: str = "") -> Iterator[Path]:
    """Lock the room while open; yield the folder of this user's running rooms.

    Other users may see that a room is taken, so folder and lock are readable. `refusal` is the
    text of the error.

    Raises:
        DaemonError: Another process holds the lock.
    """
    folder = run_folder()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    path = folder / f"{room}.{claimant}"
    with path.open("w") as file:
        with suppress(OSError):
            path.chmod(0o644)  # it may be another user's
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DaemonError(refusal or _TAKEN.format(room)) from None
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
