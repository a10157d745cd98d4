"""Chime bus: plays chimes, and ducks the music under them."""

import numpy as np

from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.mixing.automation import LevelAutomation
from kacenv.devices.audio.mixing.bell_synth import Mono, ring
from kacenv.devices.audio.samples import RATE, frames_in
from kacenv.model.chime import Phrase
from kacenv.model.commands import StrikeChime
from kacenv.model.room import ChimeLoudness
from kacenv.model.scene import Audience

SILENCE = Decibels(-120.0)
_TOO_LATE = Seconds(1.0)
_DUCK = Decibels(-3.0)
_DUCK_DOWN = Seconds(0.5)
_DUCK_UP = Seconds(3.0)
_DUCK_HOLD = Seconds(4.0)


class _RingingChime:
    """Chime being played; `place` is its next sample, negative while it waits within a block."""

    def __init__(self, chime: Phrase, peak: Decibels, place: int) -> None:
        self._sound = ring(chime)
        self._gain = np.float32(amplitude(peak))
        self._place = place

    @property
    def over(self) -> bool:
        return self._place >= len(self._sound)

    def add_to(self, block: Mono) -> None:
        start = max(0, -self._place)
        part = self._sound[max(0, self._place) : max(0, self._place + len(block))]
        block[start : start + len(part)] += part * self._gain
        self._place += len(block)


class ChimeBus:
    """Plays chimes, exact to the frame; for the rendering thread only."""

    def __init__(self, loudness: ChimeLoudness) -> None:
        self._loudness = loudness
        self._orders: list[StrikeChime] = []
        self._strokes: dict[Audience, list[_RingingChime]] = {audience: [] for audience in Audience}
        self._duck = LevelAutomation()
        self.music = SILENCE
        """Recent level of the music (dBFS); readable from any thread."""

    def ring(self, order: StrikeChime) -> None:
        """Schedule a chime; play it at once if up to a second late, else drop it."""
        self._orders.append(order)

    @property
    def is_idle(self) -> bool:
        """Tell if no chime rings or is ordered."""
        return not self._orders and not any(self._strokes.values())

    def is_steady(self, start: Seconds, end: Seconds) -> bool:
        """Tell if no chime rings from `start` to `end`, nor is the music's ducking moving."""
        return self.is_idle and self._duck.is_steady(start, end)

    def duck_at(self, time: Seconds) -> float:
        """Return the music's ducking gain at `time`."""
        return self._duck.gain_at(time)

    def duck_for_chime(self, at: Seconds) -> None:
        """Duck the music as for a chime in the room at `at`."""
        self._duck.fade_to(_DUCK, at, _DUCK_DOWN)
        self._duck.fade_to(Decibels(0.0), Seconds(at + _DUCK_HOLD), _DUCK_UP)

    def render(self, frames: int, start: Seconds, music: Decibels) -> dict[Audience, Mono]:
        """Return the chimes of the next `frames` frames by audience; no entry without any.

        `music` is the recent level of the music (dBFS).
        """
        self.music = music
        self._begin_due(start, Seconds(start + frames / RATE), music)
        return {who: self._mix(who, frames) for who, strokes in self._strokes.items() if strokes}

    def _begin_due(self, start: Seconds, end: Seconds, music: Decibels) -> None:
        for order in [order for order in self._orders if order.at < end]:
            self._orders.remove(order)
            if start - order.at <= _TOO_LATE:
                self._begin(order, start, music)

    def _begin(self, order: StrikeChime, start: Seconds, music: Decibels) -> None:
        at = max(order.at, start)
        peak = self._loudness.peak(music)
        stroke = _RingingChime(order.chime, peak, -frames_in(at - start))
        self._strokes[order.audience].append(stroke)
        if order.audience is Audience.ROOM:
            self.duck_for_chime(at)

    def _mix(self, audience: Audience, frames: int) -> Mono:
        block = np.zeros(frames, np.float32)
        strokes = self._strokes[audience]
        for stroke in strokes:
            stroke.add_to(block)
        self._strokes[audience] = [stroke for stroke in strokes if not stroke.over]
        return block
