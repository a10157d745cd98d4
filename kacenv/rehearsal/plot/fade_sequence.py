"""Curve of a value over a session: successive fades, each from the value reached."""

from collections.abc import Iterator
from dataclasses import replace

from kacenv.core.fades import Fade
from kacenv.core.fades import FadeCurve as Shape
from kacenv.core.units import Seconds

_STEPS = 12
"""Number of straight lines that approximate a fade."""


class FadeSequence:
    """Value that begins at `start` and follows successive fades."""

    def __init__(self, start: float, shape: Shape = Shape.SMOOTH) -> None:
        self._fades = [Fade(start, start, curve=shape)]

    def turn(
        self, target: float, at: Seconds, duration: Seconds, shape: Shape | None = None
    ) -> None:
        """Fade to `target` from `at` on, in this shape or the one before."""
        fade = self._fades[-1].toward(target, at, duration)
        self._fades.append(fade if shape is None else replace(fade, curve=shape))

    def value_at(self, moment: float) -> float:
        """Return the value at `moment`."""
        begun = [fade for fade in self._fades[1:] if fade.start <= moment]
        return (begun[-1] if begun else self._fades[0]).value_at(moment)

    def knots(self) -> Iterator[Seconds]:
        """Yield times between which the value is nearly linear."""
        for fade in self._fades[1:]:
            for step in range(_STEPS + 1):
                yield Seconds(fade.start + fade.duration * step / _STEPS)
