"""The processes of a supervised room: whoever is killed or stands still, the others go on."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.daemon import Daemon
from support.houses import FOREIGN_MUSIC, musical_house
from support.processes import is_alive
from support.waiting import wait_until

MUSIC = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:3]
ROLES = ("room", "player", "supervisor")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Daemon]:
    """A supervised room in which music plays."""
    with Daemon(musical_house(tmp_path, MUSIC), "bench", supervised=True) as daemon:
        daemon.told("start", "bench")
        wait_until(lambda: is_sounding(daemon))
        yield daemon


def is_sounding(daemon: Daemon) -> bool:
    """Tell if music is heard."""
    return bool(daemon.ask_status()["meters"].get("speakers", (-120.0,))[0] > -60)


def process(daemon: Daemon, role: str, *, other: int = 0) -> int:
    """The room's process in a role, unless it is the `other` one or nobody answers: then 0."""
    try:
        pid = daemon.process(role)
    except (OSError, ValueError):
        return 0
    return pid if pid != other else 0


def title_of(pid: int) -> str:
    """What `ps` shows of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text().partition("\0")[0]


def test_each_process_is_shown_by_its_name(room: Daemon) -> None:
    """In the status and in `ps`."""
    titles = [title_of(room.process(role)) for role in ROLES]
    assert titles == [
        "kacenv: room bench",
        "kacenv: player of bench",
        "kacenv: supervisor of bench",
    ]


def test_a_killed_engine_finds_the_music_playing(room: Daemon) -> None:
    """The player is the same, and so is the piece, which wasn't begun anew."""
    engine, player = room.process("room"), room.process("player")
    before = room.ask_status()["session"]["playing"]
    os.kill(engine, signal.SIGKILL)
    wait_until(lambda: process(room, "room", other=engine))
    assert room.process("player") == player
    wait_until(lambda: is_sounding(room))
    after = room.ask_status()["session"]["playing"]
    assert after["title"] == before["title"]
    journal = (room.house / "state" / "bench.journal").read_text()
    assert '"sounding":[1]' in journal


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stuck"])
def test_a_player_that_is_gone_is_replaced_and_plays_on(
    room: Daemon, ending: signal.Signals
) -> None:
    """The engine is the same, and puts the music back where it should be."""
    engine, player = room.process("room"), room.process("player")
    os.kill(player, ending)
    wait_until(lambda: process(room, "player", other=player))
    wait_until(lambda: is_sounding(room))
    assert room.process("room") == engine
    assert not is_alive(player)
    assert room.ask_status()["session"]["mode"] == "running"


def test_a_player_outlives_its_supervisor(room: Daemon) -> None:
    """The next supervisor adopts it together with the room, and starts another if it dies."""
    engine, player = room.process("room"), room.process("player")
    os.kill(room.pid, signal.SIGKILL)
    supervisor = wait_until(lambda: process(room, "supervisor", other=room.pid))
    assert (room.process("room"), room.process("player")) == (engine, player)
    os.kill(player, signal.SIGKILL)
    second = wait_until(lambda: process(room, "player", other=player))
    wait_until(lambda: is_sounding(room))
    os.kill(supervisor, signal.SIGTERM)
    wait_until(lambda: not any(map(is_alive, (supervisor, engine, second))))
