"""A room's sound on a simulated device and clock, with the real decks and mixer."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import numpy as np
import pytest
from support.sound_devices import PulledDevice

from kacenv.core.units import Seconds
from kacenv.devices.audio import RoomAudio, room_audio
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.output.device_output import DeviceOutput
from kacenv.devices.audio.output.sound_device import Device
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.playlist import Cut
from kacenv.model.requests import Event
from kacenv.model.room import Room
from kacenv.rehearsal.offline_render import PatientDeck
from kacenv.system.clock import SimClock

BLOCK: Final = 960
_NEVER = Seconds(3600.0)


def waiting_deck(cut: Cut) -> Deck:
    """The room's deck, for which simulated time stands still until it has decoded enough."""
    return PatientDeck(file_deck(cut), lambda work: work())


@contextmanager
def untimed() -> Iterator[None]:
    """Let nobody take a device for dead whose time stands still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room_audio, "DeviceOutput", partial(DeviceOutput, check_every=_NEVER))
        yield


class SimulatedRoom:
    """What plays as fast as it goes; `events` is what it has reported so far."""

    def __init__(self, room: Room) -> None:
        self.clock, self.events = SimClock(), list[Event]()
        self._device = PulledDevice()
        self.audio = RoomAudio(room, self.clock, self.events.append, waiting_deck, self._open)

    def _open(self, name: str, channels: int) -> Device:  # noqa: ARG002 - there is only one
        return self._device

    def play(self, span: float) -> Block:
        """Let `span` seconds pass; return what was heard of them."""
        return np.concatenate([self._block() for _ in range(round(span * RATE / BLOCK))])

    def _block(self) -> Block:
        block = self._device.pull(BLOCK)
        self.clock.jump(Seconds(BLOCK / RATE))
        return block


@contextmanager
def simulated(room: Room) -> Iterator[SimulatedRoom]:
    """Begin a room's sound in simulated time, and end it."""
    with untimed():
        one = SimulatedRoom(room)
        one.audio.start()
        try:
            yield one
        finally:
            one.audio.close()
