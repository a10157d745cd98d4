"""Light of each zone as a band of perceived brightness and colour."""

from collections.abc import Iterator
from typing import Final

from kacenv.core.fades import LIGHT_CURVE
from kacenv.core.units import Level, Seconds
from kacenv.model.look import Zone
from kacenv.rehearsal.plot.arc import Arc, LookSpan
from kacenv.rehearsal.plot.fade_sequence import FadeSequence
from kacenv.rehearsal.plot.palette import NIGHT, SOFT
from kacenv.rehearsal.plot.screen_color import Light, light_of, shown
from kacenv.rehearsal.plot.svg_canvas import SvgCanvas, width_of
from kacenv.rehearsal.plot.time_axis import GAP, TimeAxis, row_name

_BAND, _BETWEEN = 34.0, 5.0
SHORTEST: Final = Seconds(1.0)
"""Shortest time axis, for a session that was stopped at once."""
_BRIGHT: Final = 0.55
"""Level above which a band has dark letters."""
_HIGH: Final = 0.5
"""Level above which a band's text is below its curve."""


def draw_light(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, y: float) -> float:
    """Draw the bands from `y` down; return the y of their end."""
    for zone in Zone:
        looks = [look for look in arc.looks if look.zone is zone]
        if looks:
            row_name(canvas, scale, y + _BAND / 2 + 4, f"{zone} light")
            _band(canvas, scale, arc, looks, y)
            y += _BAND + _BETWEEN
    return y - _BETWEEN


def _band(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, looks: list[LookSpan], y: float) -> None:
    zone = ZoneLight(arc, looks[0].zone)
    times = zone.bends(arc.length)
    whole = max(arc.length, SHORTEST)
    stops = [(at / whole, shown(zone.light_at(at), zone.level_at(at))) for at in times]
    width = scale.span(arc.length)
    canvas.box(scale.left, y, width, _BAND, canvas.gradient(stops))
    edge = [(at / whole, shown(zone.light_at(at), 0.85)) for at in times]
    line = [(scale.x(at), y + _BAND - 1 - (_BAND - 3) * zone.level_at(at)) for at in times]
    stroke = canvas.gradient(edge)
    # A gradient needs a height, which a level stroke lacks.
    line[0] = line[0][0], line[0][1] + 0.01
    canvas.path(line, fill="none", stroke=stroke, stroke_width=1.3, stroke_opacity=0.75)
    for phase in arc.phases[1:]:
        canvas.box(scale.x(phase.begin) - GAP, y, GAP, _BAND, NIGHT, fill_opacity=0.6)
    for look, after in zip(looks, [*looks[1:], None], strict=True):
        _setting(canvas, scale, look, after.begin if after else arc.length, y)


class ZoneLight:
    """Level and colour of a zone over the session; the zone starts dark."""

    def __init__(self, arc: Arc, zone: Zone) -> None:
        looks = [look for look in arc.looks if look.zone is zone]
        own_white = arc.whites[zone]
        self._level = FadeSequence(0.0, LIGHT_CURVE)
        first = light_of(looks[0].setting, own_white)
        self._parts = [FadeSequence(part, LIGHT_CURVE) for part in first]
        for look in looks:
            duration = Seconds(look.reached - look.begin)
            self._level.turn(look.setting.level, look.begin, duration)
            if look.setting.level > 0:
                light = light_of(look.setting, own_white)
                for curve, part in zip(self._parts, light, strict=True):
                    curve.turn(part, look.begin, duration)

    def level_at(self, at: float) -> Level:
        """Return the perceived level (0 to 1) at a time."""
        return Level(self._level.value_at(at))

    def light_at(self, at: float) -> Light:
        """Return the colour at full brightness at a time."""
        red, green, blue = (curve.value_at(at) for curve in self._parts)
        return red, green, blue

    def bends(self, length: Seconds) -> list[Seconds]:
        """Return times from 0 to `length` between which level and colour are nearly linear."""
        knots = (knot for knot in self._level.knots() if 0 < knot < length)
        return sorted({Seconds(0.0), length, *knots})


def _setting(canvas: SvgCanvas, scale: TimeAxis, look: LookSpan, until: Seconds, y: float) -> None:
    """Draw the zone's setting from the end of its fade on, if there is space."""
    left, right = scale.x(look.reached) + 6, scale.x(until) - 4
    for text in _spellings(look):
        if width_of(text, 11) <= right - left:
            level = look.setting.level
            line = y + (_BAND - 7 if level > _HIGH else 15)
            canvas.text(left, line, text, fill=NIGHT if level > _BRIGHT else SOFT, size=11)
            return


def _spellings(look: LookSpan) -> Iterator[str]:
    yield str(look.setting)
    yield f"{look.setting.level:.0%}"
