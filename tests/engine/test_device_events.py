"""What devices report of the music, and what the engine makes of it."""

from dataclasses import replace

import pytest
from support.sessions import a_phase, a_queue, a_room, a_timeline
from support.steps import at, following, started

from kacenv.core.units import Seconds, on_grid
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Crossfade, CueTrack, Notice
from kacenv.model.requests import (
    DeadAir,
    Intensity,
    Resume,
    Silence,
    Start,
    TrackEnded,
    TrackFailed,
    TrackStarted,
)
from kacenv.model.scene import EndKind


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


def test_a_piece_that_ends_about_as_it_said_keeps_its_crossfade() -> None:
    """An end that is known long before hurries nothing; the crossfade ends with the last sample."""
    done = at(started(), 60.0, TrackEnded(1, Seconds(239.9)))
    assert done.commands == ()
    _, given = following(done.state, 300.0)
    fades = [(c.at, c.duration) for c in given if isinstance(c, Crossfade)]
    assert fades == [(Seconds(227.9), Seconds(12.0))]


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


ALBUM = a_queue("album", [240.0] * 3, crossfade=Seconds(0.0))


def test_a_gapless_piece_is_cued_to_join_and_begins_where_the_other_ends() -> None:
    """Ten seconds before, the next piece is opened to join; the order has no length."""
    state, given = following(started(ALBUM), 239.0)
    assert [(c.cut.title, c.joins) for c in given if isinstance(c, CueTrack)] == [("album-2", True)]
    _, given = following(state, 241.0)
    assert [(c.at, c.duration) for c in given if isinstance(c, Crossfade)] == [(240.0, 0.0)]


@pytest.mark.parametrize("early", [0.3, 0.001])
def test_a_piece_that_joined_sooner_is_the_one_that_plays(early: float) -> None:
    """The room says that it has begun: so it has, at that time, and it is heard once."""
    state, _ = following(started(ALBUM), 239.0)
    assert state.cued is not None
    begun = Seconds(240.0 - early)
    done = at(state, begun + 0.05, TrackStarted(state.cued.play_id, begun))
    assert done.state.playing is not None
    assert (done.state.playing.cut.title, done.state.playing.started_at) == ("album-2", begun)
    assert [c.duration for c in done.commands if isinstance(c, Crossfade)] == [0.0]
    assert done.state.heard.of(done.state.playing.cut.key) == 1
    _, given = following(done.state, 490.0)
    assert [c.at for c in given if isinstance(c, Crossfade)] == [on_grid(begun + 240.0)]


def test_a_gapless_piece_that_is_shorter_than_it_says_is_joined_all_the_same() -> None:
    """Told of its end six seconds before, the engine has the next one join it there."""
    done = at(started(ALBUM), 94.0, TrackEnded(1, Seconds(100.0)))
    cued = [c for c in done.commands if isinstance(c, CueTrack)]
    assert [(c.cut.title, c.joins) for c in cued] == [("album-2", True)]
    assert not [c for c in done.commands if isinstance(c, Crossfade)]
    _, given = following(done.state, 101.0)
    assert [(c.at, c.duration) for c in given if isinstance(c, Crossfade)] == [(100.0, 0.0)]


def test_a_phase_that_ends_with_its_music_ends_where_a_piece_joined_sooner() -> None:
    """The phase ends with the piece that was over a moment early, and with no other."""
    ends = {"end": EndKind.TRACK, "slack": Seconds(60.0), "queue": ALBUM}
    line = a_timeline(a_phase("one", 240.0, **ends), a_phase("two", queue=ALBUM))
    state = step(State(room=a_room()), Seconds(0.0), Start(line)).state
    state, _ = following(state, 239.0)
    assert state.cued is not None
    state = at(state, 239.7, TrackStarted(state.cued.play_id, Seconds(239.6))).state
    assert state.phase == 1
    assert state.playing is not None
    assert state.playing.cut.title == "album-2"


def test_livelier_music_cuts_no_gapless_piece_off() -> None:
    """Where another piece is to come before the end, it flows in over three seconds."""
    cuts = tuple(replace(cut, energy=2 + place) for place, cut in enumerate(ALBUM.cuts))
    state = at(started(replace(ALBUM, cuts=cuts)), 60.0, Intensity(lean="up")).state
    _, given = following(state, 70.0)
    assert [(c.at, c.duration) for c in given if isinstance(c, Crossfade)] == [(62.0, 3.0)]


def test_a_gapless_piece_is_taken_up_again_to_its_last_sample() -> None:
    """After a power cut the rest of the piece ends where the piece does, not a millisecond off."""
    length = Seconds(4 + 617 / 48000)
    cuts = tuple(replace(cut, length=length, gapless=True) for cut in ALBUM.cuts)
    state = started(replace(ALBUM, cuts=cuts))
    done = at(state, 2.0, Resume(Seconds(1.0), certain=True))
    rest = next(command.cut for command in done.commands if isinstance(command, CueTrack))
    assert rest.gapless
    assert rest.cue_in + rest.length == pytest.approx(length, abs=1e-8)
