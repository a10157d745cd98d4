"""A deck and a mixer for tests that need no files and no waiting."""

from typing import cast

import numpy as np
import pytest

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.mixing.mixer import Mixer
from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.model.chime import BELL, Phrase
from kacenv.model.commands import Crossfade, CueTrack, StrikeChime
from kacenv.model.playlist import Cut
from kacenv.model.requests import DeadAir, Event, TrackEnded, TrackFailed, TrackStarted
from kacenv.model.room import Output, Role, Room
from kacenv.model.scene import Audience

SEATS = Room(
    name="test",
    outputs=(
        Output(id="speakers", role=Role.SPEAKERS, channels=(1, 2), ceiling="0 dB"),
        Output(id="left-seat", role=Role.SEAT_A, channels=(3,), trim="-6 dB", ceiling="0 dB"),
        Output(id="desk", role=Role.STAFF, channels=(4,), ceiling="0 dB"),
    ),
)


class ArrayDeck:
    """Plays an array; `arrived` is how many of its frames have been decoded so far."""

    def __init__(self, sound: Block) -> None:
        self._sound = sound
        self._read = 0
        self.arrived = len(sound)
        self.slow = False
        self.reason: str | None = None
        self.cut: Cut | None = None
        self.closed = 0

    def open(self, cut: Cut) -> None:
        """Begin at the cue point."""
        self.cut = cut
        start = frames_in(cut.cue_in)
        self._sound = self._sound[start : start + frames_in(cut.length)]
        self.arrived = min(self.arrived, len(self._sound))

    @property
    def ready(self) -> bool:
        """Opened, not slow, and something to read."""
        return self.cut is not None and not self.slow and self.arrived > self._read

    @property
    def reserve(self) -> int:
        """Frames that have arrived and not been read."""
        return self.arrived - self._read

    @property
    def ended_in(self) -> int | None:
        """Frames left, once all have arrived."""
        whole = self.cut is not None and self.arrived == len(self._sound)
        return self.arrived - self._read if whole else None

    @property
    def failed(self) -> str | None:
        """What a test wants it to be."""
        return self.reason

    def read(self, frames: int) -> Block:
        """The next frames of those that have arrived."""
        block = self._sound[self._read : min(self._read + frames, self.arrived)].copy()
        self._read += len(block)
        return block

    def close(self) -> None:
        """Count how often."""
        self.closed += 1


class OfflineMixer:
    """A mixer on decks of arrays, rendered as fast as it goes.

    `decks` are handed out in order; `tracks` and `dead_airs` are what the mixer has reported.
    """

    def __init__(self, room: Room, *sounds: Block) -> None:
        self.decks = [ArrayDeck(sound) for sound in sounds]
        self.tracks: list[TrackStarted | TrackEnded | TrackFailed] = []
        self.dead_airs: list[DeadAir] = []
        self.now = Seconds(0.0)
        unused = iter(self.decks)
        self.mixer = Mixer(room, self._report, lambda _: next(unused), lambda work: work())
        self.perform = self.mixer.perform

    def _report(self, event: Event) -> None:
        if isinstance(event, DeadAir):
            self.dead_airs.append(event)
        else:
            self.tracks.append(event)

    def cue(
        self, play_id: int, length: float | None = None, gain: float = 0.0, *, joins: bool = False
    ) -> ArrayDeck:
        """Cue the next deck; without a length, all of its sound."""
        deck = next(deck for deck in self.decks if deck.cut is None)
        whole = deck.reserve / RATE
        cut = Cut("/x", "x", "x", Seconds(length or whole), gain=Decibels(gain))
        self.perform(CueTrack(play_id, cut, joins))
        return deck

    def fade(self, play_id: int | None, at: float, duration: float) -> None:
        """Crossfade to a cued track."""
        self.perform(Crossfade(play_id, Seconds(at), Seconds(duration)))

    def play(self, play_id: int, at: float, duration: float) -> None:
        """Cue the next deck, and crossfade to it."""
        self.cue(play_id)
        self.fade(play_id, at, duration)

    def render(self, span: float, block: int = 1440) -> Block:
        """What the device plays in the next `span` seconds."""
        left, blocks = frames_in(span), []
        while left:
            size = min(block, left)
            blocks.append(self.mixer.render(size, self.now))
            self.now = Seconds(self.now + size / RATE)
            left -= size
        return np.concatenate(blocks)


def one_output(ceiling: float = 0.0) -> Room:
    """A room with a pair of speakers."""
    speakers = Output(id="room", role=Role.SPEAKERS, ceiling=f"{ceiling} dB")
    return Room(name="test", outputs=(speakers,))


def noise(span: float, seed: int, level: float = 0.1) -> Block:
    """Stereo noise of the given rms amplitude."""
    random = np.random.default_rng(seed)
    return (random.standard_normal((frames_in(span), 2)) * level).astype(np.float32)


def tone(span: float, pitch: float = 440.0, level: float = 0.5) -> Block:
    """A stereo sine; of a whole number of waves a second, each second is the same."""
    count = frames_in(span)
    time = np.arange(count if pitch % 1 else min(count, RATE)) / RATE
    wave = (level * np.sin(2 * np.pi * pitch * time)).astype(np.float32)
    return np.resize(np.stack((wave, wave), axis=1), (count, 2))


def about(time: float, within: float) -> Seconds:
    """Equals every time at most `within` seconds away."""
    return cast("Seconds", pytest.approx(time, abs=within))


def rms(block: Block) -> float:
    """Root mean square of all samples."""
    return float(np.sqrt(np.mean(np.square(block, dtype=np.float64))))


def steepest_step(block: Block) -> float:
    """The largest change from one sample to the next."""
    return float(np.abs(np.diff(block, axis=0)).max())


def chime(audience: Audience, at: float, phrase: Phrase = BELL) -> StrikeChime:
    """A chime for `audience`."""
    return StrikeChime(phrase, audience, Seconds(at))


def started(room: Room, *sounds: Block, arrived: float | None = None) -> OfflineMixer:
    """A mixer whose first sound begins at 0; of it so many seconds have `arrived`, or all."""
    mix = OfflineMixer(room, *sounds)
    deck = mix.cue(1)
    if arrived is not None:
        deck.arrived = frames_in(arrived)
    mix.fade(1, 0.0, 0.05)
    return mix


def playing(room: Room, *sounds: Block) -> OfflineMixer:
    """A mixer whose first sound has just reached its full level."""
    mix = started(room, *sounds)
    mix.render(0.1)
    return mix
