"""A room's daemon that is killed in the middle of a session, and started again."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.daemon import Daemon, ForkedDaemon
from support.fork_server import ForkServer
from support.houses import FOREIGN_MUSIC, musical_house, silent_house
from support.journals import ROOM, journal
from support.waiting import wait_until

MUSIC = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:3]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with an hour of music."""
    return musical_house(tmp_path, MUSIC)


class Life(NamedTuple):
    """What a room says of its session before a crash, and all that it says after it."""

    before: Any
    after: Any


@pytest.fixture(scope="module")
def revived(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A session whose room was killed, and started again."""
    house = musical_house(tmp_path_factory.mktemp("house"), MUSIC)
    with Daemon(house, "bench") as room:
        room.told("start", "bench")
        room.told("volume", "-5dB")
        wait_until(lambda: room.ask_status()["meters"]["speakers"][0] > -60)
        before = room.ask_status()["session"]
        room.kill()
        room.start()
        return Life(before, room.ask_status())


def test_a_killed_session_comes_back_by_itself(revived: Life) -> None:
    """The same phase, the same piece at its place, the volume the therapist had set.

    How near its place is measured under `make soak`; here a busy machine may be slow to open it.
    """
    before, after = revived.before, revived.after["session"]
    assert after["mode"] == "running"
    assert after["playing"]["title"] == before["playing"]["title"]
    assert after["volumes"] == {"speakers": -5.0}
    assert after["elapsed"] > before["elapsed"]
    assert after["playing"]["position"] > before["playing"]["position"]


def test_staff_read_that_the_room_was_away(revived: Life) -> None:
    """How long, and that the session goes on."""
    assert any("was away" in told["text"] for told in revived.after["told"])


def test_a_session_outlives_its_files(house: Path, forks: ForkServer) -> None:
    """Room, scene and playlist may be broken or gone by now: the session has its own copy."""
    with ForkedDaemon(forks, house, "bench") as room:
        room.told("start", "bench")
        room.kill()
        (house / "rooms" / "bench.yaml").write_text("name: [broken")
        (house / "scenes" / "bench.yaml").unlink()
        room.start()
        assert room.ask_status()["session"]["title"] == "Bench"


_LAMP = """
broker: {host: 127.0.0.1, port: 9, user: k, password_file: password}
lights:
  - {id: seat, dialect: plain, topic: seat/set, zone: seats}
safe_light: {seats: 70%}
"""


def test_a_session_outlives_its_password(house: Path, forks: ForkServer) -> None:
    """A room isn't begun without its broker's password; what plays goes on, and staff read why."""
    room_file, password = house / "rooms/bench.yaml", house / "rooms/password"
    room_file.write_text(room_file.read_text() + _LAMP)
    password.touch(0o600)
    password.write_text("secret")
    with ForkedDaemon(forks, house, "bench") as room:
        room.told("start", "bench")
        room.kill()
        password.unlink()
        room.start()
        status = room.ask_status()
        assert status["session"]["title"] == "Bench"
        assert any("without its lamps" in told["text"] for told in status["told"])
        room.told("stop")
        wait_until(lambda: room.ask_status()["session"]["mode"] == "idle")
        room.kill()
        with pytest.raises(RuntimeError, match="password file"):
            room.start()


def test_a_stopped_session_stays_stopped(house: Path, forks: ForkServer) -> None:
    """What the therapist has ended doesn't come back with the next start."""
    with ForkedDaemon(forks, house, "bench") as room:
        room.told("start", "bench")
        room.told("stop")
        wait_until(lambda: room.ask_status()["session"]["mode"] == "idle")
        room.kill()
        room.start()
        assert room.ask_status()["session"]["mode"] == "idle"


def test_a_request_sent_again_after_a_crash_is_not_done_again(house: Path) -> None:
    """The room answers as it did before it died: the scene is on, and five minutes were added."""
    extend, refused = {"kind": "extend", "by": "5m"}, {"kind": "undo", "number": 99}
    with Daemon(house, "bench") as room:
        sent: list[tuple[str, dict[str, Any], str]] = [
            ("/v1/start", {"scene": "bench"}, "start-0123456789"),
            ("/v1/requests", extend, "extend-012345678"),
            ("/v1/requests", refused, "undo-01234567890"),
        ]
        before = [room.ask(*one) for one in sent]
        lengths = [phase["duration"] for phase in room.ask_status()["session"]["phases"]]
        room.kill()
        room.start()
        assert [room.ask(*one) for one in sent] == before
        after = room.ask_status()["session"]["phases"]
        assert [phase["duration"] for phase in after] == lengths
        assert "error" in before[2]


def _damaged(path: Path) -> None:
    path.write_bytes(b"\x00\xff" * 500)


def _of_another_room(path: Path) -> None:
    with journal(path):
        pass


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (_damaged, "can't be resumed"),
        (os.mkfifo, "it is a device or a pipe"),
        (_of_another_room, f"a session in the room {ROOM.name}"),
    ],
)
def test_a_record_that_is_none_does_not_keep_the_room_shut(
    put: Callable[[Path], None], words: str, tmp_path: Path, forks: ForkServer
) -> None:
    """The room opens under its own name, and staff read why the session before isn't resumed."""
    house = silent_house(tmp_path)
    (house / "state").mkdir()
    put(house / "state" / "bench.journal")
    with ForkedDaemon(forks, house, "bench") as room:
        status = room.ask_status()
        assert status["room"] == "bench"
        assert any(words in told["text"] for told in status["told"])
        assert not (house / "state" / "bench.journal").exists()


def test_a_room_whose_record_cannot_be_written_still_plays(house: Path, forks: ForkServer) -> None:
    """The session begins all the same, and staff are told."""
    (house / "state").write_text("a file where the folder should be")
    with ForkedDaemon(forks, house, "bench") as room:
        assert room.told("start", "bench").returncode == 0
        wait_until(lambda: "can't be written down" in str(room.ask_status()["told"]))
