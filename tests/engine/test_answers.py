"""A request that is sent again with its id is done once, and gets its first answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.sessions import a_phase, a_room, a_timeline, timed_presses, timelines, times

from kacenv.core.errors import RefusedError, ReusedIdError
from kacenv.core.units import Seconds
from kacenv.engine import answers
from kacenv.engine.replay import JournaledRequest, replay
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.request_parser import press_of
from kacenv.model.requests import Press, Request, Resume, Start
from kacenv.model.timeline import Timeline
from kacenv.session.journal.line_codec import JournalLine, read_line, write_line
from kacenv.system.timestamps import Timestamp

ROOM = a_room()
PLAN = a_timeline(a_phase("onset"), a_phase("peak"), a_phase("return"))
ID = "8e03978e-40d5-43dd-bc93-6fe8b6fa6ee4"
HERE = Timestamp("boot", 1.0, 2.0)
RETRIED_FOR = 120.0
"""Seconds after which no surface sends a request again."""


class Sent(NamedTuple):
    """A request on its way to the room."""

    at: Seconds
    press: Press
    request_id: str


@dataclass
class Life:
    """A session that is written down; what each id was answered, the first time and each other."""

    state: State = State(room=ROOM)  # noqa: RUF009 - frozen
    lines: list[bytes] = field(default_factory=list)
    heard: dict[str, list[str]] = field(default_factory=dict)

    def live_until(self, at: Seconds) -> None:
        """Do what is due, when it is due."""
        while (due := next_due(self.state)) is not None and due <= at:
            self.state = step(self.state, due).state

    def take(self, at: Seconds, request: Request, request_id: str = "") -> None:
        """Meet a request, and write it down unless it is a repeat."""
        before, refused = self.state, ""
        try:
            self.state, _, reply = step(before, at, request, request_id)
        except RefusedError as error:
            reply = refused = str(error)
            if request_id not in before.answered:
                asked_at = answers.AskedAt(request_id, request, at)
                self.state = answers.refused(asked_at, before, refused)
        self.heard.setdefault(request_id, []).append(reply)
        if request_id not in before.answered:
            self._write(JournaledRequest(at, request, request_id, refused), before)

    def _write(self, entry: JournaledRequest, before: State) -> None:
        at, request, request_id, refused = entry
        base = None if self.lines else before
        number = len(self.lines)
        line = JournalLine(number, at, HERE, request, base, request_id=request_id, refused=refused)
        self.lines.append(write_line(line))

    def crash(self, at: Seconds, back: Seconds) -> None:
        """Lose everything but the journal, and come back."""
        records = [record for line in self.lines if (record := read_line(line))]
        assert len(records) == len(self.lines)
        base = records[0].base
        assert base is not None
        entries = [
            JournaledRequest(one.at, one.request, one.request_id, one.refused)
            for one in records
            if one.request
        ]
        self.state = replay(base, entries)
        self.take(back, Resume(at))


@st.composite
def sendings(draw: st.DrawFn) -> tuple[list[Sent], list[Sent]]:
    """Any presses, each with an id, and any repeats of any of them, soon after or a while later."""
    presses = draw(timed_presses())
    once = [Sent(at, press, f"press-{n:016}") for n, (at, press) in enumerate(presses)]
    late = st.floats(0.0, RETRIED_FOR).map(Seconds)
    which = st.lists(st.tuples(st.sampled_from(once), late), max_size=8) if once else st.just([])
    again = [one._replace(at=Seconds(one.at + later)) for one, later in draw(which)]
    return once, again


def lived(timeline: Timeline, sent: Iterable[Sent], dies: Seconds) -> Life:
    """The session with a crash of three seconds in it."""
    life, back = Life(), Seconds(dies + 3.0)
    life.take(Seconds(0.0), Start(timeline), "start-0000000000")
    moments = sorted(sent, key=lambda one: one.at)
    for one in moments:
        if one.at < dies:
            life.live_until(one.at)
            life.take(one.at, one.press, one.request_id)
    life.live_until(dies)
    life.crash(dies, back)
    for one in moments:
        if one.at >= dies:
            at = max(one.at, back)
            life.live_until(at)
            life.take(at, one.press, one.request_id)
    life.live_until(Seconds(4000.0))
    return life


@examples(40)
@given(timelines(), sendings(), times(0.0, 1600.0))
def test_repeats_change_nothing_over_a_crash_either(
    timeline: Timeline, sent: tuple[list[Sent], list[Sent]], dies: Seconds
) -> None:
    """Any presses with any repeats of ids, before and after a crash, are those without repeats."""
    once, again = sent
    plain = lived(timeline, once, dies)
    repeated = lived(timeline, [*once, *again], dies)
    assert repr(repeated.state) == repr(plain.state)
    assert repeated.lines == plain.lines
    for request_id, heard in repeated.heard.items():
        assert request_id == "" or set(heard) == set(plain.heard[request_id])


def sent_twice(first: str, second: str, between: Sequence[str] = ()) -> tuple[State, str]:
    """The session after a request, others, and another with the first one's id; the last reply."""
    state = step(State(room=ROOM), Seconds(0.0), Start(PLAN)).state
    state = step(state, Seconds(30.0), press_of(first.split()), ID).state
    for typed in between:
        state = step(state, Seconds(31.0), press_of(typed.split())).state
    state, _, reply = step(state, Seconds(60.0), press_of(second.split()), ID)
    return state, reply


