"""The sound of a player, as the engine's process has it."""

import os
import signal
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from support.inside import inside
from support.sessions import a_cut, a_room
from support.waiting import PATIENCE, until

from kacenv.core.units import Decibels, Seconds
from kacenv.model.chime import BELL
from kacenv.model.commands import Crossfade, CueTrack, ScheduledCommand, SetDuck, StrikeChime
from kacenv.model.dropout import Dropout
from kacenv.model.requests import Event, TrackStarted
from kacenv.model.scene import Audience
from kacenv.player import remote_sound
from kacenv.player.line import Line, open_line
from kacenv.player.messages import (
    Addressed,
    Begin,
    Follow,
    FromPlayer,
    Happened,
    Hello,
    Message,
    Perform,
    Present,
    SetOrigin,
    SoundReading,
)
from kacenv.player.remote_sound import RemoteSound, ask_player
from kacenv.system.clock import MonotonicClock

FIRST, SECOND = 2_000_000_001, 2_000_000_002
"""Process ids that no process has."""
READING = SoundReading(3, 1, "Speakers", None, Decibels(-33.0), {"speakers": (-30.0, -20.0)})


class Wire:
    """Both ends of a line, at one of which the test is the player."""

    def __init__(self) -> None:
        ends = open_line()
        self.ends, self.far = ends, Line(ends.player)
        self.clock = MonotonicClock()
        self.events: list[Event] = []
        self.new: list[int] = []
        near = Line(ends.engine)
        self.sound = RemoteSound(a_room(), self.clock, self.events.append, near, Present(FIRST))
        self.sound.on_new = lambda: self.new.append(self.sound.pid)
        self.came: list[Addressed] = []

    def answer(self, message: FromPlayer, player: int = FIRST) -> None:
        """Say something as a player."""
        self.far.send(Addressed(player, message))

    async def hear(self, kind: type[Message]) -> Addressed:
        """Wait for the next message of a kind."""

        def has_come() -> bool:
            self.came += self.far.receive() or ()
            return any(isinstance(one.message, kind) for one in self.came)

        await until(has_come)
        place = next(n for n, one in enumerate(self.came) if isinstance(one.message, kind))
        found = self.came[place]
        del self.came[: place + 1]
        return found


@asynccontextmanager
async def wired() -> AsyncIterator[Wire]:
    """A sound whose player is the test."""
    wire = Wire()
    wire.sound.start()
    try:
        yield wire
    finally:
        wire.sound.close()
        for end in wire.ends:
            end.close()


@inside(wired)
async def test_the_player_is_told_the_room_and_its_clock(wire: Wire) -> None:
    """First of all; and again when the clock was set, before what comes then."""
    player, begin = await wire.hear(Begin)
    assert player == FIRST
    assert isinstance(begin, Begin)
    assert begin.room == a_room()
    assert begin.origin == pytest.approx(time.monotonic() - wire.clock.now(), abs=1e-3)
    wire.clock.jump(Seconds(100.0))
    wire.sound.fade_in()
    _, moved = await wire.hear(SetOrigin)
    assert isinstance(moved, SetOrigin)
    assert moved.origin == pytest.approx(begin.origin - 100.0, abs=1e-3)


@inside(wired)
async def test_what_the_player_shows_is_what_the_sound_is(wire: Wire) -> None:
    """Device, meters, underruns; gaps are told once."""
    assert (wire.sound.device, wire.sound.device_note) == ("none", None)
    gap = Dropout(Seconds(1.0), Seconds(0.5))
    wire.answer(SoundReading(*(3, 1, "Speakers", "a note", Decibels(-33.0), {}), dropouts=(gap,)))
    wire.answer(READING)
    await until(wire.sound.meters)
    assert wire.sound.meters() == {"speakers": (-30.0, -20.0)}
    assert (wire.sound.device, wire.sound.device_note) == ("Speakers", None)
    assert (wire.sound.underruns, wire.sound.recent_music) == (1, -33.0)
    assert wire.sound.take_dropouts() == [gap]
    assert wire.sound.take_dropouts() == []


