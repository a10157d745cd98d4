"""Start of a room's daemon, if none runs yet."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kacenv.cli.logs import log_to_file
from kacenv.core.errors import DaemonError, KacenvError, NotRunningError
from kacenv.server.client import get
from kacenv.system.paths import run_folder
from kacenv.system.room_lock import SUPERVISOR, claim, is_claimed

if TYPE_CHECKING:
    from kacenv.config import House
    from kacenv.server.supervision import Supervision

_NEEDED = ("kacenv.server.daemon", "kacenv.server.http.listen", "av", "miniaudio")
"""Modules that the supervisor imports, so that a daemon needn't after a crash."""
_TIMEOUT = 60.0
"""Time limit of a daemon's first answer, in seconds; a small machine that is busy needs a while."""


def ensure_running(home: "House", room: str) -> str:
    """Start the daemon of `room` in the background unless it runs; return the room's name.

    Raises:
        LoadError: The room's file can't be used.
        DaemonError: It doesn't start; the message has its output.
    """
    from kacenv.config import load_room

    name = load_room(home, room).name
    if not _answers(name) and not _comes_back(name):
        _start(home, room, name)
    return name


def _comes_back(name: str) -> bool:
    """Return True if a daemon of the room that has died or is starting answers in time.

    Raises:
        DaemonError: A process holds the room and doesn't answer; a second daemon would be worse.
    """
    deadline = time.monotonic() + _TIMEOUT
    while is_claimed(name):
        if _answers(name):
            return True
        if time.monotonic() > deadline:
            raise DaemonError(
                f"The room {name} is being started but doesn't answer. Its log says why: "
                f"kacenv doctor --room {name}"
            )
        time.sleep(0.05)
    return _answers(name)


def supervise(room: str, house: Path | None, log: Path | None, *, as_json: bool = False) -> int:
    """Keep the daemon of `room` running until told to end; return the exit code."""
    _have_one_thread()
    from kacenv.server.supervisor import Supervisor

    for needed in _NEEDED:
        import_module(needed)

    from kacenv.config import House
    from kacenv.server.daemon import room_name
    from kacenv.server.daemon_process import adopt_daemon
    from kacenv.server.player_keeper import PlayerKeeper, PlayerLink, player_line, run_player
    from kacenv.server.supervision import Supervision
    from kacenv.system.processes import name_process

    again = [*_serve(room, house, log, as_json=as_json), "--supervised"]
    name = room_name(House.find(house), room)

    ends, adopted = player_line()

    def begin(title: str, short: str) -> None:
        if log is not None:
            log_to_file(log, as_json=as_json)
        name_process(f"kacenv: {title} {name}", short)

    def play() -> int:
        begin("player of", "kacenv-player")
        return run_player(name, ends)

    def life() -> int:
        begin("room", "kacenv-room")
        supervision = Supervision(again, player=PlayerLink(ends, name))
        code = run(room, house, supervision)
        if code == 0:
            supervision.leave()
        return code

    with claim(name, SUPERVISOR):
        name_process(f"kacenv: supervisor of {name}", "kac-supervisor")
        return Supervisor(life).run(adopt_daemon, PlayerKeeper(ends, play, adopted))


def run(room: str, house: Path | None, supervision: "Supervision | None" = None) -> int:
    """Run `room` in this process until told to end; return the exit code."""
    _have_one_thread()
    from kacenv.config import House
    from kacenv.server.daemon import serve
    from kacenv.server.supervision import Supervision

    try:
        asyncio.run(serve(House.find(house), room, supervision or Supervision(())))
    except KacenvError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _have_one_thread() -> None:
    """Keep libraries from starting threads, as a process with threads is ill forked."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def own_program() -> list[str]:
    """Return the command that runs this kacenv."""
    script = Path(sys.executable).with_name("kacenv")
    return [str(script)] if script.exists() else [sys.executable, "-m", "kacenv"]


def _serve(room: str, house: Path | None, log: Path | None, *, as_json: bool) -> list[str]:
    given = {"--room": room, "--house": house, "--log": log}
    options = [word for name, value in given.items() if value for word in (name, str(value))]
    return [*own_program(), "serve", *options, *(["--log-json"] if as_json else [])]


def _start(home: "House", room: str, name: str) -> None:
    folder = run_folder()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    command = [*_serve(room, home.root, log, as_json=False), "--supervised"]
    with tempfile.TemporaryFile("w+", dir=folder) as said:
        daemon = subprocess.Popen(  # noqa: S603 - our own program, with a room that has loaded
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline and daemon.poll() is None:
            if _answers(name):
                return
            time.sleep(0.05)
        said.seek(0)
        if not _answers(name):
            raise DaemonError(said.read().strip() or _silent(daemon, name, log))


def _silent(daemon: subprocess.Popen[bytes], name: str, log: Path) -> str:
    if daemon.poll() is None:
        return f"The room {name} is still starting. Type that again in a minute, or see {log}"
    return f"The room {name} didn't start; see {log}"


def _answers(name: str) -> bool:
    """Return True if the room runs; raise DaemonError if it runs but doesn't answer."""
    try:
        get(name, "/v1/status")
    except NotRunningError:
        return False
    return True
