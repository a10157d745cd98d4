"""Codec of Tasmota's lights.

Commands go in one `Backlog0`, so that they start together. Units: brightness 0 to 100, white in
mired, fades in half-seconds up to 40. `SetOption117 1` makes `Speed` the duration of every fade,
not of one from dark to full. `Fade` stays on: switching it in mid-fade would jump to the end.
"""

import math

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.codec_protocol import (
    OFF,
    ON,
    Message,
    Reported,
    always_reports_level,
    bare_availability,
    dimmable,
    from_mired,
    no_color_messages,
    number,
    read,
    said,
    shown_color,
    shown_white,
    to_mired,
    within,
)
from kacenv.devices.lights.dialects.color_convert import from_hue
from kacenv.devices.lights.fades.lightness import DIMMING_CURVES, DimmingScale
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Dialect, Fixture

FADES = True
LONGEST = Seconds(20.0)
"""Longest transition (s), Speed 40."""
FULL = 100
_AVAILABLE = {b"Online": True, b"Offline": False}
_PREFIX = "%prefix%"

encode_color = no_color_messages
reports_level = always_reports_level


def scale(fixture: Fixture) -> DimmingScale:
    """Return the brightness scale, 0 to 100."""
    return DimmingScale(FULL if dimmable(fixture) else 1, DIMMING_CURVES[Dialect.TASMOTA])


def topic(fixture: Fixture, prefix: str, suffix: str) -> str:
    """Return one of the lamp's topics; the fixture's own may place the prefix with `%prefix%`."""
    named = fixture.topic if _PREFIX in fixture.topic else f"{_PREFIX}/{fixture.topic}"
    return f"{named.replace(_PREFIX, prefix)}/{suffix}"


def command_topic(fixture: Fixture) -> str:
    """Return the topic that takes several commands at once."""
    return topic(fixture, "cmnd", "Backlog0")


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """Return one backlog; a fade takes at least half a second, so that nothing jumps."""
    speed = min(max(math.ceil(round(transition * 2, 2)), 1), 40)
    commands = ["SetOption117 1", "Fade 1", f"Speed {speed}", *_light(fixture, setting)]
    return (Message(command_topic(fixture), ";".join(commands).encode()),)


def _light(fixture: Fixture, setting: Setting) -> list[str]:
    if setting.level <= 0:
        return [f"Power {OFF}"]
    commands = []
    color, white = shown_color(fixture, setting), shown_white(fixture, setting)
    if color is not None:
        commands.append(f"Color2 {str(color)[1:].upper()}")
    elif white is not None:
        commands.append(f"CT {to_mired(fixture, white)}")
    level = f"Dimmer {scale(fixture).units(setting.level)}" if dimmable(fixture) else f"Power {ON}"
    return [*commands, level]


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """Decode a command's result, the periodic state, or the last will."""
    if topic == _will_topic(fixture):
        return bare_availability(payload, _AVAILABLE)
    fields = read(payload) if topic in _state_topics(fixture) else None
    return said(reported(fixture, fields)) if fields else None


def reported(fixture: Fixture, fields: dict[str, object]) -> Reported:
    """Return the level, and white or colour, among `fields`."""
    colored = Ability.COLOR in fixture.can and not fields.get("White")
    color = _color(fields.get("HSBColor")) if colored else None
    kelvin = from_mired(number(fields, "CT", 500)) if color is None else None
    return Reported(_level(fixture, fields), kelvin, color=color)


def _level(fixture: Fixture, fields: dict[str, object]) -> Level | None:
    power = fields.get("POWER", fields.get("POWER1"))
    if power == OFF:
        return Level(0.0)
    if not dimmable(fixture):
        return Level(1.0) if power == ON else None
    dimmer = number(fields, "Dimmer", FULL)
    return None if dimmer is None else scale(fixture).level(dimmer)


def _color(text: object) -> Color | None:
    """Parse `hue,saturation,brightness`; return None without saturation, as that is a white."""
    parts = text.split(",") if isinstance(text, str) and len(text) <= 11 else ()
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    hue, saturation = within(int(parts[0]), 360), within(int(parts[1]), 100)
    if hue is None or not saturation:
        return None
    return from_hue(hue, saturation)


def _will_topic(fixture: Fixture) -> str:
    return topic(fixture, "tele", "LWT")


def _state_topics(fixture: Fixture) -> tuple[str, str]:
    return topic(fixture, "stat", "RESULT"), topic(fixture, "tele", "STATE")


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """Return the topics of results, periodic state, and last will."""
    return (*_state_topics(fixture), _will_topic(fixture))


def state_query(fixture: Fixture) -> tuple[Message, ...]:
    """Return the command that makes the lamp report its state."""
    return (Message(topic(fixture, "cmnd", "STATE"), b""),)
