"""A value over a whole session: one fade after another, each from where the last had come."""

from collections.abc import Iterator
from dataclasses import replace

from kacenv.fades import Curve as Shape
from kacenv.fades import Fade
from kacenv.units import Seconds

_STEPS = 12
"""Straight lines that stand for one fade."""


class Curve:
    """A value that begins at `start` and follows every fade it is given, in their order."""

    def __init__(self, start: float, shape: Shape = Shape.SMOOTH) -> None:
        self._fades = [Fade(start, start, curve=shape)]

    def turn(
        self, target: float, at: Seconds, duration: Seconds, shape: Shape | None = None
    ) -> None:
        """Fade to `target` from `at` on, in this or the same shape as before."""
        fade = self._fades[-1].toward(target, at, duration)
        self._fades.append(fade if shape is None else replace(fade, curve=shape))

    def value_at(self, moment: float) -> float:
        """The value at `moment`."""
        begun = [fade for fade in self._fades[1:] if fade.start <= moment]
        return (begun[-1] if begun else self._fades[0]).value_at(moment)

    def knots(self) -> Iterator[Seconds]:
        """Moments between which the value is as good as straight."""
        for fade in self._fades[1:]:
            for step in range(_STEPS + 1):
                yield Seconds(fade.start + fade.duration * step / _STEPS)
