"""A session's journal damaged as disks damage files, and the session that comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.full_disk import full_disk
from support.sessions import a_cue, a_phase, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.replay import replay
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.requests import LightsUp, Press, Resume, Start, Volume
from kacenv.session.journal import Journal, unfinished
from kacenv.system.timestamps import Timestamp

ROOM = a_room()
PLAN = a_timeline(
    a_phase("onset", 300.0),
    a_phase("peak", 600.0, cues=(a_cue("Look in", 200.0),)),
    a_phase("home"),
)
DIED = Seconds(700.0)
PRESSES: list[tuple[float, Press]] = [
    (100.0, Volume.model_validate({"level": "-4 dB"})),
    (400.0, Volume.model_validate({"level": "-6 dB"})),
    (650.0, LightsUp()),
    (680.0, Volume.model_validate({"level": "-2 dB"})),
]


def moment(at: float, wall: float = 0.0) -> Timestamp:
    """A moment of the machine that lives with the session."""
    return Timestamp("boot", at, 1_800_000_000.0 + at + wall)


def live(path: Path) -> bytes:
    """A session up to its crash, 400 s into the peak; its journal's bytes."""
    now = 0.0
    journal = Journal(path, lambda: moment(now))
    state = step(State(room=ROOM), Seconds(0.0), Start(PLAN)).state
    journal.begin(Seconds(0.0), State(room=ROOM), Start(PLAN))
    for at, press in PRESSES:
        for now in (at - 2.0, at):
            journal.beat(Seconds(now))
        state = step(state, Seconds(at), press).state
        journal.add(Seconds(at), press)
    now = float(DIED)
    journal.beat(DIED)
    journal.close()
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "room.journal"


def phase_after(path: Path, wall: float = 0.0) -> str:
    """The phase in which the session comes back three seconds after its crash."""
    back = unfinished(path, ROOM.name, moment(DIED + 3.0, wall))
    assert back is not None
    state = replay(back.past.base, back.past.entries)
    now = back.time_at(moment(DIED + 3.0, wall))
    state = step(state, now, Resume(back.past.since)).state
    assert next_due(state) is not None
    assert state.playing is not None
    return state.planned.name


def damaged(whole: bytes) -> Iterator[bytes]:
    """The journal cut at every byte of its last records, and with a bit flipped in many."""
    records = len(b"".join(whole.splitlines(keepends=True)[-9:]))
    for place in range(len(whole) - records, len(whole)):
        yield whole[:place]
        if place % 5 == 0:
            yield whole[:place] + bytes([whole[place] ^ 0x04]) + whole[place + 1 :]


def test_no_damage_to_the_last_records_loses_the_session(path: Path) -> None:
    """Cut or flipped anywhere, it comes back in the right phase, with music."""
    whole = live(path)
    for content in damaged(whole):
        path.write_bytes(content)
        assert phase_after(path) == "peak"


def test_a_clock_set_back_by_a_day_changes_nothing(path: Path) -> None:
    """The wall clock may say what it likes as long as the machine hasn't been started anew."""
    live(path)
    assert phase_after(path, wall=-86400.0) == "peak"
    assert phase_after(path, wall=86400.0) == "peak"


@pytest.mark.parametrize("room_left", [4096, 12288, 16384])
def test_a_disk_that_fills_up_keeps_the_session(path: Path, room_left: int) -> None:
    """On a disk with little room the journal stops where it's full, and that much comes back."""
    with full_disk(room_left):
        journal = Journal(path, lambda: moment(1.0))
        journal.begin(Seconds(0.0), State(room=ROOM), Start(PLAN))
        for number in range(400):
            journal.add(Seconds(1.0 + number), LightsUp())
        note = journal.note
        journal.close()
    assert note is not None
    assert "Make room" in note
    back = unfinished(path, ROOM.name, moment(2.0))
    assert back is not None
    assert len(back.past.entries) < 400
