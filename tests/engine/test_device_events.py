"""What devices report of the music, and what the engine makes of it."""

import pytest
from support.sessions import a_phase, a_queue, a_room, a_timeline
from support.steps import at, following, started

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Crossfade, CueTrack, Notice
from kacenv.model.requests import DeadAir, Silence, Start, TrackEnded, TrackFailed


@pytest.mark.parametrize("event", [DeadAir(Seconds(57.0)), TrackFailed(1, "the file is torn")])
def test_what_is_not_heard_is_replaced_at_once(event: DeadAir | TrackFailed) -> None:
    """Dead air or a torn file: another piece flows in now, and staff are told once."""
    done = at(started(), 60.0, event)
    fade = next(command for command in done.commands if isinstance(command, Crossfade))
    cued = next(command for command in done.commands if isinstance(command, CueTrack))
    assert (fade.at, cued.cut.title) == (Seconds(60.0), "peak-2")
    assert [type(command) for command in done.commands].count(Notice) == 1


def test_a_silence_that_was_asked_for_is_not_dead_air() -> None:
    """While the therapist wants silence, nothing is done about it."""
    silent = at(started(), 50.0, Silence()).state
    assert at(silent, 60.0, DeadAir(Seconds(57.0))).commands == ()


def test_a_broken_piece_costs_no_other() -> None:
    """When the first piece fails, the second plays next, and then the third."""
    state = at(started(a_queue("peak", [240.0] * 3)), 1.0, TrackFailed(1, "torn")).state
    titles: list[str] = []
    while len(titles) < 3 and (due := next_due(state)) is not None:
        assert state.playing is not None
        if state.playing.cut.title not in titles[-1:]:
            titles.append(state.playing.cut.title)
        state = at(state, due).state
    assert titles == ["peak-2", "peak-3", "peak-2"]


def test_dead_air_from_before_a_piece_began_is_not_its_fault() -> None:
    """A late report of silence leaves the piece that has just begun alone."""
    replaced = at(started(), 60.0, DeadAir(Seconds(57.0))).state
    assert at(replaced, 60.1, DeadAir(Seconds(57.0))).commands == ()


def test_a_piece_that_ends_early_near_the_phases_end_takes_the_phase_with_it() -> None:
    """No new piece begins for the last few seconds of a phase."""
    state = at(started(), 3590.0).state
    assert state.playing is not None
    done = at(state, 3592.0, TrackEnded(state.playing.play_id, Seconds(3593.0)))
    assert done.state.phase == 1


def test_a_piece_that_ends_early_is_followed_before_it_is_over() -> None:
    """Told that the last sample comes in a second, the engine fades the next piece in by then."""
    done = at(started(), 60.0, TrackEnded(1, Seconds(61.0)))
    fade = next(command for command in done.commands if isinstance(command, Crossfade))
    assert (fade.at, fade.duration) == (Seconds(60.0), Seconds(1.0))


def test_a_piece_that_ends_as_it_said_changes_as_planned() -> None:
    """An end that is known long before, and comes when it should, hurries nothing."""
    done = at(started(), 60.0, TrackEnded(1, Seconds(239.9)))
    assert done.commands == ()
    _, given = following(done.state, 300.0)
    assert [c.at for c in given if isinstance(c, Crossfade)] == [Seconds(228.0)]


def test_when_nothing_can_be_played_it_is_tried_again() -> None:
    """With every file broken staff are told once; ten seconds later the files get a new chance."""
    state = started(a_queue("peak", [240.0]))
    for _ in range(5):
        if state.playing is None:
            break
        state = at(state, 60.0, TrackFailed(state.playing.play_id, "gone")).state
    assert state.playing is None
    state, given = following(state, 75.0)
    assert state.playing is not None
    assert not [command for command in given if isinstance(command, Notice)]


def test_a_piece_that_ends_early_before_a_phase_with_the_same_music_is_followed() -> None:
    """Where two phases share a playlist, its end leads to another piece and not to a hole."""
    shared = a_queue("shared", (600.0, 600.0))
    line = a_timeline(a_phase("one", 500.0, queue=shared), a_phase("two", queue=shared))
    state = step(State(room=a_room()), Seconds(0.0), Start(line)).state
    done = at(state, 494.0, TrackEnded(1, Seconds(495.0)))
    assert [type(order) for order in done.commands] == [CueTrack, Crossfade]
