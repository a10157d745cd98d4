"""What a lamp's reports of its white or colour mean: obedience, a lamp's own limits, or a hand."""

import math
from typing import NamedTuple

from kacenv.lights.path import MIRED, Path
from kacenv.lights.tint import color_of, distance
from kacenv.lights.witness import DRIFT, ECHO, Meaning
from kacenv.look import Color, Setting
from kacenv.room import Fixture
from kacenv.units import Kelvin, Seconds

SAME_MIRED = 15.0
"""Lamps round their whites, some by way of a colour; a hand changes more."""
SAME_TINT = 0.1
"""Oklab distance; lamps round colours, and show the nearest that they have."""
CLIPS_WITHIN = 100.0
"""Mired; so much narrower than the room file says a lamp's whites may be, as common bulbs' are."""


class _Whites(NamedTuple):
    """The mired that a lamp can show; the room file says it, and the lamp knows better."""

    coolest: float
    warmest: float

    def held(self, mired: float) -> float:
        return min(max(mired, self.coolest), self.warmest)

    def with_(self, mired: float) -> "_Whites":
        return _Whites(min(self.coolest, mired), max(self.warmest, mired))


_NONE = _Whites(coolest=math.inf, warmest=-math.inf)


class ShadeWitness:
    """Remembers the white or colour to which a lamp was last led, and judges reports by that.

    A lamp that can't show a white as warm or as cool as the room file says shows its own warmest
    or coolest. Such a report is taken for that, and remembered, unless the lamp has shown more
    when it had come to rest: what it says on the way may be no more than the command said back.
    """

    def __init__(self, fixture: Fixture) -> None:
        said = _Whites(MIRED / fixture.coolest, MIRED / fixture.warmest)
        self._said = self._own = said
        self._seen = _NONE
        self._path: Path | None = None
        self._begun = self._settled = Seconds(0.0)
        self._knows = self._origin_known = False

    def begin(self, path: Path, now: Seconds, *, known: bool) -> None:
        """The lamp is led along `path` from now on, `known` to show the white it begins with."""
        self._path, self._knows, self._origin_known = path, False, known
        self._begun, self._settled = now, Seconds(path.end + ECHO + DRIFT * (path.end - now))

    def put_off(self, span: Seconds) -> None:
        """The lamp's way ends later by `span`."""
        self._settled = Seconds(self._settled + span)

    def judge(self, kelvin: Kelvin | None, color: Color | None, now: Seconds) -> Meaning:
        """What a report of a white, or of a colour, at `now` means.

        A lamp that has never said that it shows what it was told isn't led astray by a hand; who
        was told a level alone, or nothing but darkness, may show any shade.
        """
        target = self._path.target if self._path is not None else None
        if target is None or target.level <= 0 or not (kelvin or color):
            return Meaning.ECHO
        if self._follows(target, kelvin, color, now):
            self._knows = True
            return Meaning.FOLLOWS
        if now < self._settled and not self._is_off_the_way(kelvin, now):
            return Meaning.ECHO
        return Meaning.HAND if self._knows else Meaning.ECHO

    def _follows(
        self, target: Setting, kelvin: Kelvin | None, color: Color | None, now: Seconds
    ) -> bool:
        if target.color is not None:
            shown = color or (color_of(kelvin) if kelvin else target.color)
            return distance(target.color, shown) <= SAME_TINT
        if target.kelvin is None:
            return True
        if kelvin is None:
            return color is None or distance(color_of(target.kelvin), color) <= SAME_TINT
        return self._is_white(MIRED / target.kelvin, MIRED / kelvin, now)

    def _is_white(self, told: float, shown: float, now: Seconds) -> bool:
        """Whether `shown` (mired) is `told`, or as near to it as the lamp can come."""
        near = min(abs(shown - told), abs(shown - self._own.held(told)))
        if near > SAME_MIRED:
            return not self._is_on_its_way(now) and self._is_limit(told, shown)
        if now >= self._settled:
            self._seen = self._seen.with_(shown)
        return True

    def _is_limit(self, told: float, shown: float) -> bool:
        """Whether this may be the lamp's own warmest or coolest white; then it is remembered."""
        own, said, seen = self._own, self._said, self._seen
        warmer = shown > seen.warmest and (own.warmest == said.warmest or shown > own.warmest)
        cooler = shown < seen.coolest and (own.coolest == said.coolest or shown < own.coolest)
        if said.warmest - CLIPS_WITHIN <= shown < told and warmer:
            self._own = own._replace(warmest=shown)
        elif told < shown <= said.coolest + CLIPS_WITHIN and cooler:
            self._own = own._replace(coolest=shown)
        return self._own is not own

    def _is_on_its_way(self, now: Seconds) -> bool:
        """Whether the white still changes, so that one short of the last is only passed."""
        ends = _ends(self._path) if self._path is not None else []
        changes = bool(ends) and max(ends) - min(ends) > SAME_MIRED
        return changes and now < self._settled

    def _is_off_the_way(self, kelvin: Kelvin | None, now: Seconds) -> bool:
        """Whether a white lies beyond all that the lamp is to show on its way."""
        path = self._path
        if path is None or path.tint is not None or kelvin is None:
            return False
        if not self._origin_known or now < self._begun + ECHO:
            return False
        mired = [self._own.held(end) for end in _ends(path)]
        shown = MIRED / kelvin
        low, high = min(mired, default=shown), max(mired, default=shown)
        return not low - SAME_MIRED <= shown <= high + SAME_MIRED


def _ends(path: Path) -> list[float]:
    """The whites (mired) between which the lamp is led, as far as they are known."""
    start = path.mired.start if path.mired is not None else path.level.start
    whites = (path.at(start).kelvin, path.target.kelvin)
    return [MIRED / white for white in whites if white is not None]
