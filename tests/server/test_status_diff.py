"""What a surface can foretell of a room, and what it must be told."""

from dataclasses import asdict, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.sessions import a_cue, a_phase, a_room, a_timeline, timed_presses, timelines

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import step
from kacenv.model.requests import End, Extend, Hold, Press, Start
from kacenv.model.status import LampStatus, RoomStatus, Told
from kacenv.model.timeline import Timeline
from kacenv.server.http.status_watch import compact
from kacenv.server.status_diff import difference, extrapolate, merge
from kacenv.session.status import describe

PLAN = a_timeline(a_phase("onset", cues=(a_cue("Look in", 300.0),)), a_phase("return"))
_LAMPS = {"left": LampStatus("seats", 0.3, 2200.0, True)}


def status_of(state: State, now: float, **fields: Any) -> dict[str, Any]:
    """The stream's status of an engine's state."""
    told = (Told("Masks on", now - 1.0, True),)
    whole = RoomStatus(
        "test", describe(state, Seconds(now)), "none", {}, True, _LAMPS, told, at=now
    )
    return compact(replace(whole, **fields))


def begun() -> State:
    """A session that began at 0."""
    return step(State(room=a_room()), Seconds(0.0), Start(PLAN)).state


def test_time_alone_is_no_change() -> None:
    """Clocks, tracks, check-ins and what was told all go on as foretold."""
    state = begun()
    earlier, later = status_of(state, 5.0), status_of(state, 200.0)
    assert later["session"]["in_phase"] == 200.0
    assert later["session"]["playing"]["position"] > earlier["session"]["playing"]["position"]
    assert difference(extrapolate(earlier, 200.0), later) == {}


def test_a_hold_stops_the_clocks_and_nothing_else() -> None:
    """What is foretold of a held session is a held session, with the music going on."""
    held = step(begun(), Seconds(5.0), Hold()).state
    before = status_of(held, 20.0)
    assert difference(extrapolate(before, 100.0), status_of(held, 100.0)) == {}


def test_a_press_can_be_taken_back_for_ten_seconds() -> None:
    """That it can't be any more is the one change that a hold brings by itself."""
    held = step(begun(), Seconds(5.0), Hold()).state
    patch = difference(extrapolate(status_of(held, 15.0), 15.1), status_of(held, 15.1))
    assert patch == {"session": {"undo": None}}


def test_a_hold_rests_the_session() -> None:
    """Of a session that is held no more time is counted."""
    before = status_of(step(begun(), Seconds(5.0), Hold()).state, 5.0)
    assert extrapolate(before, 100.0)["session"]["elapsed"] == before["session"]["elapsed"]


def test_a_change_names_only_what_is_other() -> None:
    """An extension sends new lengths and times, and its undo; not the room or the music."""
    before = status_of(begun(), 5.0)
    state = step(begun(), Seconds(5.0), Extend.model_validate({"by": "5m"})).state
    patch = difference(extrapolate(before, 6.0), status_of(state, 6.0))
    assert set(patch) == {"session"}
    assert set(patch["session"]) == {"phases", "phase_left", "left", "undo"}


def test_a_lamp_is_patched_by_itself() -> None:
    """One lamp's new level is one number."""
    before = status_of(begun(), 5.0)
    lamp = {"left": LampStatus("seats", 0.4, 2200.0, True)}
    assert difference(before, status_of(begun(), 5.0, lamps=lamp)) == {
        "lamps": {"left": {"level": 0.4}}
    }


def test_what_goes_away_is_none() -> None:
    """A session's end takes its title, phase and piece away."""
    ended = step(step(begun(), Seconds(5.0), End()).state, Seconds(9000.0)).state
    before, after = status_of(begun(), 5.0), status_of(ended, 9000.0)
    foretold = extrapolate(before, 9000.0)
    assert after["session"]["mode"] == "idle"
    merged = merge(foretold, difference(foretold, after))
    assert merged["session"]["title"] is None
    assert merged["session"]["playing"] is None


def test_a_stream_leaves_meters_out_and_keeps_the_newest_told() -> None:
    """Meters never rest, so they would be a change four times a second."""
    told = tuple(Told(f"note {n}", 50.0 - n, False) for n in range(50))
    meters = {"speakers": (-30.0, -20.0)}
    small = status_of(begun(), 5.0, told=told, meters=meters)
    assert "meters" not in small
    assert [one["text"] for one in small["told"]] == [f"note {n}" for n in range(40, 50)]
    assert asdict(describe(begun(), Seconds(5.0)))["title"] == small["session"]["title"]


@examples(40)
@given(timelines(), timed_presses(1500.0), st.floats(0.1, 90.0))
def test_a_surface_that_merges_every_change_agrees_with_the_room(
    timeline: Timeline, presses: list[tuple[Seconds, Press]], pace: float
) -> None:
    """Whatever is pressed and whenever it looks, foretelling and merging gives the room's truth."""
    state = step(State(room=a_room()), Seconds(0.0), Start(timeline)).state
    shown = status_of(state, 0.0)
    waiting, now = sorted(presses, key=lambda pair: pair[0]), 0.0
    for _ in range(25):
        now = round(now + pace, 2)
        while waiting and waiting[0][0] <= now:
            state = _pressed(state, *waiting.pop(0))
        state = step(state, Seconds(now)).state
        truth, foretold = status_of(state, now), extrapolate(shown, now)
        shown = merge(foretold, difference(foretold, truth) | {"at": now})
        assert difference(shown, truth) == {}


def _pressed(state: State, at: Seconds, press: Press) -> State:
    try:
        return step(state, at, press).state
    except RefusedError:
        return state
