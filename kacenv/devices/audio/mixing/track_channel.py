"""Track channel: one deck in the mixer, with start time, gain, and declicking."""

import numpy as np

from kacenv.core.fades import Fade
from kacenv.core.units import Seconds, amplitude
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.mixing.crossfade import SHORTEST, GainEnvelope
from kacenv.devices.audio.mixing.gain_ramp import GainRamp
from kacenv.devices.audio.samples import RATE, Block, frames_in, silence
from kacenv.model.playlist import Cut

_SOFTEN = 240
"""Length (frames, 5 ms) of the fades around missing samples."""
_AMPLE, _SCARCE = frames_in(4.0), frames_in(2.5)
"""Reserves (frames): a deck that has had the first, and has less than the second, is no longer
filled, or too slowly."""
_LATE = "its sound stopped coming on the way; is its disk slow or away?"
_AS_SAID = frames_in(0.5)
_LEAVE, _LEAVE_AS_SAID = Seconds(1.5), Seconds(0.45)
"""Duration (s) of the fade-out of a track without a successor, at an early end and at an expected
one; the latter is shorter than the shortest crossfade that may still come."""
_OF_A_SHORT_ONE = 0.45
"""Share that the latter takes at most of a short neighbour, whose crossfade may take half of it."""
_SINK: Block = ((1 + np.cos(np.linspace(0, np.pi, _SOFTEN + 2)[1:-1])) / 2).astype(np.float32)


class TrackChannel:
    """Deck that plays from `delay` frames after the start of the first block."""

    def __init__(
        self, play_id: int, cut: Cut, deck: Deck, envelope: GainEnvelope, delay: int
    ) -> None:
        self.play_id = play_id
        self.deck = deck
        self.envelope = envelope
        self.underruns = 0
        self.is_joined = False
        """True once another track begins at the sample at which this one's sound ends."""
        self._delay = delay
        self._gain = amplitude(cut.gain)
        self._ramp = GainRamp(0.0)
        self._last = np.zeros(2, np.float32)
        self._sunk = 0
        self._risen = _SOFTEN
        self._dry = False
        self._ample = self._scarce = False
        self._end_fade: Fade | None = None
        self._length, self._played = frames_in(cut.length), 0

    @property
    def broken(self) -> str | None:
        """Return the reason why no more samples may come; None without one."""
        return self.deck.failed or (_LATE if self._scarce else None)

    @property
    def frames_left(self) -> int | None:
        """Return the number of frames left if no more may come; None while more will come."""
        ended_in = self.deck.ended_in
        if ended_in is not None:
            return ended_in
        return self.deck.reserve if self.broken else None

    @property
    def _ends_early(self) -> bool:
        """Tell if the sound ends before the cut's length is over."""
        return self._played + (self.frames_left or 0) < self._length - _AS_SAID

    @property
    def is_fading_out(self) -> bool:
        """Tell if a fade-out has been requested."""
        return self.envelope.silent_from is not None

    @property
    def can_be_joined(self) -> bool:
        """Tell if the track may go on, undiminished, until its deck's last sample."""
        over = self.deck.ended_in == 0 and self._dry
        return not (over or self.broken or self.is_fading_out or self._end_fade)

    def is_steady(self, frames: int, start: Seconds) -> bool:
        """Tell if the next `frames` frames, heard from `start` on, are there and at one gain."""
        is_whole = not (self._dry or self._delay) and self._risen >= _SOFTEN
        if not is_whole or self._end_fade or not self.envelope.is_full(start):
            return False
        left = self.deck.ended_in
        goes_on = left is None or left > frames + frames_in(_LEAVE)
        enough = not self.broken and self.deck.reserve >= frames
        return goes_on and enough and self._ramp.rests_at(self._gain)

    def done(self, time: Seconds) -> bool:
        """Tell if the track is silent from `time` on."""
        silent_from = self.envelope.silent_from
        faded = silent_from is not None and time >= silent_from
        gone = self._end_fade is not None and time >= self._end_fade.end
        over = self.deck.ended_in == 0 or self.deck.failed is not None
        return faded or gone or (over and (self._sunk >= _SOFTEN or self.is_joined))

    def join(self, before: "TrackChannel", at: Seconds) -> None:
        """Begin at the gain of the track `before`, which ends at `at`; soften neither."""
        before.is_joined = True
        self._ramp = GainRamp(self._gain * self.gain_at(at))

    def gain_at(self, time: Seconds) -> float:
        """Return the deck's gain at `time`, 0 to 1."""
        faded = self._end_fade.value_at(time) if self._end_fade else 1.0
        return self.envelope.gain_at(time) * faded

    def fade_out_early(self, start: Seconds, end: Seconds, shortest: float) -> None:
        """Fade out without a request, because samples may be missing from `end` on.

        `shortest` is the length of the shortest track that may still take over (s).
        """
        as_said = min(_LEAVE_AS_SAID, _OF_A_SHORT_ONE * min(self._length / RATE, shortest))
        longest = _LEAVE if self._ends_early else as_said
        if self._end_fade is None and end - start <= longest:
            self._end_fade = Fade(1.0, 0.0, start, Seconds(max(SHORTEST, end - start)))

    def render(self, frames: int, end: Seconds) -> Block:
        """Render the next `frames` frames, the last of which is heard just before `end`."""
        delay, self._delay = self._delay, 0
        sound = self._samples(frames - delay)
        sound = self._ramp.apply(sound, self._gain * self.gain_at(end))
        self._check_reserve()
        return np.concatenate((silence(delay), sound)) if delay else sound

    def _check_reserve(self) -> None:
        reserve = self.deck.reserve
        self._ample = self._ample or reserve >= _AMPLE
        self._scarce = self._ample and reserve < _SCARCE and self.deck.ended_in is None

    def _samples(self, frames: int) -> Block:
        if self._dry and not (self.deck.ready or self.deck.ended_in):
            return self._soften_end(silence(frames), 0)
        fresh = self._soften_begin(self.deck.read(frames))
        self._played += len(fresh)
        if len(fresh):
            self._dry, self._last, self._sunk = False, fresh[-1].copy(), 0
        return fresh if len(fresh) == frames else self._underrun(fresh, frames)

    def _underrun(self, fresh: Block, frames: int) -> Block:
        if not self._dry and self.frames_left is None:
            self.underruns += 1
        self._dry, self._risen = True, 0
        block = np.concatenate((fresh, silence(frames - len(fresh))))
        return block if self.is_joined else self._soften_end(block, len(fresh))

    def _soften_end(self, block: Block, start: int) -> Block:
        """Fade out from the last sample instead of breaking off."""
        tail = _SINK[self._sunk : self._sunk + len(block) - start, None]
        block[start : start + len(tail)] = self._last * tail
        self._sunk += len(tail)
        return block

    def _soften_begin(self, fresh: Block) -> Block:
        ramp = _SINK[::-1][self._risen : self._risen + len(fresh), None]
        fresh[: len(ramp)] *= ramp
        self._risen += len(ramp)
        return fresh
