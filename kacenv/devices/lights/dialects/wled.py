"""Codec of WLED: its JSON API on the device's `/api` topic.

Units: brightness 0 to 255, time in tenths of seconds; `tt` is the transition of one command.
Commands set all selected segments to a solid colour: no effect may flicker in this room.
"""

import re

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.codec_protocol import (
    LONGEST_PAYLOAD,
    OFFLINE,
    ONLINE,
    Message,
    Reported,
    always_reports_level,
    bare_availability,
    dimmable,
    held,
    no_color_messages,
    no_state_query,
    number,
    read,
    said,
    shown_color,
    shown_white,
    within,
    write,
)
from kacenv.devices.lights.dialects.color_convert import from_parts
from kacenv.devices.lights.fades.lightness import DIMMING_CURVES, DimmingScale
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Dialect, Fixture

FADES = True
LONGEST = Seconds(25.5)
"""Longest transition (s) that every version accepts."""
FULL = 255
WHITE_ONLY = [0, 0, 0, 255]
_STEADY = 0
_AVAILABLE = {ONLINE.encode(): True, OFFLINE.encode(): False}
_BRIGHTNESS = re.compile(rb"<ac>(\d{1,3})</ac>")
_PARTS = re.compile(rb"<cl>(\d{1,3})</cl>")
_COLOR = re.compile(rb"#([0-9A-Fa-f]{2})?([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})")

encode_color = no_color_messages
reports_level = always_reports_level
state_query = no_state_query


def scale(fixture: Fixture) -> DimmingScale:
    """Return the brightness scale, 0 to 255."""
    return DimmingScale(FULL if dimmable(fixture) else 1, DIMMING_CURVES[Dialect.WLED])


def command_topic(fixture: Fixture) -> str:
    """Return the JSON topic; the bare topic would look for `on` and `t` in any text."""
    return f"{fixture.topic}/api"


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """Return one command for level, white or colour, and transition."""
    tenths = round(min(max(transition, 0.0), LONGEST) * 10)
    fields = _light(fixture, setting) | {"tt": tenths}
    segment = _segment(fixture, setting)
    if segment:
        fields["seg"] = segment
    return (Message(command_topic(fixture), write(fields)),)


def _light(fixture: Fixture, setting: Setting) -> dict[str, object]:
    if setting.level <= 0:
        return {"on": False}
    if not dimmable(fixture):
        return {"on": True}
    return {"on": True, "bri": scale(fixture).units(setting.level)}


def _segment(fixture: Fixture, setting: Setting) -> dict[str, object]:
    color, white = shown_color(fixture, setting), shown_white(fixture, setting)
    if color is not None:
        return {"fx": _STEADY, "col": [list(color)]}
    if white is None:
        return {}
    fields: dict[str, object] = {"fx": _STEADY, "cct": round(held(fixture, white))}
    return fields | ({"col": [WHITE_ONLY]} if Ability.COLOR in fixture.can else {})


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """Decode brightness, colour, the XML or JSON state, or the availability."""
    suffix = topic.removeprefix(fixture.topic)
    if suffix == topic or len(payload) > LONGEST_PAYLOAD:
        return None
    match suffix:
        case "/g":
            return said(Reported(_level(fixture, _whole(payload))))
        case "/c":
            return said(Reported(color=_color(fixture, payload)))
        case "/v":
            return said(_state(fixture, payload))
        case "/status":
            return bare_availability(payload, _AVAILABLE)
    return None


def _whole(payload: bytes) -> float | None:
    return within(int(payload), FULL) if len(payload) <= 3 and payload.isdigit() else None


def _level(fixture: Fixture, brightness: float | None) -> Level | None:
    if brightness is None:
        return None
    return scale(fixture).level(brightness if dimmable(fixture) else float(brightness > 0))


def _color(fixture: Fixture, payload: bytes) -> Color | None:
    """Parse red, green and blue as hex digits, after an optional white channel."""
    match = _COLOR.fullmatch(payload)
    if match is None or Ability.COLOR not in fixture.can:
        return None
    return from_parts([int(part, 16) for part in match.groups()[1:]])


def _state(fixture: Fixture, payload: bytes) -> Reported:
    fields = read(payload)
    return _from_xml(fixture, payload) if fields is None else reported(fixture, fields)


def _from_xml(fixture: Fixture, payload: bytes) -> Reported:
    """Parse the API's XML by searching for two tags: XML parsers are open to hostile input."""
    level = _BRIGHTNESS.search(payload)
    parts = [int(part) for part in _PARTS.findall(payload)[:3]]
    color = from_parts(parts) if Ability.COLOR in fixture.can else None
    return Reported(_level(fixture, _whole(level[1]) if level else None), color=color)


def reported(fixture: Fixture, fields: dict[str, object]) -> Reported:
    """Return level, white and colour of a JSON state, bare or under `state`."""
    inner = fields.get("state")
    fields = inner if isinstance(inner, dict) else fields
    level = Level(0.0) if fields.get("on") is False else _level(fixture, _brightness(fields))
    segments = fields.get("seg")
    first = segments[0] if isinstance(segments, list) and segments else segments
    white, color = _of_segment(fixture, first) if isinstance(first, dict) else (None, None)
    return Reported(level, white, color=color)


def _brightness(fields: dict[str, object]) -> float | None:
    if fields.get("on") is True and "bri" not in fields:
        return None
    return number(fields, "bri", FULL)


def _of_segment(fixture: Fixture, segment: dict[str, object]) -> tuple[Kelvin | None, Color | None]:
    colors = segment.get("col")
    parts = colors[0] if isinstance(colors, list) and colors else None
    color = from_parts(parts[:3]) if isinstance(parts, list) else None
    kelvin = number(segment, "cct", 10091)
    # Up to 255, `cct` is a share of the strip's range, which kacenv doesn't know.
    white = Kelvin(kelvin) if kelvin is not None and kelvin >= 1900 else None
    return white, color if Ability.COLOR in fixture.can else None


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """Return the topics of brightness, colour, state, and availability."""
    return tuple(f"{fixture.topic}/{suffix}" for suffix in ("g", "c", "v", "status"))
