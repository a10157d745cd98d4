"""Who has a room: claims that end with the process that made them, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kacenv.errors import DaemonError
from kacenv.places import run_folder, run_folders

DAEMON, SUPERVISOR = "lock", "kept"
"""What claims a room: the daemon that runs it, and the supervisor that starts it again."""


@contextmanager
def claim(room: str, claimant: str = DAEMON) -> Iterator[Path]:
    """Have the room as long as this is open; the folder of this user's running rooms.

    Raises:
        DaemonError: somebody else has it.
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
    """Whether a daemon, or the supervisor that will start one again, has the room."""
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
