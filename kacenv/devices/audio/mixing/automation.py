"""Automation of a value over time: a level in dB, and a mute."""

import math
from collections import deque
from dataclasses import dataclass

from kacenv.core.fades import Fade, FadeCurve
from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.mixing.crossfade import SHORTEST
from kacenv.devices.audio.mixing.silence_fade import SilenceFade

SILENT = Decibels(-90.0)
"""Level (dB) at and below which the gain is 0."""


@dataclass(frozen=True, slots=True)
class _LevelOrder:
    value: float
    at: Seconds
    duration: Seconds


class _Automation:
    """Value with scheduled fades; a late one starts from the current value.

    Fades are linear: one with a slow start is heard only long after the request, and is steeper
    later on.
    """

    def __init__(self, fade: Fade | SilenceFade) -> None:
        self._fade = fade
        self._orders: deque[_LevelOrder] = deque()

    def _order(self, value: float, at: Seconds, duration: Seconds) -> None:
        """Schedule a fade to `value` from `at`; drop fades scheduled for `at` or later."""
        while self._orders and self._orders[-1].at >= at:
            self._orders.pop()
        self._orders.append(_LevelOrder(value, at, Seconds(max(duration, SHORTEST))))

    def _value_at(self, time: Seconds) -> float:
        """Return the value at `time`, which must never decrease from call to call."""
        while self._orders and self._orders[0].at <= time:
            self._begin(self._orders.popleft(), time)
        return self._fade.value_at(time)

    def is_steady(self, start: Seconds, end: Seconds) -> bool:
        """Tell if the value is the same at all times from `start` to `end`."""
        ordered = bool(self._orders) and self._orders[0].at <= end
        return not ordered and self._fade.value_at(start) == self._fade.target

    def _begin(self, order: _LevelOrder, time: Seconds) -> None:
        """Start a fade at `time`; a late one keeps its duration, so that it is never steeper."""
        there = math.isclose(self._fade.value_at(time), order.value, abs_tol=1e-9)
        duration = Seconds(0.0) if there else order.duration
        self._fade = self._fade.toward(order.value, time, duration)


class LevelAutomation(_Automation):
    """Level in dB, with fades linear in dB."""

    def __init__(self, level: Decibels = Decibels(0.0)) -> None:
        super().__init__(Fade(level, level, curve=FadeCurve.LINEAR))

    def fade_to(self, level: Decibels, at: Seconds, duration: Seconds) -> None:
        """Schedule a fade to `level` from `at`; drop fades scheduled for `at` or later."""
        self._order(max(level, SILENT), at, duration)

    def level_at(self, time: Seconds) -> Decibels:
        """Return the level (dB) at `time`, which must never decrease from call to call."""
        return Decibels(self._value_at(time))

    def gain_at(self, time: Seconds) -> float:
        """Return the gain at `time`."""
        level = self.level_at(time)
        return amplitude(level) if level > SILENT else 0.0


class MuteAutomation(_Automation):
    """Mute with fades to and from true silence."""

    def __init__(self) -> None:
        super().__init__(SilenceFade(1.0, 1.0))

    def fade_to(self, shut: bool, at: Seconds, duration: Seconds) -> None:
        """Schedule a fade to silence, or back, from `at`; drop those for `at` or later."""
        self._order(0.0 if shut else 1.0, at, duration)

    def gain_at(self, time: Seconds) -> float:
        """Return the gain at `time`, which must never decrease from call to call."""
        return self._value_at(time)