@inside(wired)
async def test_the_processes_of_the_player_are_known(wire: Wire) -> None:
    """First itself, and once it has said so, those that decode for it."""
    assert wire.sound.processes() == (("player", FIRST),)
    wire.answer(replace(READING, decoders=(("decoder", 12),)))
    await until(lambda: wire.sound.processes() == (("player", FIRST), ("decoder", 12)))


@inside(wired)
async def test_commands_reach_the_player(wire: Wire) -> None:
    """A chime for staff only if staff can hear it."""
    duck = SetDuck(Decibels(-12.0), Seconds(1.0), Seconds(1.0))
    assert wire.sound.perform(duck)
    assert await wire.hear(Perform) == Addressed(FIRST, Perform(duck))
    assert wire.sound.perform(StrikeChime(BELL, Audience.STAFF, Seconds(1.0)))


@inside(wired)
async def test_a_long_plan_goes_in_several_packets(wire: Wire) -> None:
    """The first replaces the plan before, the others continue it."""
    plan = [
        ScheduledCommand(Seconds(float(n)), CueTrack(n, a_cut(f"piece-{n}"))) for n in range(100)
    ]
    wire.sound.schedule(plan)
    came: list[ScheduledCommand] = []
    while len(came) < len(plan):
        _, follow = await wire.hear(Follow)
        assert isinstance(follow, Follow)
        assert follow.first is (not came)
        came += follow.commands
    assert came == plan
    wire.sound.schedule(())
    assert await wire.hear(Follow) == Addressed(FIRST, Follow((), first=True))


@inside(wired)
async def test_each_event_is_reported_once(wire: Wire) -> None:
    """Told again it has the same number; who is no longer the player isn't heard."""
    for number, player in ((1, FIRST), (2, FIRST), (1, FIRST), (3, SECOND), (3, FIRST)):
        wire.answer(Happened(number, TrackStarted(number, Seconds(1.0))), player)
    await until(lambda: len(wire.events) > 2)
    assert [one.play_id for one in wire.events if isinstance(one, TrackStarted)] == [1, 2, 3]


@inside(wired)
async def test_another_player_is_told_all_that_the_first_knew(wire: Wire) -> None:
    """The room and its clock; then the session puts its music back."""
    wire.answer(READING)
    await until(lambda: wire.sound.underruns)
    await wire.hear(Begin)
    wire.answer(Present(SECOND), SECOND)
    await until(lambda: wire.new)
    assert wire.new == [SECOND]
    assert (await wire.hear(Begin)).player == SECOND
    fade = Crossfade(None, Seconds(1.0), Seconds(1.0))
    wire.sound.perform(fade)
    assert await wire.hear(Perform) == Addressed(SECOND, Perform(fade))
    assert wire.sound.underruns == 1


@inside(wired)
async def test_a_player_that_says_nothing_is_ended(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that another takes its place; staff read of it meanwhile."""
    ended: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *given: ended.append(given))
    wire.answer(READING)
    await until(lambda: wire.sound.underruns)
    monkeypatch.setattr(remote_sound, "STUCK_AFTER", Seconds(0.0))
    await until(lambda: ended)
    assert ended[0] == (FIRST, signal.SIGKILL)
    assert wire.sound.device_note is not None


def test_a_player_is_asked_before_anything_begins() -> None:
    """What it said to an engine before is passed over; without a player there is no answer."""
    ends = open_line()
    near, far = (Line(end) for end in ends)
    assert ask_player(near, Seconds(0.01)) is None
    far.receive()
    far.send(Addressed(FIRST, Present(FIRST, token=-1)))
    answering = threading.Thread(target=_answer, args=(far,))
    answering.start()
    present = ask_player(near, Seconds(PATIENCE))
    answering.join()
    for end in ends:
        end.close()
    assert present is not None
    assert (present.pid, present.sounding) == (FIRST, (4,))


def _answer(far: Line) -> None:
    token = 0
    while not token:
        for _, message in far.receive() or ():
            token = message.token if isinstance(message, Hello) else token
    far.send(Addressed(FIRST, Present(FIRST, token, 0.0, "garden", (4,))))
