"""One deck as the mixer hears it: in time, with its gain, and without clicks."""

import numpy as np

from kacenv.audio.deck import Deck
from kacenv.audio.envelope import Envelope
from kacenv.audio.samples import Block, silence
from kacenv.playlist import Cut
from kacenv.units import Seconds, amplitude

_SOFTEN = 240
"""Frames (5 ms) over which sound leaves or returns where the decoder falls behind."""
_SINK: Block = ((1 + np.cos(np.linspace(0, np.pi, _SOFTEN + 2)[1:-1])) / 2).astype(np.float32)
_SINK.flags.writeable = False


class Voice:
    """A deck that sounds."""

    def __init__(self, play_id: int, cut: Cut, deck: Deck, envelope: Envelope) -> None:
        self.play_id = play_id
        self.deck = deck
        self.envelope = envelope
        self.underruns = 0
        self._gain = amplitude(cut.gain)
        self._level = np.float32(0.0)
        self._last = np.zeros(2, np.float32)
        self._sunk = 0
        self._dry = False
        self._rising = _SOFTEN

    @property
    def falling(self) -> bool:
        """Somebody has asked this voice to leave."""
        return self.envelope.silent_from is not None

    def done(self, time: Seconds) -> bool:
        """Nothing of this voice will be heard after `time`."""
        silent_from = self.envelope.silent_from
        faded = silent_from is not None and time >= silent_from
        return faded or (self.deck.ended_in == 0 and self._sunk >= _SOFTEN)

    def render(self, frames: int, end: Seconds) -> Block:
        """The next `frames` frames, the last of which is heard just before `end`."""
        target = np.float32(self._gain * self.envelope.gain_at(end))
        gains = np.linspace(self._level, target, frames, endpoint=False, dtype=np.float32)
        self._level = target
        return self._samples(frames) * gains[:, None]

    def _samples(self, frames: int) -> Block:
        block = silence(frames)
        if self._dry and not (self.deck.ready or self.deck.ended_in):
            return self._sink_from(block, 0)
        fresh = self.deck.read(frames)
        block[: len(fresh)] = self._rise(fresh)
        if len(fresh):
            self._dry, self._last, self._sunk = False, block[len(fresh) - 1].copy(), 0
        return block if len(fresh) == frames else self._run_dry(block, len(fresh))

    def _run_dry(self, block: Block, count: int) -> Block:
        if not self._dry and self.deck.ended_in is None:
            self.underruns += 1
        self._dry, self._rising = True, 0
        return self._sink_from(block, count)

    def _sink_from(self, block: Block, start: int) -> Block:
        """Let the last sample sink to rest instead of breaking off."""
        tail = _SINK[self._sunk : self._sunk + len(block) - start]
        block[start : start + len(tail)] = self._last * tail[:, None]
        self._sunk += len(tail)
        return block

    def _rise(self, fresh: Block) -> Block:
        if self._rising >= _SOFTEN:
            return fresh
        ramp = _SINK[::-1][self._rising : self._rising + len(fresh)]
        self._rising += len(ramp)
        fresh[: len(ramp)] *= ramp[:, None]
        return fresh
