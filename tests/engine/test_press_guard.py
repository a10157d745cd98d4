"""A double press is one press; two presses that mean two things are two."""

import pytest
from support.sessions import a_cue, a_phase, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import step
from kacenv.model.mode import Mode
from kacenv.model.request_parser import press_of
from kacenv.model.requests import Start

PLAN = a_timeline(
    a_phase("onset", cues=(a_cue("Water", 10.0), a_cue("Masks", 20.0))),
    a_phase("peak"),
    a_phase("return"),
)


def pressed(*words: str, gap: float = 0.6) -> tuple[State, str]:
    """The session after these presses, one soon after the other, and the last reply."""
    state, reply = step(State(room=a_room()), Seconds(0.0), Start(PLAN)).state, ""
    for number, typed in enumerate(words):
        now = Seconds(30.0 + gap * number)
        state, _, reply = step(state, now, press_of(typed.split()))
    return state, reply


@pytest.mark.parametrize(
    ("words", "phase"),
    [
        (["next"], 1),
        (["next", "next"], 1),
        (["next", "back"], 0),
        (["next", "back", "next"], 1),
        (["next", "undo", "next"], 1),
        (["next", "lights-up", "next"], 1),
        (["next", "hold", "next"], 2),
    ],
    ids=str,
)
def test_next_counts_unless_its_phase_is_there_already(words: list[str], phase: int) -> None:
    """Twice within a moment is once, unless something else was decided between the two."""
    assert pressed(*words)[0].phase == phase


def test_next_after_a_hold_lets_time_run() -> None:
    """Next, hold, next within a second goes on twice, and holds no more."""
    assert pressed("next", "hold", "next")[0].mode is Mode.RUNNING


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        (["extend 5m", "extend 5m"], 15.0),
        (["extend 5m", "shorten 5m", "extend 5m"], 15.0),
        (["extend 5m", "shorten 5m"], 10.0),
        (["extend 5m", "extend 10m"], 25.0),
    ],
    ids=str,
)
def test_time_is_given_as_often_as_it_is_meant(words: list[str], minutes: float) -> None:
    """An extension that was taken back can be given again at once."""
    assert pressed(*words)[0].durations[0] == 60.0 * minutes


def test_a_check_in_is_answered_once_by_two_taps() -> None:
    """The second tap doesn't answer the check-in that moved up; a moment later it does."""
    state, reply = pressed("done", "done")
    assert [due.cue.prompt for due in state.due] == ["Masks"]
    assert reply.startswith("Done already.")
    assert not pressed("done", "done", gap=2.0)[0].due


def test_a_check_in_that_is_due_again_can_be_answered_again() -> None:
    """Done, undo, done is done."""
    assert [due.cue.prompt for due in pressed("done", "undo", "done")[0].due] == ["Masks"]


@pytest.mark.parametrize("words", ["mute", "volume -3dB", "hold", "duck", "silence"])
def test_what_is_so_already_says_so(words: str) -> None:
    """Asked for twice, however much later, it says so and changes nothing."""
    once, twice = pressed(words, gap=5.0)[0], pressed(words, words, gap=5.0)
    assert "already" in twice[1].lower()
    assert twice[0].kept == once.kept
