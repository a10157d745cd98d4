"""A room that plays noise on its devices."""

from collections.abc import Iterator
from contextlib import contextmanager

from support.decks import ArrayDeck, noise
from support.priority import ahead

from kacenv.core.units import Seconds
from kacenv.devices.audio.room_audio import RoomAudio
from kacenv.model.commands import Crossfade, CueTrack
from kacenv.model.playlist import Cut
from kacenv.model.room import Room
from kacenv.system.clock import MonotonicClock


@contextmanager
def playing_noise(room: Room, seconds: float = 60.0) -> Iterator[RoomAudio]:
    """Have a room's outputs play `seconds` of noise; nobody is told of anything."""
    clock, deck = MonotonicClock(), ArrayDeck(noise(seconds, 1))
    audio = RoomAudio(room, clock, lambda _: None, lambda _: deck)
    with ahead():
        audio.start()
        try:
            audio.perform(CueTrack(1, Cut("/x", "x", "x", Seconds(seconds))))
            audio.perform(Crossfade(1, clock.now(), Seconds(0.05)))
            yield audio
        finally:
            audio.close()
