"""Codec of the JSON schema of Home Assistant's MQTT lights, also used by ESPHome.

Units: brightness 0 to 255, white in mired, colours in red, green and blue, transitions in seconds.
ESPHome takes integers only: a fractional brightness or transition is dropped.
"""

import math

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.codec_protocol import (
    OFF,
    ON,
    Message,
    Reported,
    available,
    dimmable,
    from_mired,
    has_state_topic,
    no_color_messages,
    no_state_query,
    number,
    read,
    room_file_topics,
    said,
    shown_color,
    shown_white,
    to_mired,
    write,
)
from kacenv.devices.lights.dialects.color_convert import from_hue, from_parts, from_xy
from kacenv.devices.lights.fades.lightness import DIMMING_CURVES, DimmingScale
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Dialect, Fixture

FADES = True
LONGEST = Seconds(86400.0)
"""Longest transition (s): the schema names no bound; a day is more than any fade."""
FULL = 255
WHITE_MODE = "color_temp"

encode_color = no_color_messages
subscriptions = room_file_topics
reports_level = has_state_topic
state_query = no_state_query


def scale(fixture: Fixture) -> DimmingScale:
    """Return the brightness scale, 0 to 255."""
    return DimmingScale(FULL if dimmable(fixture) else 1, DIMMING_CURVES[Dialect.HOME_ASSISTANT])


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """Return one command; `transition` is rounded up to whole seconds, and always included.

    Without one, the lamp's own default would apply, 1 s in ESPHome.
    """
    whole = math.ceil(round(min(transition, LONGEST), 2))
    fields = state(fixture, setting) | {"transition": whole}
    return (Message(fixture.topic, write(fields)),)


def state(fixture: Fixture, setting: Setting) -> dict[str, object]:
    """Return the fields that commands and reports have in common."""
    if setting.level <= 0:
        return {"state": OFF}
    fields: dict[str, object] = {"state": ON}
    if dimmable(fixture):
        fields["brightness"] = scale(fixture).units(setting.level)
    color, white = shown_color(fixture, setting), shown_white(fixture, setting)
    if color is not None:
        fields["color"] = dict(zip("rgb", color, strict=True))
    elif white is not None:
        fields["color_temp"] = to_mired(fixture, white)
    return fields


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """Decode a report from the lamp's state or availability topic."""
    if topic == fixture.availability_topic:
        return available(payload)
    fields = read(payload) if topic == fixture.state_topic else None
    return said(reported(fixture, fields)) if fields else None


def reported(fixture: Fixture, fields: dict[str, object]) -> Reported:
    """Return the level, and white or colour, among `fields`."""
    white = fields.get("color_mode", WHITE_MODE) == WHITE_MODE and "color" not in fields
    kelvin = from_mired(number(fields, "color_temp", 1000)) if white else None
    return Reported(_level(fixture, fields), kelvin, color=_color(fixture, fields))


def _color(fixture: Fixture, fields: dict[str, object]) -> Color | None:
    color = fields.get("color")
    if Ability.COLOR not in fixture.can or not isinstance(color, dict):
        return None
    return None if fields.get("color_mode") == WHITE_MODE else color_of(color)


def color_of(fields: dict[str, object]) -> Color | None:
    """Return the colour of `r`, `g` and `b`, of `x` and `y`, or of `h` and `s`."""
    if "r" in fields:
        return from_parts([fields.get(part) for part in "rgb"])
    x, y = number(fields, "x", 1), number(fields, "y", 1)
    if x is not None and y is not None:
        return from_xy(x, y)
    hue, saturation = number(fields, "h", 360), number(fields, "s", 100)
    return None if hue is None or saturation is None else from_hue(hue, saturation)


def _level(fixture: Fixture, fields: dict[str, object]) -> Level | None:
    if fields.get("state") == OFF:
        return Level(0.0)
    if fields.get("state") == ON and not dimmable(fixture):
        return Level(1.0)
    # Brightness 0 in a lamp that is on is ignored, as by Home Assistant.
    brightness = number(fields, "brightness", FULL)
    return scale(fixture).level(brightness) if brightness and dimmable(fixture) else None
