"""The therapist's hand on the sound."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.sessions import a_phase, a_queue, a_room, a_timeline
from support.steps import at, following, started

from kacenv.core.errors import RefusedError
from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.mixing.automation import LevelAutomation
from kacenv.engine.state import State
from kacenv.engine.step import Step, next_due, step
from kacenv.model import commands
from kacenv.model.commands import Crossfade
from kacenv.model.playlist import Queue
from kacenv.model.requests import (
    Back,
    Duck,
    Hold,
    Intensity,
    Music,
    Mute,
    Next,
    Request,
    Silence,
    Start,
    Stop,
    Volume,
)

UP, DOWN = Intensity(lean="up"), Intensity(lean="down")


def tagged(name: str, *energies: int) -> Queue:
    """A repeating queue of four-minute pieces with these energies."""
    queue = a_queue(name, [240.0] * len(energies))
    cuts = zip(queue.cuts, energies, strict=True)
    return replace(queue, cuts=tuple(replace(cut, energy=energy) for cut, energy in cuts))


def test_ducking_makes_room_for_a_voice() -> None:
    """The music falls 12 dB in 1 s and returns over 10 s; asking twice is asking once."""
    ducked = at(started(), 60.0, Duck())
    assert ducked.commands == (commands.SetDuck(Decibels(-12.0), Seconds(60.0), Seconds(1.0)),)
    assert at(ducked.state, 61.0, Duck()).commands == ()
    back = at(ducked.state, 90.0, Duck(ducked=False))
    assert back.commands == (commands.SetDuck(Decibels(0.0), Seconds(90.0), Seconds(10.0)),)
    assert at(back.state, 91.0, Duck(ducked=False)).commands == ()


def test_silence_is_asked_for_and_taken_back() -> None:
    """Silence fades all music to nothing; only `music` brings it back, and pieces run on."""
    silent = at(started(), 60.0, Silence())
    assert silent.commands == (commands.SetHush(True, Seconds(60.0), Seconds(8.0)),)
    assert at(silent.state, 61.0, Silence()).commands == ()
    later, given = following(silent.state, 1000.0)
    assert [type(command) for command in given].count(Crossfade) == 4
    assert not [command for command in given if isinstance(command, commands.SetHush)]
    back = at(later, 1000.0, Music())
    assert back.commands == (commands.SetHush(False, Seconds(1000.0), Seconds(8.0)),)
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
        commands.SetHush,
        commands.SetDuck,
        commands.SetMute,
        commands.SetVolume,
        commands.SessionEnded,
    ]
    assert not ended.state.muted
    assert not ended.state.hushed
    assert not ended.state.ducked


def test_muting_is_for_one_output_or_all() -> None:
    """An output stays muted until it's let sound again; staff's own is muted by name alone."""
    one = at(started(), 60.0, Mute(output="staff"))
    assert one.commands == (commands.SetMute("staff", True, Seconds(60.0), Seconds(2.0)),)
    rest = at(one.state, 61.0, Mute())
    assert [c.output for c in rest.commands if isinstance(c, commands.SetMute)] == ["speakers"]
    back = at(rest.state, 62.0, Mute(muted=False))
    assert [c.output for c in back.commands if isinstance(c, commands.SetMute)] == ["speakers"]
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


def louder(level: float) -> Volume:
    """A volume for the speakers."""
    return Volume.model_validate({"level": f"{level} dB", "output": "speakers"})


def test_a_volume_takes_no_longer_than_its_bound_asks() -> None:
    """24 dB at 6 dB a second are done in 4 s."""
    (order,) = at(started(), 60.0, louder(-24)).commands
    assert order == commands.SetVolume("speakers", Decibels(-24.0), Seconds(60.0), Seconds(4.0))


class Console:
    """The speakers' volume and the music's level as the mixer turns them."""

    def __init__(self, begun: Step) -> None:
        self.volume, self.level = LevelAutomation(), LevelAutomation()
        self.follow(begun)

    def follow(self, done: Step) -> None:
        """Take what the engine orders, at once as the mixer does."""
        self.state = done.state
        for order in done.commands:
            match order:
                case commands.SetVolume(output="speakers"):
                    self.volume.fade_to(order.level, order.at, order.duration)
                    self.volume.level_at(order.at)
                case commands.SetLevel():
                    self.level.fade_to(order.level, order.at, order.duration)
                    self.level.level_at(order.at)

    def run(self, now: float) -> None:
        """Let time pass until `now`, and compare."""
        while (due := next_due(self.state)) is not None and due <= now:
            self.follow(at(self.state, due))
        volume = self.state.volumes.get("speakers")
        expected = (volume.value_at(now) if volume else 0.0), self.state.level.value_at(now)
        heard = self.volume.level_at(Seconds(now)), self.level.level_at(Seconds(now))
        assert heard == pytest.approx(expected, abs=1e-6)


PRESSES = st.lists(
    st.tuples(
        st.floats(0.01, 30.0),
        st.one_of(st.integers(-60, 6).map(louder), st.sampled_from([Next(), Back(), Hold()])),
    ),
    max_size=12,
)


@given(PRESSES)
@examples(60)
def test_the_engine_knows_what_the_mixer_plays(presses: list[tuple[float, Request]]) -> None:
    """Whatever interrupts what, the engine's volume and level are those of the mixer's dials."""
    phases = [
        a_phase(name, 90.0, level=Decibels(level), crossfade=Seconds(20.0))
        for name, level in (("onset", -20.0), ("peak", 0.0), ("return", -9.0))
    ]
    console = Console(step(State(room=a_room()), Seconds(0.0), Start(a_timeline(*phases))))
    now = 0.0
    for wait, press in presses:
        console.run(now + wait / 3)
        now += wait
        console.run(now)
        with suppress(RefusedError):
            console.follow(at(console.state, now, press))
    console.run(now + 2.0)
