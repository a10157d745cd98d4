"""Starts a room's daemon where none runs yet."""

import subprocess
import sys
import time

from kacenv.cli.client import get
from kacenv.errors import DaemonError, NotRunningError
from kacenv.loader import House, load_room
from kacenv.places import run_folder

_PATIENCE = 15.0
"""A daemon that doesn't answer after this many seconds has failed to start."""


def ensure_running(home: House, room: str) -> str:
    """Have the daemon of `room` running, in the background if it must be started; its name.

    Raises:
        LoadError: the room's file can't be used.
        DaemonError: it doesn't start; carries what it said.
    """
    name = load_room(home, room).name
    if not _answers(name):
        _start(home, room, name)
    return name


def _start(home: House, room: str, name: str) -> None:
    folder = run_folder()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    command = [sys.executable, "-m", "kacenv", "serve", "--room", room, "--house", str(home.root)]
    with log.open("a+") as said:
        begun = said.tell()
        daemon = subprocess.Popen(  # noqa: S603 - our own program, with a room that has loaded
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and daemon.poll() is None:
            if _answers(name):
                return
            time.sleep(0.05)
        said.seek(begun)
        if not _answers(name):
            raise DaemonError(said.read().strip() or f"The room {name} didn't start; see {log}")


def _answers(name: str) -> bool:
    """Whether the room runs; one that runs but doesn't answer raises DaemonError."""
    try:
        get(name, "/v1/status")
    except NotRunningError:
        return False
    return True
