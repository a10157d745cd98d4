"""Codec of Zigbee2MQTT's devices.

Units: brightness 0 to 254, white in mired, transitions in seconds. Level and white (or colour) are
two Zigbee commands, and some bulbs drop the first one's transition for the second: each has a
message of its own. Colours are sent as red, green and blue, and reported as x and y.
"""

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.codec_protocol import (
    OFF,
    ON,
    Message,
    Reported,
    always_reports_level,
    available,
    dimmable,
    from_mired,
    number,
    read,
    said,
    to_mired,
    write,
)
from kacenv.devices.lights.dialects.color_convert import from_hue, from_xy
from kacenv.devices.lights.fades.lightness import DIMMING_CURVES, DimmingScale
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Dialect, Fixture

FADES = True
FULL = 254
LONGEST = Seconds(6500.0)
"""Longest transition (s): Zigbee counts tenths of seconds in 16 bits."""
WHITE_MODE = "color_temp"

reports_level = always_reports_level


def scale(fixture: Fixture) -> DimmingScale:
    """Return the brightness scale, 0 to 254."""
    return DimmingScale(FULL if dimmable(fixture) else 1, DIMMING_CURVES[Dialect.ZIGBEE2MQTT])


def command_topic(fixture: Fixture) -> str:
    """Return the topic of the lamp's commands."""
    return f"{fixture.topic}/set"


def state_topic(fixture: Fixture) -> str:
    """Return the topic of the lamp's reports."""
    return fixture.state_topic or fixture.topic


def availability_topic(fixture: Fixture) -> str:
    """Return the topic of the lamp's availability."""
    return fixture.availability_topic or f"{fixture.topic}/availability"


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """Return the white or colour, if any, at once, then the level within `transition`."""
    before = encode_color(fixture, setting, Seconds(0.0)) if setting.level > 0 else ()
    return (*before, _command(fixture, light(fixture, setting), transition))


def light(fixture: Fixture, setting: Setting) -> dict[str, object]:
    """Return the fields of the level, as commands and reports write them."""
    if setting.level <= 0:
        return {"state": OFF}
    if not dimmable(fixture):
        return {"state": ON}
    return {"state": ON, "brightness": scale(fixture).units(setting.level)}


def white(fixture: Fixture, kelvin: Kelvin) -> dict[str, object]:
    """Return the field of the white, as commands and reports write it."""
    return {"color_temp": to_mired(fixture, kelvin)}


def encode_color(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """Return the message that fades only the colour or, without one, the white."""
    if setting.color is not None and Ability.COLOR in fixture.can:
        fields: dict[str, object] = {"color": dict(zip("rgb", setting.color, strict=True))}
    elif setting.kelvin is not None and Ability.KELVIN in fixture.can:
        fields = white(fixture, setting.kelvin)
    else:
        return ()
    return (_command(fixture, fields, transition),)


def _command(fixture: Fixture, fields: dict[str, object], transition: Seconds) -> Message:
    return Message(command_topic(fixture), write(fields | {"transition": _tenths(transition)}))


def _tenths(transition: float) -> float:
    return round(min(max(transition, 0.0), LONGEST), 1)


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """Decode a report from the lamp's state or availability topic."""
    if topic == availability_topic(fixture):
        return available(payload)
    fields = read(payload) if topic == state_topic(fixture) else None
    return said(reported(fixture, fields)) if fields else None


def reported(fixture: Fixture, fields: dict[str, object]) -> Reported:
    """Return the level, and white or colour, among `fields`."""
    is_white = fields.get("color_mode", WHITE_MODE) == WHITE_MODE
    kelvin = from_mired(number(fields, "color_temp", 1000)) if is_white else None
    color = fields.get("color")
    colored = Ability.COLOR in fixture.can and not ("color_mode" in fields and is_white)
    shown = color_of(color) if colored and isinstance(color, dict) else None
    return Reported(_level(fixture, fields), kelvin if shown is None else None, color=shown)


def color_of(fields: dict[str, object]) -> Color | None:
    """Return the colour of `x` and `y`, else of `hue` and `saturation`."""
    x, y = number(fields, "x", 1), number(fields, "y", 1)
    if x is not None and y is not None:
        return from_xy(x, y)
    hue, saturation = number(fields, "hue", 360), number(fields, "saturation", 100)
    return None if hue is None or saturation is None else from_hue(hue, saturation)


def _level(fixture: Fixture, fields: dict[str, object]) -> Level | None:
    if fields.get("state") == OFF:
        return Level(0.0)
    if not dimmable(fixture):
        return Level(1.0) if fields.get("state") == ON else None
    # Some controllers report 255 for a full 254.
    brightness = number(fields, "brightness", 255)
    return scale(fixture).level(brightness) if brightness else None


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """Return the lamp's state and availability topics."""
    return (state_topic(fixture), availability_topic(fixture))


def state_query(fixture: Fixture) -> tuple[Message, ...]:
    """Return the request that makes Zigbee2MQTT read the lamp's state."""
    return (Message(f"{fixture.topic}/get", b'{"state":"","brightness":""}'),)
