"""Seat clocks: each chair's own time, its check-ins, and the phases that wait for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.sessions import a_cue, a_phase, a_room, a_timeline, times

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds, on_grid
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Command, EnterPhase, Notice, Prompt
from kacenv.model.mode import Mode
from kacenv.model.requests import Done, Hold, Next, Press, Release, SeatStarted, Snooze, Start, Stop
from kacenv.model.scene import EndKind, Follow, Seat
from kacenv.model.timeline import Timeline

A, B = SeatStarted(seat=Seat.A), SeatStarted(seat=Seat.B)
NOT_A = SeatStarted(seat=Seat.A, started=False)
MANY = examples(60)


def plan(follow: Follow = Follow.NEITHER, timeout: float = 900.0) -> Timeline:
    """Settle waits for the therapist; each seat has a check-in after seven minutes."""
    return a_timeline(
        a_phase("settle", 600.0, end=EndKind.GO, slack=Seconds(timeout)),
        a_phase("onset", 1200.0, cues=(a_cue("Masks", 60.0), a_cue("Look in", 300.0))),
        a_phase("return", 1200.0),
        seat_cues=tuple(replace(a_cue(f"Lozenge {s}", 420.0), seat=s) for s in Seat),
        follow=follow,
        waits_in=0,
    )


class Life:
    """A session that is lived press by press."""

    def __init__(self, timeline: Timeline) -> None:
        self.heard: list[Command] = []
        self.state, commands, _ = step(State(room=a_room()), Seconds(0.0), Start(timeline))
        self.heard += commands

    def press(self, at: float, press: Press) -> str:
        """What the room says to a press."""
        self.until(at)
        self.state, commands, reply = step(self.state, Seconds(at), press)
        self.heard += commands
        return reply

    def until(self, at: float) -> "Life":
        """Live until then."""
        while (due := next_due(self.state)) is not None and due <= at:
            self.state, commands, _ = step(self.state, due)
            self.heard += commands
        return self

    def entered(self) -> list[tuple[str, float]]:
        """The phases with their beginnings."""
        return [(c.name, c.at) for c in self.heard if isinstance(c, EnterPhase)]

    def prompts(self) -> list[tuple[str, float]]:
        """The check-ins that came."""
        return [(c.text, c.at) for c in self.heard if isinstance(c, Prompt)]


def test_each_seat_has_its_own_time() -> None:
    """The check-in comes seven minutes after that seat has begun."""
    life = Life(plan())
    assert life.press(30.0, A) == "Seat A has begun."
    life.press(75.5, B)
    life.until(590.0)
    assert life.prompts() == [("Lozenge a", 450.0), ("Lozenge b", 495.5)]


def test_a_second_press_changes_nothing() -> None:
    """A seat begins once; how long ago is said."""
    life = Life(plan())
    life.press(30.0, A)
    before = life.state.seats
    assert life.press(70.0, A) == "Seat A began 0:40 ago already."
    assert life.state.seats == before


def test_a_press_on_the_wrong_seat_can_be_taken_back() -> None:
    """Its clock begins anew when it is pressed again, and its check-ins with it."""
    life = Life(plan())
    life.press(30.0, A)
    assert life.press(40.0, NOT_A) == "Seat A is set back."
    assert life.press(45.0, NOT_A) == "Seat A has not begun."
    life.press(100.0, A)
    assert life.until(590.0).prompts() == [("Lozenge a", 520.0)]


@MANY
@given(times(1, 300), times(1, 300), times(1, 2000))
def test_no_hold_stops_a_seats_clock(began: float, later: float, span: float) -> None:
    """What has been taken goes on working during a hold, and so does the seat's time."""
    life = Life(plan())
    life.press(began, A)
    life.press(began + later, Hold())
    life.press(began + later + span, Release())
    life.until(began + 421.0)
    assert life.prompts() == [("Lozenge a", on_grid(began + 420.0))]


def test_a_seats_check_in_can_be_answered_like_any_other() -> None:
    """It's due until staff have seen to it."""
    life = Life(plan())
    life.press(10.0, A)
    assert life.press(440.0, Done()) == "Done: Lozenge a."
    assert not life.state.due


def test_a_seat_that_is_set_back_takes_its_check_ins_with_its_clock() -> None:
    """Neither one that waits nor one that was put off comes after that; the other seat's do."""
    life = Life(plan())
    life.press(10.0, A)
    life.press(11.0, B)
    life.press(440.0, Snooze.model_validate({"by": "5m"}))
    life.press(450.0, NOT_A)
    assert [due.cue.prompt for due in life.state.due] == ["Lozenge b"]
    assert ("Lozenge a", 740.0) not in life.until(1500.0).prompts()


def test_what_never_comes_is_named_at_the_end() -> None:
    """A seat that has not begun leaves its check-ins passed over."""
    life = Life(plan())
    life.press(10.0, A)
    life.press(440.0, Stop())
    assert "Passed over: Lozenge b." in [c.text for c in life.heard if isinstance(c, Notice)]


def test_no_seat_begins_without_a_session() -> None:
    """Begin the session first."""
    with pytest.raises(RefusedError, match="No session is on"):
        step(State(room=a_room()), Seconds(0.0), A)


@MANY
@given(times(1, 1400), times(0, 1400), st.booleans(), st.sampled_from(Follow))
def test_the_start_of_the_seat_that_is_followed_is_the_go(
    one: float, other: float, a_first: bool, follow: Follow
) -> None:
    """Onset begins with the earlier seat, with the later, or when the therapist or time says so."""
    first, second = sorted((one, other))
    life = Life(plan(follow))
    life.press(first, A if a_first else B)
    life.press(second, B if a_first else A)
    life.until(1500.0)
    began = {Follow.EARLIER: first, Follow.LATER: second, Follow.NEITHER: 1500.0}[follow]
    assert life.entered()[:2] == [("settle", 0.0), ("onset", began)]


def test_a_phase_that_went_on_before_the_seat_began_counts_anew() -> None:
    """Onset lasts as long as planned from the seat's start; what has been rung isn't again."""
    life = Life(plan(Follow.LATER))
    life.press(100.0, A)
    life.press(500.0, Next())
    assert life.press(600.0, B) == "Seat B has begun. Onset counts from now."
    life.until(1900.0)
    onset = [(text, at) for text, at in life.prompts() if text in {"Masks", "Look in"}]
    assert onset == [("Masks", 560.0), ("Look in", 900.0)]
    assert life.entered()[-1] == ("return", 1800.0)


def test_nothing_moves_while_the_therapist_holds() -> None:
    """The seat's own clock begins; the phase waits for the therapist's word."""
    life = Life(plan(Follow.EARLIER))
    life.press(100.0, Hold())
    assert "go on with: kacenv next" in life.press(120.0, A)
    assert life.state.mode is Mode.HELD
    assert life.state.phase == 0


def test_a_seat_that_begins_late_moves_nothing() -> None:
    """Two phases on, staff have chosen otherwise."""
    life = Life(plan(Follow.EARLIER))
    life.press(10.0, Next())
    life.press(20.0, Next())
    assert life.press(30.0, A) == "Seat A has begun."
    assert life.entered()[-1] == ("return", 20.0)
