"""One deck as the mixer hears it: in time, with its gain, and without clicks."""

import numpy as np

from kacenv.audio.deck import Deck
from kacenv.audio.envelope import Envelope
from kacenv.audio.ramp import Ramp
from kacenv.audio.samples import Block, silence
from kacenv.playlist import Cut
from kacenv.units import Seconds, amplitude

_SOFTEN = 240
"""Frames (5 ms) in which sound leaves or returns where samples are missing."""
_SINK: Block = ((1 + np.cos(np.linspace(0, np.pi, _SOFTEN + 2)[1:-1])) / 2).astype(np.float32)


class Voice:
    """A deck that sounds, `delay` frames after the first block begins."""

    def __init__(self, play_id: int, cut: Cut, deck: Deck, envelope: Envelope, delay: int) -> None:
        self.play_id = play_id
        self.deck = deck
        self.envelope = envelope
        self.underruns = 0
        self._delay = delay
        self._gain = amplitude(cut.gain)
        self._ramp = Ramp(0.0)
        self._last = np.zeros(2, np.float32)
        self._sunk = 0
        self._risen = _SOFTEN
        self._dry = False

    @property
    def falling(self) -> bool:
        """Somebody has asked this voice to leave."""
        return self.envelope.silent_from is not None

    def done(self, time: Seconds) -> bool:
        """Nothing of this voice will be heard from `time` on."""
        silent_from = self.envelope.silent_from
        faded = silent_from is not None and time >= silent_from
        over = self.deck.ended_in == 0 or self.deck.failed is not None
        return faded or (over and self._sunk >= _SOFTEN)

    def render(self, frames: int, end: Seconds) -> Block:
        """The next `frames` frames, the last of which is heard just before `end`."""
        delay, self._delay = self._delay, 0
        sound = self._samples(frames - delay)
        block = silence(frames)
        block[delay:] = self._ramp.apply(sound, self._gain * self.envelope.gain_at(end))
        return block

    def _samples(self, frames: int) -> Block:
        block = silence(frames)
        if self._dry and not (self.deck.ready or self.deck.ended_in):
            return self._sink(block, 0)
        fresh = self._rise(self.deck.read(frames))
        block[: len(fresh)] = fresh
        if len(fresh):
            self._dry, self._last, self._sunk = False, fresh[-1].copy(), 0
        return block if len(fresh) == frames else self._run_dry(block, len(fresh))

    def _run_dry(self, block: Block, start: int) -> Block:
        if not self._dry and self.deck.ended_in is None:
            self.underruns += 1
        self._dry, self._risen = True, 0
        return self._sink(block, start)

    def _sink(self, block: Block, start: int) -> Block:
        """Let the last sample sink to rest instead of breaking off."""
        tail = _SINK[self._sunk : self._sunk + len(block) - start, None]
        block[start : start + len(tail)] = self._last * tail
        self._sunk += len(tail)
        return block

    def _rise(self, fresh: Block) -> Block:
        ramp = _SINK[::-1][self._risen : self._risen + len(fresh), None]
        fresh[: len(ramp)] *= ramp
        self._risen += len(ramp)
        return fresh
