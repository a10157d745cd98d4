"""Journals that older versions have written can still be carried on with.

`tests/data/journals` keeps one of each version of the format, written by the code of its time. A
new version gets its own, once, from the folder of the checkout:

    PYTHONPATH=tests .venv/bin/python -c \
        "from session.journal.test_versions import write; write('tests/data/journals/vN.journal')"

The ones that are there are never written again, and what is known of them below never changes: if
a test here fails, a session that broke off before an update would come back as another one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from support.journals import past_of
from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.replay import replay
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.request_definition import RequestDefinition
from kacenv.model.request_parser import press_of
from kacenv.model.request_table import REQUESTS
from kacenv.model.requests import (
    DeadAir,
    Press,
    Request,
    Resume,
    Start,
    TrackEnded,
    TrackFailed,
    TrackStarted,
)
from kacenv.model.scene import EndKind, Follow, Seat
from kacenv.model.timeline import Timeline
from kacenv.session.journal import VERSION, Journal, UnfinishedSession, unfinished
from kacenv.session.journal.line_codec import JournalLine, read_line, write_line
from kacenv.system.timestamps import Timestamp

JOURNALS = Path(__file__).parents[2] / "data" / "journals"
DIED = Seconds(1180.0)
PLAN = a_timeline(
    a_phase("settle", 300.0, cues=(a_cue("Masks on", 60.0),)),
    a_phase("build", 400.0, queue=a_queue("build", (120.0, 90.0, 150.0), shuffle_seed=7)),
    a_phase("peak", 900.0, end=EndKind.TRACK, slack=Seconds(60.0)),
    a_phase("return", 600.0, end=EndKind.TRACK, slack=Seconds(30.0)),
    cues=(a_cue("Blood pressure", 200.0, 300.0),),
    seat_cues=(replace(a_cue("Seat A: look in", 100.0), seat=Seat.A),),
    overflow=a_queue("overflow", (200.0,)),
    follow=Follow.NEITHER,
)
PRESSES: list[tuple[float, str, dict[str, Any]]] = [
    (20.0, "seat", {"seat": "a"}),
    (62.0, "done", {}),
    (90.0, "volume", {"level": "-4 dB", "output": "speakers"}),
    (121.0, "snooze", {"by": "10m"}),
    (130.0, "hold", {}),
    (170.0, "release", {}),
    (180.0, "extend", {"by": "5m"}),
    (190.0, "shorten", {"by": "2m"}),
    (200.0, "next", {}),
    (250.0, "lights", {"level": "12%"}),
    (255.0, "lights", {"step": "dimmer"}),
    (260.0, "lights-up", {}),
    (290.0, "lights-resume", {}),
    (300.0, "lights", {}),
    (320.0, "duck", {}),
    (330.0, "duck", {"ducked": False}),
    (340.0, "silence", {}),
    (350.0, "music", {}),
    (360.0, "mute", {"output": "staff"}),
    (370.0, "pass", {}),
    (380.0, "next", {}),
    (400.0, "back", {}),
    (410.0, "intensity", {"lean": "down"}),
    (420.0, "chime", {}),
    (1120.0, "end", {}),
]
"""What staff press, and when; all but stop, after which there is nothing to come back to."""
KNOWN: dict[int, dict[str, Any]] = {
    1: {
        "mode": "returning",
        "phase": "return",
        "in_phase": 60.0,
        "elapsed": 1140.0,
        "durations": [480.0, 400.0, 900.0, 300.0],
        "playing": "return-1",
        "began": 1120.0,
        "unplayable": ["/music/build-1.opus", "/music/build-3.opus"],
        "volumes": {"speakers": -4.0},
        "muted": ["staff"],
        "quiet": [False, False],
        "lean": 0,
        "light": "plan",
        "due": [("Seat A: look in", 761.0), ("Blood pressure", 1140.0)],
        "seats": {"a": 20.0},
        "lost": 0,
    },
}
"""Of each version: what its journal leads to, a moment after the last thing written."""


@dataclass
class Life:
    """A session lived and written down by today's code."""

    journal: Journal
    state: State
    now: Seconds = Seconds(0.0)

    def take(self, at: float, request: Request) -> None:
        """Live up to `at`, and meet a request there."""
        while (due := next_due(self.state)) is not None and due <= at:
            self.state = step(self.state, due).state
        self.now = Seconds(at)
        before, self.state = self.state, step(self.state, self.now, request).state
        if isinstance(request, Start):
            self.journal.begin(self.now, before, request)
        else:
            self.journal.add(self.now, request)

    def report(self, at: float, kind: type[TrackStarted | TrackEnded | TrackFailed]) -> None:
        """What the sound says of the piece that plays at `at`."""
        while (due := next_due(self.state)) is not None and due <= at:
            self.state = step(self.state, due).state
        assert self.state.playing is not None
        number = self.state.playing.play_id
        said = kind(number, "it is torn") if kind is TrackFailed else kind(number, Seconds(at))  # type: ignore[arg-type] # each kind its own
        self.take(at, said)

    def stamp(self) -> Timestamp:
        """The machine's clocks."""
        return Timestamp("a-boot", 5000.0 + self.now, 1_790_000_000.0 + self.now)


