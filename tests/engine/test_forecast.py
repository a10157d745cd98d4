"""The forecast: what the engine orders for the music if nobody comes between."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from support.examples import examples
from support.sessions import a_phase, a_room, a_timeline, any_press, timed_presses, timelines, times

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine.forecast import forecast, is_same_music
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Command, Crossfade, CueTrack, ScheduledCommand, SetLevel
from kacenv.model.request_parser import press_of
from kacenv.model.requests import Extend, Hold, Press, Start, TrackStarted
from kacenv.model.timeline import Timeline

ROOM = a_room()
NIGHT = Seconds(20_000.0)
SOME = examples(20)


def begun(timeline: Timeline) -> State:
    """A session's state as it begins."""
    return step(State(room=ROOM), Seconds(0.0), Start(timeline)).state


def pressed(state: State, at: Seconds, press: Press) -> State:
    """The state after a press, if it makes sense."""
    with contextlib.suppress(RefusedError):
        return step(state, at, press).state
    return state


def lived(timeline: Timeline, presses: list[tuple[Seconds, Press]], until: Seconds) -> State:
    """A session's state at `until`, after the presses before that."""
    state = begun(timeline)
    for at, press in sorted(presses, key=lambda pair: pair[0]):
        if at <= until:
            state = pressed(state, at, press)
    return step(state, until).state


def given_by_engine(state: State, since: Seconds, pace: Seconds) -> list[Command]:
    """The music's orders of an engine that is asked at a pace of its own."""
    orders: list[Command] = []
    now = since
    while next_due(state) is not None and now < NIGHT:
        now = Seconds(now + pace)
        state, commands, _ = step(state, now)
        orders += [one for one in commands if isinstance(one, CueTrack | Crossfade | SetLevel)]
    return orders


@SOME
@given(timelines(), timed_presses(), times(0, 900), times(5, 90))
def test_the_engine_orders_what_was_told_ahead(
    timeline: Timeline, presses: list[tuple[Seconds, Press]], until: Seconds, pace: Seconds
) -> None:
    """To the millisecond and with the same play ids, from any moment of any session."""
    state = lived(timeline, presses, until)
    told = [one.command for one in forecast(state, Seconds(NIGHT / 4))]
    assert given_by_engine(state, until, pace)[: len(told)] == told


@SOME
@given(timelines(), timed_presses(), any_press(), times(0, 900))
def test_what_leaves_the_music_alone_changes_no_order(
    timeline: Timeline, presses: list[tuple[Seconds, Press]], press: Press, at: Seconds
) -> None:
    """Two states that are the same for the music have one forecast."""
    before = lived(timeline, presses, at)
    after = pressed(before, at, press)
    if is_same_music(before, after):
        assert list(forecast(before, NIGHT)) == list(forecast(after, NIGHT))


@pytest.mark.parametrize("typed", ["volume -6dB", "mute", "lights 20%", "silence", "duck"])
def test_volumes_and_lights_leave_the_music_alone(typed: str) -> None:
    """They are no reason to tell the whole plan again."""
    state = begun(a_timeline(a_phase("onset"), a_phase("return")))
    assert is_same_music(state, pressed(state, Seconds(5.0), press_of(typed.split())))


def levels(state: State) -> list[ScheduledCommand]:
    """The forecast's levels, one for each phase to come."""
    return [one for one in forecast(state, NIGHT) if isinstance(one.command, SetLevel)]


def test_a_longer_phase_moves_all_that_follows() -> None:
    """By exactly the time that was added."""
    state = begun(a_timeline(a_phase("onset"), a_phase("peak"), a_phase("return")))
    longer = pressed(state, Seconds(30.0), Extend.model_validate({"by": "90s"}))
    assert not is_same_music(state, longer)
    moved = [Seconds(one.at + 90.0) for one in levels(state)]
    assert [one.at for one in levels(longer)] == moved


def test_a_hold_takes_back_what_follows() -> None:
    """No next phase and no end; the pieces go on, each by its crossfade."""
    state = begun(a_timeline(a_phase("onset"), a_phase("return")))
    held = list(forecast(pressed(state, Seconds(30.0), Hold()), NIGHT))
    assert not [one for one in held if isinstance(one.command, SetLevel)]
    fades = [one.command.play_id for one in held if isinstance(one.command, Crossfade)]
    assert None not in fades
    assert len(fades) > 80


def test_a_piece_that_began_later_ends_later() -> None:
    """The orders follow what the sound device reports."""
    state = begun(a_timeline(a_phase("onset"), a_phase("return")))
    assert state.playing is not None
    later = step(state, Seconds(1.0), TrackStarted(state.playing.play_id, Seconds(0.25))).state
    assert not is_same_music(state, later)
    first, second = (next(iter(forecast(one, NIGHT))) for one in (state, later))
    assert second == replace(first, at=Seconds(first.at + 0.25))
