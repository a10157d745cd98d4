"""The light and the music of a room that has come back."""

import pytest
from support.sessions import a_phase, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import Step, next_due, step
from kacenv.model.commands import Crossfade, CueTrack, SetLevel, ShowLook
from kacenv.model.look import Zone, parse_setting
from kacenv.model.requests import LightsUp, Next, Resume, Start

TWO = a_timeline(
    a_phase("dim", 600.0),
    a_phase("bright", 600.0, look={Zone.SEATS: parse_setting("60%")}, light_fade=Seconds(100.0)),
)


def lived(until: float) -> State:
    """The room `until` seconds into its session."""
    state = step(State(room=a_room()), Seconds(0.0), Start(TWO)).state
    while (due := next_due(state)) is not None and due <= until:
        state = step(state, due).state
    return state


def back(state: State, since: float, now: float) -> tuple[State, ShowLook]:
    """The room after it was away, and the look it orders."""
    done: Step = step(state, Seconds(now), Resume(Seconds(since)))
    looks = [command for command in done.commands if isinstance(command, ShowLook)]
    assert len(looks) == 1
    return done.state, looks[0]


def test_at_rest_lamps_are_believed_at_their_look() -> None:
    """A dimmer that can't say where it is needn't be made dark first."""
    _, look = back(lived(300.0), 300.0, 302.0)
    assert look.origin == {Zone.SEATS: parse_setting("20%")}


@pytest.mark.parametrize("now", [632.0, 660.0])
def test_in_mid_fade_lamps_are_believed_where_they_were_left(now: float) -> None:
    """Nobody has led them since the room went; a fade of lamps is even."""
    _, look = back(lived(625.0), 625.0, now)
    assert look.look[Zone.SEATS].level == pytest.approx(0.6)
    assert look.origin[Zone.SEATS].level == pytest.approx(0.3)


def test_a_light_that_nobody_knows_is_not_guessed() -> None:
    """In the first fade of a session the lamps may be anywhere."""
    _, look = back(lived(20.0), 20.0, 21.0)
    assert look.origin == {}


def test_a_room_that_goes_twice_still_knows_its_light() -> None:
    """The second time in the middle of the fade that the first has begun."""
    state, look = back(lived(625.0), 625.0, 627.0)
    half = Seconds(look.duration / 2)
    _, again = back(state, 627.0 + half, 628.0 + half)
    assert again.origin[Zone.SEATS].level == pytest.approx(0.45)


def test_lights_up_waits_for_no_belief() -> None:
    """It is said again as it was, wherever the lamps are."""
    state = step(lived(300.0), Seconds(300.0), LightsUp()).state
    _, look = back(state, 310.0, 312.0)
    assert look.urgent
    assert look.origin == {}


def music(done: Step) -> list[object]:
    """The orders that begin or end a track."""
    return [one for one in done.commands if isinstance(one, CueTrack | Crossfade)]


def playing_id(state: State) -> int:
    """The track that plays."""
    assert state.playing is not None
    return state.playing.play_id


def test_a_track_that_has_gone_on_playing_is_left_alone() -> None:
    """It isn't begun anew; levels are faded from wherever they are."""
    state = lived(300.0)
    done = step(state, Seconds(302.0), Resume(Seconds(300.0), sounding=(playing_id(state),)))
    assert music(done) == []
    assert done.state.playing == state.playing
    levels = [one for one in done.commands if isinstance(one, SetLevel)]
    assert [(one.level, one.duration > 1.0) for one in levels] == [(-3.0, True)]


def test_a_track_that_came_while_the_room_was_away_is_adopted() -> None:
    """The player has begun it by the plan, and by the same number."""
    state = lived(220.0)
    known = playing_id(state)
    done = step(state, Seconds(232.0), Resume(Seconds(220.0), sounding=(known, known + 1)))
    assert music(done) == []
    assert playing_id(done.state) == known + 1


def test_what_is_cued_is_cued_once_more() -> None:
    """Nobody knows if the order was still performed; the crossfade is the plan's."""
    state = lived(220.0)
    assert state.cued is not None
    known = playing_id(state)
    done = step(state, Seconds(221.0), Resume(Seconds(220.0), sounding=(known,)))
    assert music(done) == [CueTrack(state.cued.play_id, state.cued.cut)]


def test_another_track_than_the_plans_gives_way_to_it() -> None:
    """As where a press came just before the room went: what should play comes by a crossfade."""
    state = lived(100.0)
    known = playing_id(state)
    pressed = step(state, Seconds(100.0), Next()).state
    done = step(pressed, Seconds(101.0), Resume(Seconds(100.0), sounding=(known,)))
    cue, fade = music(done)
    assert isinstance(cue, CueTrack)
    assert isinstance(fade, Crossfade)
    assert cue.play_id == fade.play_id == playing_id(done.state)