def write(path: str | Path) -> None:
    """Write the journal of a session that breaks off after 1,180 s, with everything in it."""
    life = Life(Journal(Path(path), lambda: life.stamp()), State(room=a_room()))  # noqa: PLW0108 - life is yet to be
    try:
        life.take(0.0, Start(PLAN))
        life.report(0.5, TrackStarted)
        for at, kind, fields in PRESSES[:-1]:
            life.take(at, press(kind, **fields))
        life.report(430.0, TrackFailed)
        life.report(500.0, TrackEnded)
        life.take(520.0, DeadAir(Seconds(517.0)))
        life.take(700.0, Resume(Seconds(640.0), certain=False))
        at, kind, fields = PRESSES[-1]
        life.take(at, press(kind, **fields))
        life.now = DIED
        life.journal.beat(DIED)
    finally:
        life.journal.close()


def press(kind: str, **fields: Any) -> Press:
    """A press as a surface would send it."""
    model = next(one for one in get_args(Press) if one.model_fields["kind"].default == kind)
    made: Press = model.model_validate({"kind": kind, **fields})
    return made


def summary(past: UnfinishedSession) -> dict[str, Any]:
    """What decides the future, in figures that mean the same in every version."""
    state = step(replay(past.base, past.entries), past.since).state
    return {
        "mode": str(state.mode),
        "phase": state.planned.name,
        "in_phase": round(state.phase_clock.reading(past.since), 3),
        "elapsed": round(state.session_clock.reading(past.since), 3),
        "durations": [round(span, 3) for span in state.durations],
        "playing": state.playing and state.playing.cut.title,
        "began": state.playing and round(state.playing.started_at, 3),
        "unplayable": sorted(state.unplayable),
        "volumes": {name: fade.target for name, fade in state.volumes.items()},
        "muted": sorted(state.muted),
        "quiet": [state.ducked, state.hushed],
        "lean": state.lean,
        "light": str(state.light_hand),
        "due": [(one.cue.prompt, one.since) for one in state.due],
        "seats": {str(seat): clock.since for seat, clock in state.seats.items()},
        "lost": past.lost,
    }


def kinds(requests: Iterable[Request]) -> set[str]:
    """The names of kinds of requests."""
    return {type(request).__name__ for request in requests}


def timeline_of(past: UnfinishedSession) -> Timeline:
    """The plan that a journal holds."""
    assert isinstance(past.entries[0].request, Start)
    return past.entries[0].request.timeline


def test_each_version_has_its_journal() -> None:
    """One file for each version there has been, each line of it of that version."""
    assert sorted(KNOWN) == list(range(1, VERSION + 1))
    assert {path.name for path in JOURNALS.iterdir()} == {f"v{n}.journal" for n in KNOWN}
    for version in KNOWN:
        lines = (JOURNALS / f"v{version}.journal").read_bytes().splitlines()
        records = [read_line(line) for line in lines]
        assert {record and record.version for record in records} == {version}


@pytest.mark.parametrize("version", KNOWN)
def test_an_old_journal_leads_where_it_always_did(version: int) -> None:
    """Mode, phase, clocks, piece, volumes, check-ins and seats are those of the session then."""
    assert summary(past_of(JOURNALS / f"v{version}.journal")) == KNOWN[version]


@pytest.mark.parametrize("version", KNOWN)
def test_an_old_journal_is_carried_on_with(version: int) -> None:
    """Three seconds later the session is found, and its music begins at its place."""
    past = past_of(JOURNALS / f"v{version}.journal")
    now = past.stamp._replace(boot=past.stamp.boot + 3)
    back = unfinished(JOURNALS / f"v{version}.journal", past.base.room.name, now)
    assert back is not None
    assert (back.time_at(now), back.certain) == (past.since + 3.0, True)
    done = step(replay(past.base, past.entries), Seconds(past.since + 3.0), Resume(past.since))
    assert done.state.playing is not None
    assert done.state.playing.cut.title == KNOWN[version]["playing"]


def test_today_s_journal_holds_everything(tmp_path: Path) -> None:
    """What is written today of a session leads to the same as what was kept of its version."""
    write(tmp_path / "new.journal")
    past, kept = past_of(tmp_path / "new.journal"), past_of(JOURNALS / f"v{VERSION}.journal")
    assert summary(past) == KNOWN[VERSION]
    assert kinds(entry.request for entry in past.entries) == (
        kinds(entry.request for entry in kept.entries)
    )
    assert timeline_of(past) == PLAN


@pytest.mark.parametrize("one", REQUESTS, ids=lambda one: one.kind)
def test_each_request_is_written_and_read(one: RequestDefinition) -> None:
    """A line of the journal gives back the request, whatever its kind."""
    for example in one.examples:
        asked = press_of(example.split())
        line = JournalLine(1, Seconds(1.0), Timestamp("a-boot", 1.0, 1.0), asked)
        assert read_line(write_line(line)) == line
