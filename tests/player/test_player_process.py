"""The player: it does what comes on its line, and goes on when nothing comes any more."""

import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from support.decks import ArrayDeck, noise, one_output
from support.sound_devices import PulledDevice
from support.waiting import PATIENCE, wait_until

from kacenv.core.units import Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.model.commands import Crossfade, CueTrack, ScheduledCommand
from kacenv.model.playlist import Cut
from kacenv.model.requests import TrackStarted
from kacenv.player.line import Line, open_line
from kacenv.player.messages import (
    Addressed,
    Ask,
    Begin,
    Follow,
    Happened,
    Hello,
    Message,
    Perform,
    Present,
    SetOrigin,
    SoundReading,
)
from kacenv.player.player_process import PlayerProcess

ROOM = one_output()
CUT = Cut("/x", "x", "x", Seconds(3600.0))


class Stage:
    """A player on a thread, whose device pulls when a test says so."""

    def __init__(self) -> None:
        self.ends = open_line()
        self.line = Line(self.ends.engine)
        self.device = PulledDevice()
        open_audio = partial(
            RoomAudio,
            make_deck=lambda _: ArrayDeck(noise(30.0, 1)),
            open_device=lambda *_: self.device,
        )
        decoders = (("decoders", 12),)
        self.player = PlayerProcess(Line(self.ends.player), open_audio, lambda: decoders)
        self.thread = threading.Thread(target=self.player.run)
        self.thread.start()
        self.came: list[Message] = []

    def send(self, message: Message, player: int | None = None) -> None:
        """Send a message to this player, or as if to another."""
        self.line.send(Addressed(os.getpid() if player is None else player, message))

    def hear(self, fits: Callable[[Message], bool]) -> Message:
        """Wait for the next message that fits; others are kept."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for message in self.came:
                if fits(message):
                    self.came.remove(message)
                    return message
            select.select([self.line.fileno()], [], [], PATIENCE)
            self.came += [message for _, message in self.line.receive() or ()]
        raise AssertionError("it never came")

    def present(self, token: int) -> Present:
        """Ask the player what it does."""
        self.send(Hello(token), 0)
        found = self.hear(lambda one: isinstance(one, Present) and one.token == token)
        assert isinstance(found, Present)
        return found

    def begin(self, heard: int = 0) -> SoundReading:
        """Open the sound, and play the first piece; return the first reading."""
        self.send(Begin(ROOM, time.monotonic(), heard))
        found = self.hear(lambda one: isinstance(one, SoundReading))
        assert isinstance(found, SoundReading)
        return found

    def play(self, play_id: int) -> None:
        """Begin a piece at once."""
        self.send(Perform(CueTrack(play_id, CUT)))
        self.send(Perform(Crossfade(play_id, Seconds(0.0), Seconds(1.0))))
        self.present(99)
        wait_until(lambda: self.sounds(play_id))

    def sounds(self, play_id: int) -> bool:
        """Pull a little, and ask if a piece sounds by then."""
        self.device.pull(480)
        return play_id in self.present(98).sounding

    def close(self) -> None:
        """End the player."""
        self.player.close()
        self.thread.join()
        for end in self.ends:
            end.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A player that has just begun."""
    made = Stage()
    yield made
    made.close()


def is_start(message: Message, play_id: int) -> bool:
    """Tell if a message is the beginning of this piece."""
    event = message.event if isinstance(message, Happened) else None
    return isinstance(event, TrackStarted) and event.play_id == play_id


def test_a_player_says_that_it_is_there_and_what_it_does(stage: Stage) -> None:
    """At first nothing; then which pieces sound, and by which clock."""
    first = stage.hear(lambda one: isinstance(one, Present))
    assert first == Present(os.getpid())
    stage.begin()
    stage.play(1)
    present = stage.present(5)
    assert (present.room, present.sounding) == (ROOM.name, (1,))
    assert present.origin is not None


def test_a_reading_tells_who_decodes(stage: Stage) -> None:
    """So people see every process of the room."""
    assert stage.begin().decoders == (("decoders", 12),)


def test_events_that_no_engine_has_heard_are_told_again(stage: Stage) -> None:
    """With the same numbers, to the next engine, until one has heard them; nothing begins anew."""
    stage.begin()
    stage.play(1)
    told = stage.hear(lambda one: is_start(one, 1))
    stage.send(Begin(ROOM, 0.0))
    assert stage.hear(lambda one: is_start(one, 1)) == told
    assert isinstance(told, Happened)
    stage.send(Ask(told.number + 1))
    stage.present(5)
    stage.came.clear()
    stage.send(Begin(ROOM, 0.0))
    assert stage.present(6).sounding == (1,)
    assert [type(one) for one in stage.came] == [SoundReading]


def test_what_was_for_another_player_is_not_done(stage: Stage) -> None:
    """It was ended before it could read it, and the room is told anew what should sound."""
    stage.begin()
    stage.send(SetOrigin(1.0), os.getpid() + 1)
    assert stage.present(5).origin != 1.0
    stage.send(SetOrigin(1.0))
    assert stage.present(6).origin == 1.0


def test_orders_ahead_in_several_packets_are_one_plan(stage: Stage) -> None:
    """The next piece comes though nobody orders it."""
    stage.begin()
    stage.play(1)
    now = Seconds(0.0)
    stage.send(Follow((ScheduledCommand(now, CueTrack(2, CUT)),)))
    fade = ScheduledCommand(now, Crossfade(2, now, Seconds(1.0)))
    stage.send(Follow((fade,), first=False))
    stage.present(7)
    wait_until(lambda: stage.sounds(2))


def test_a_player_without_music_that_nobody_can_reach_ends(stage: Stage) -> None:
    """There is no reason to stay."""
    stage.hear(lambda one: isinstance(one, Present))
    stage.ends.engine.close()
    stage.thread.join()
