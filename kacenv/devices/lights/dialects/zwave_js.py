"""Codec of Z-Wave JS UI: a node's dimmer (command class 38), switch (37) and colour (51).

The fixture's topic is the node's: prefix, location and name, with the gateway's topics by "value
id". Units: levels 0 to 99, colours 0 to 255; a white is a mixture of warm and cold. Seconds are
exact up to 127; Z-Wave counts longer times in minutes.
"""

import math

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.codec_protocol import (
    Message,
    Reported,
    always_reports_level,
    dimmable,
    held,
    no_color_messages,
    no_state_query,
    number,
    read_value,
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
LONGEST = Seconds(127.0)
FULL = 99
_FULL_COLOR = 255
_MIRED = 1_000_000.0

encode_color = no_color_messages
reports_level = always_reports_level
state_query = no_state_query


def scale(fixture: Fixture) -> DimmingScale:
    """Return the brightness scale, 0 to 99."""
    return DimmingScale(FULL if dimmable(fixture) else 1, DIMMING_CURVES[Dialect.ZWAVE_JS])


def level_topic(fixture: Fixture, value: str) -> str:
    """Return the topic of a value of the dimmer or switch."""
    return f"{fixture.topic}/{38 if dimmable(fixture) else 37}/0/{value}"


def color_topic(fixture: Fixture, value: str) -> str:
    """Return the topic of a value of the colour class."""
    return f"{fixture.topic}/51/0/{value}"


def has_hue(fixture: Fixture) -> bool:
    """Tell if the lamp has whites or colours."""
    return not {Ability.KELVIN, Ability.COLOR}.isdisjoint(fixture.can)


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """Return the messages for white or colour, if any, and level; both fade at the same time."""
    level = scale(fixture).units(setting.level)
    value = level if dimmable(fixture) else level > 0
    fade = {} if not dimmable(fixture) else _fade(transition)
    topic = level_topic(fixture, "targetValue/set")
    message = Message(topic, write({"value": value, **fade}))
    hue = mixture(fixture, setting)
    if not hue:
        return (message,)
    colors = write({"value": hue, **_fade(transition)})
    return Message(color_topic(fixture, "targetColor/set"), colors), message


def _fade(transition: Seconds) -> dict[str, object]:
    whole = math.ceil(round(min(max(transition, 0.0), LONGEST), 2))
    return {"options": {"transitionDuration": f"{whole}s"}}


def mixture(fixture: Fixture, setting: Setting) -> dict[str, object]:
    """Return the channels of a colour or white, as commands and reports write them."""
    color, white = shown_color(fixture, setting), shown_white(fixture, setting)
    if color is not None:
        whites = {"warmWhite": 0, "coldWhite": 0} if Ability.KELVIN in fixture.can else {}
        return {**color._asdict(), **whites}
    if white is None:
        return {}
    cold = round(_coldness(fixture, held(fixture, white)) * _FULL_COLOR)
    colors = dict.fromkeys(Color._fields, 0) if Ability.COLOR in fixture.can else {}
    return {**colors, "warmWhite": _FULL_COLOR - cold, "coldWhite": cold}


def _coldness(fixture: Fixture, kelvin: Kelvin) -> float:
    """Return the position of a white between warmest (0) and coolest (1), in mired."""
    warm, cold = _MIRED / fixture.warmest, _MIRED / fixture.coolest
    return (warm - _MIRED / kelvin) / (warm - cold) if warm > cold else 0.0


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """Decode the node's level, colour channels, or availability."""
    if topic not in subscriptions(fixture):
        return None
    value = unwrapped(payload)
    if topic == level_topic(fixture, "currentValue"):
        return said(Reported(level(fixture, value)))
    if topic == color_topic(fixture, "currentColor"):
        return said(hue(fixture, value)) if isinstance(value, dict) else None
    return Reported(available=value) if isinstance(value, bool) else None


def unwrapped(payload: bytes) -> object:
    """Return the value of a payload in any of the gateway's three formats."""
    value = read_value(payload)
    return value["value"] if isinstance(value, dict) and "value" in value else value


def level(fixture: Fixture, value: object) -> Level | None:
    """Return the level of a current value: a number, or a boolean for switches."""
    if not dimmable(fixture):
        return Level(float(value)) if isinstance(value, bool) else None
    units = within(value, FULL)
    return None if units is None else scale(fixture).level(units)


def hue(fixture: Fixture, channels: dict[str, object]) -> Reported:
    """Return the white or colour of the channels."""
    warm, cold = (number(channels, name, _FULL_COLOR) for name in ("warmWhite", "coldWhite"))
    if warm or cold:
        return Reported(kelvin=_white(fixture, warm or 0.0, cold or 0.0))
    parts = [channels.get(name) for name in Color._fields]
    return Reported(color=from_parts(parts) if Ability.COLOR in fixture.can else None)


def _white(fixture: Fixture, warm: float, cold: float) -> Kelvin | None:
    if Ability.KELVIN not in fixture.can:
        return None
    warmest, coolest = _MIRED / fixture.warmest, _MIRED / fixture.coolest
    return Kelvin(_MIRED / (warmest + (coolest - warmest) * cold / (warm + cold)))


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """Return the topics of level, colour where the lamp has it, and availability."""
    colors = (color_topic(fixture, "currentColor"),) if has_hue(fixture) else ()
    return level_topic(fixture, "currentValue"), *colors, f"{fixture.topic}/status"
