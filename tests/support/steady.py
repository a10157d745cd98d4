"""Hours on a device that pulls as fast as it goes, and where clock and music then are."""

import threading
from typing import NamedTuple

import numpy as np
from support.sound_devices import PulledDevice

from kacenv.core.units import Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.devices.audio.mixing.limiter import LOOK_AHEAD
from kacenv.devices.audio.output.sound_device import Device
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.commands import Crossfade, CueTrack
from kacenv.model.playlist import Cut
from kacenv.model.requests import Event, TrackStarted
from kacenv.model.room import Room
from kacenv.system.clock import SimClock

_BLOCK = 960
_BEGINS = Seconds(1.0)
_FADE = Seconds(0.05)
_TURN = 4093
"""A prime number of frames after which the samples of a `CountingDeck` come again."""


class CountingDeck:
    """A piece without end whose every sample says where in the piece it is."""

    def __init__(self) -> None:
        self.frames = 0
        self.opened = threading.Event()
        self.failed: str | None = None
        self.ended_in: int | None = None
        self.reserve = RATE

    def open(self, cut: Cut) -> None:  # noqa: ARG002 - there is only one piece
        """Be ready."""
        self.opened.set()

    @property
    def ready(self) -> bool:
        """At once."""
        return self.opened.is_set()

    def read(self, frames: int) -> Block:
        """The next frames."""
        block = piece(self.frames, frames)
        self.frames += frames
        return block

    def close(self) -> None:
        """Nothing to let go of."""


class Steadiness(NamedTuple):
    """What a run has shown: how far off frames and track were, and the last second's sound.

    `clock_off` is frames pulled less those of the room's clock, `orders_off` the frames by
    which an order for now would be heard late; `track_off` the frames that
    the piece was from where the engine takes it to be, `sound_off` whether what came out at
    the end differs from the piece at that place.
    """

    clock_off: float
    orders_off: float
    track_off: float
    sound_off: float
    sound: Block


def piece(start: int, frames: int) -> Block:
    """What a `CountingDeck` plays from frame `start` on."""
    wave = (np.arange(start, start + frames) % _TURN / (4 * _TURN)).astype(np.float32)
    return np.stack((wave, -wave), axis=1)


def run(room: Room, span: float) -> Steadiness:
    """Play one piece for `span` simulated seconds."""
    clock, device, deck = SimClock(), PulledDevice(), CountingDeck()
    events: list[Event] = []

    def opened(wanted: str, channels: int) -> Device:  # noqa: ARG001 - there is only one
        return device

    audio = RoomAudio(room, clock, events.append, lambda _: deck, opened)
    audio.start()
    try:
        audio.perform(CueTrack(1, Cut("/x", "x", "x", Seconds(10 * span))))
        assert deck.opened.wait(30)
        audio.perform(Crossfade(1, _BEGINS, _FADE))
        blocks = _pull(device, clock, span)
        late = (clock.now() - audio._pacer.block(0)) * RATE
    finally:
        audio.close()
    return _judge(clock, device, deck, events, blocks)._replace(orders_off=late)


def _pull(device: PulledDevice, clock: SimClock, span: float) -> list[Block]:
    """The blocks of the last second."""
    count, last = round(span * RATE / _BLOCK), RATE // _BLOCK
    kept: list[Block] = []
    for number in range(count):
        block = device.ask(_BLOCK)
        clock.jump(Seconds(_BLOCK / RATE))
        if number >= count - last:
            kept.append(block)
    return kept


def _judge(
    clock: SimClock,
    device: PulledDevice,
    deck: CountingDeck,
    events: list[Event],
    blocks: list[Block],
) -> Steadiness:
    sound = np.concatenate(blocks)
    started = next(event for event in events if isinstance(event, TrackStarted))
    should = (clock.now() - started.at) * RATE
    heard = deck.frames - LOOK_AHEAD
    wanted = piece(round(should) - len(sound), len(sound))
    return Steadiness(
        orders_off=0.0,
        clock_off=device.frames - clock.now() * RATE,
        track_off=heard - should,
        sound_off=float(np.abs(sound[:, :2] - wanted).max()),
        sound=sound,
    )
