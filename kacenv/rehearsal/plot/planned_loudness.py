"""Level of the music over a session, from the sound's commands."""

import math
from typing import Final

from kacenv.core.fades import FadeCurve as Shape
from kacenv.core.units import Decibels, Seconds
from kacenv.model import commands
from kacenv.rehearsal.plot.arc import LevelPoint
from kacenv.rehearsal.plot.fade_sequence import FadeSequence

SILENT: Final = Decibels(-60.0)
"""Level below which nothing is audible."""


class PlannedLoudness:
    """Level of the music on `output`: the plan, manual changes, the first and the last fade.

    Crossfades between tracks are of equal power, and don't change it.
    """

    def __init__(self, output: str) -> None:
        self._output = output
        self._level, self._volume, self._duck = _even(0.0), _even(0.0), _even(0.0)
        self._unmuted, self._unhushed = _even(1.0), _even(1.0)
        self._sounding = FadeSequence(0.0, Shape.POWER_IN)
        self._playing = False

    def take(self, command: object) -> None:
        """Follow a command, if it changes the music's level."""
        match command:
            case commands.SetLevel(level=level, at=at, duration=duration):
                self._level.turn(level, at, duration)
            case commands.SetVolume(output=self._output, level=level, at=at, duration=duration):
                self._volume.turn(level, at, duration)
            case commands.SetDuck(depth=depth, at=at, duration=duration):
                self._duck.turn(depth, at, duration)
            case commands.SetMute(output=self._output, muted=muted, at=at, duration=duration):
                self._unmuted.turn(0.0 if muted else 1.0, at, duration)
            case commands.SetHush(hushed=hushed, at=at, duration=duration):
                self._unhushed.turn(0.0 if hushed else 1.0, at, duration)
            case commands.Crossfade(play_id=play_id, at=at, duration=duration):
                self._sound(play_id is not None, at, duration)

    def _sound(self, playing: bool, at: Seconds, duration: Seconds) -> None:
        if playing is not self._playing:
            self._playing = playing
            if playing:
                self._sounding.turn(1.0, at, duration, Shape.POWER_IN)
            else:
                self._sounding.turn(0.0, at, duration, Shape.LINEAR)

    def points(self, length: Seconds) -> tuple[LevelPoint, ...]:
        """Return the level at each bend, from 0 to `length`."""
        adds = self._level, self._volume, self._duck
        scales = self._sounding, self._unmuted, self._unhushed
        bends = (knot for curve in (*adds, *scales) for knot in curve.knots())
        times = sorted({Seconds(0.0), length, *(knot for knot in bends if 0 < knot < length)})
        return tuple(LevelPoint(at, self._at(at)) for at in times)

    def _at(self, moment: Seconds) -> Decibels:
        sounding = math.prod(
            curve.value_at(moment) for curve in (self._sounding, self._unmuted, self._unhushed)
        )
        if sounding <= 0.0:
            return SILENT
        level = sum(curve.value_at(moment) for curve in (self._level, self._volume, self._duck))
        return Decibels(max(SILENT, level + 20 * math.log10(sounding)))


def _even(start: float) -> FadeSequence:
    """Return a curve with linear fades, as the sound's levels have."""
    return FadeSequence(start, Shape.LINEAR)
