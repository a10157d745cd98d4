"""The therapist's hand on the sound."""

from dataclasses import replace

import pytest
from support.sessions import a_phase, a_queue, a_room, a_timeline

from kacenv import commands
from kacenv.commands import Command, Crossfade, CueTrack, Notice
from kacenv.engine import State, Step, next_due, step
from kacenv.playlist import Queue
from kacenv.requests import (
    DeadAir,
    Duck,
    Intensity,
    Music,
    Mute,
    Request,
    Silence,
    Start,
    Stop,
    TrackEnded,
    TrackFailed,
    Volume,
)
from kacenv.units import Decibels, Seconds

UP, DOWN = Intensity(lean="up"), Intensity(lean="down")


def tagged(name: str, *energies: int) -> Queue:
    """A repeating queue of four-minute pieces with these energies."""
    queue = a_queue(name, [240.0] * len(energies))
    cuts = zip(queue.cuts, energies, strict=True)
    return replace(queue, cuts=tuple(replace(cut, energy=energy) for cut, energy in cuts))


def started(queue: Queue | None = None) -> State:
    """A session of one long phase that has just begun."""
    peak = a_phase("peak", 3600.0, queue=queue or a_queue("peak"))
    line = a_timeline(peak, a_phase("return"))
    return step(State(room=a_room()), Seconds(0.0), Start(line)).state


def at(state: State, now: float, request: Request | None = None) -> Step:
    """The step at `now`."""
    return step(state, Seconds(now), request)


def following(state: State, until: float) -> tuple[State, list[Command]]:
    """The state at `until`, and all that was ordered on the way."""
    given: list[Command] = []
    while (due := next_due(state)) is not None and due <= until:
        state, ordered, _ = at(state, due)
        given += ordered
    return state, given


def test_ducking_makes_room_for_a_voice() -> None:
    """The music falls 12 dB in 1 s and returns over 10 s; asking twice is asking once."""
    ducked = at(started(), 60.0, Duck())
    assert ducked.commands == (commands.Duck(Decibels(-12.0), Seconds(60.0), Seconds(1.0)),)
    assert at(ducked.state, 61.0, Duck()).commands == ()
    back = at(ducked.state, 90.0, Duck(ducked=False))
    assert back.commands == (commands.Duck(Decibels(0.0), Seconds(90.0), Seconds(10.0)),)
    assert at(back.state, 91.0, Duck(ducked=False)).commands == ()


def test_silence_is_asked_for_and_taken_back() -> None:
    """Silence fades all music to nothing; only `music` brings it back, and pieces run on."""
    silent = at(started(), 60.0, Silence())
    assert silent.commands == (commands.Hush(True, Seconds(60.0), Seconds(8.0)),)
    assert at(silent.state, 61.0, Silence()).commands == ()
    later, given = following(silent.state, 1000.0)
    assert [type(command) for command in given].count(Crossfade) == 4
    assert not [command for command in given if isinstance(command, commands.Hush)]
    back = at(later, 1000.0, Music())
    assert back.commands == (commands.Hush(False, Seconds(1000.0), Seconds(8.0)),)
    assert "already" in at(back.state, 1001.0, Music()).reply


def test_the_next_session_is_neither_silent_nor_ducked() -> None:
    """What the therapist asked of the sound ends with the session: nobody inherits a mute."""
    state = started()
    quieter = Volume.model_validate({"level": "-3 dB", "output": "speakers"})
    for press in (Silence(), Duck(), Mute(), quieter):
        state = at(state, 10.0, press).state
    ended = at(at(state, 20.0, Stop()).state, 30.0)
    kinds = [type(command) for command in ended.commands]
    assert kinds == [
        commands.Hush,
        commands.Duck,
        commands.Mute,
        commands.SetVolume,
        commands.SessionEnded,
    ]
    assert not ended.state.muted
    assert not ended.state.hushed
    assert not ended.state.ducked


def test_muting_is_for_one_output_or_all() -> None:
    """An output stays muted until it's let sound again; staff's own is muted by name alone."""
    one = at(started(), 60.0, Mute(output="staff"))
    assert one.commands == (commands.Mute("staff", True, Seconds(60.0), Seconds(2.0)),)
    rest = at(one.state, 61.0, Mute())
    assert [c.output for c in rest.commands if isinstance(c, commands.Mute)] == ["speakers"]
    back = at(rest.state, 62.0, Mute(muted=False))
    assert [c.output for c in back.commands if isinstance(c, commands.Mute)] == ["speakers"]
    assert back.state.muted == frozenset({"staff"})


def test_intensity_leans_the_choice_at_the_next_good_moment() -> None:
    """Up: once the piece has been heard for 45 s, a livelier one follows; down: a calmer one."""
    state = started(tagged("peak", 3, 5, 1, 4))
    up = at(state, 10.0, UP)
    assert up.reply == "The music leans to livelier from the next good moment on."
    state, given = following(up.state, 60.0)
    fades = [command for command in given if isinstance(command, Crossfade)]
    assert [fade.at for fade in fades] == [Seconds(45.0)]
    assert state.playing is not None
    assert state.playing.cut.energy == 4
    state, _ = following(at(started(tagged("peak", 3, 5, 1, 4)), 10.0, DOWN).state, 60.0)
    assert state.playing is not None
    assert state.playing.cut.energy == 1


def test_intensity_has_its_ends() -> None:
    """Beyond two steps the music leans no further, and says so."""
    state = at(at(started(tagged("peak", 3, 5)), 1.0, UP).state, 5.0, UP).state
    assert "as far as it goes" in at(state, 9.0, UP).reply


def test_without_tags_the_plan_goes_on() -> None:
    """Pieces without an energy can't lean: staff are told so, and nothing changes."""
    done = at(started(), 10.0, UP)
    assert "No piece of this phase says" in done.reply
    _, given = following(done.state, 300.0)
    assert [c.at for c in given if isinstance(c, Crossfade)] == [Seconds(228.0)]


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