def test_time_is_given_once_however_often_it_was_sent() -> None:
    """Half a minute later, the same id gives no more time and the same reply."""
    state, reply = sent_twice("extend 5m", "extend 5m")
    assert state.durations[0] == 900.0
    assert reply == "Onset is now 15m long; what follows moves with it."


def test_an_undo_takes_no_answer_back() -> None:
    """What was undone isn't done again by its own repeat."""
    state, reply = sent_twice("extend 5m", "extend 5m", ["undo"])
    assert state.durations[0] == 600.0
    assert reply.startswith("Onset is now 15m long")


def test_an_id_belongs_to_one_request() -> None:
    """Another request with a known id is refused, and changes nothing."""
    with pytest.raises(ReusedIdError, match="new id"):
        sent_twice("extend 5m", "extend 10m")


def test_two_presses_of_a_person_are_two() -> None:
    """The same key with two ids counts twice, unless the guard against double presses says so."""
    state = step(State(room=ROOM), Seconds(0.0), Start(PLAN)).state
    for number, at in enumerate((30.0, 30.5, 33.0)):
        press, name = press_of(["extend", "5m"]), f"press-{number:016}"
        state = step(state, Seconds(at), press, name).state
    assert state.durations[0] == 1200.0


def test_an_ended_session_still_knows_its_answers() -> None:
    """A press on the last phase, sent again after the session, isn't the next session's."""
    life = Life()
    life.take(Seconds(0.0), Start(PLAN))
    life.take(Seconds(30.0), press_of(["stop"]), ID)
    life.live_until(Seconds(100.0))
    life.take(Seconds(110.0), Start(PLAN))
    life.take(Seconds(111.0), press_of(["stop"]), ID)
    assert life.state.ends_at is None
    assert life.heard[ID][0] == life.heard[ID][1]


def test_answers_are_forgotten_in_the_end() -> None:
    """No more than so many are kept, and none for longer than ten minutes after it."""
    state = step(State(room=ROOM), Seconds(0.0), Start(PLAN)).state
    for number in range(answers.MOST_KEPT + 5):
        at, name = Seconds(1.0 + 0.1 * number), f"press-{number:016}"
        state = step(state, at, press_of(["lights", "dimmer"]), name).state
    assert len(state.answered) == answers.MOST_KEPT
    assert "press-0000000000000004" not in state.answered
    assert "press-0000000000000005" in state.answered
    state = step(state, Seconds(1000.0), press_of(["hold"]), ID).state
    assert list(state.answered) == [ID]


def test_what_changed_nothing_is_known_as_such() -> None:
    """An answer tells whether the room was other afterwards."""
    state = step(State(room=ROOM), Seconds(0.0), Start(PLAN)).state
    for number in range(2):
        state = step(state, Seconds(9.0), press_of(["hold"]), f"press-{number:016}").state
    assert [one.changed for one in state.answered.values()] == [True, False]
