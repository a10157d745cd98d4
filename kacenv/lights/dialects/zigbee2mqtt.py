"""Zigbee2MQTT's devices and groups.

Brightness counts to 254, white in mired, transitions in seconds. Level and white are two Zigbee
commands, and some bulbs drop the first one's transition for the second: each goes by itself.
"""

from kacenv.lights.dialects.speech import (
    OFF,
    OFFLINE,
    ON,
    ONLINE,
    Message,
    Reported,
    dimmable,
    from_mired,
    number,
    read,
    to_mired,
    write,
)
from kacenv.lights.eye import RESPONSES, Scale
from kacenv.look import Setting
from kacenv.room import Ability, Dialect, Fixture
from kacenv.units import Kelvin, Level, Seconds

FADES = True
FULL = 254
LONGEST_TRANSITION = 6500.0
"""Zigbee counts tenths of seconds in 16 bits."""
_AVAILABLE = {ONLINE: True, OFFLINE: False}


def scale(fixture: Fixture) -> Scale:
    """Brightness from 0 to 254."""
    return Scale(FULL if dimmable(fixture) else 1, RESPONSES[Dialect.ZIGBEE2MQTT])


def command_topic(fixture: Fixture) -> str:
    """Where the lamp takes commands."""
    return f"{fixture.topic}/set"


def state_topic(fixture: Fixture) -> str:
    """Where the lamp reports what it shows."""
    return fixture.state_topic or fixture.topic


def availability_topic(fixture: Fixture) -> str:
    """Where Zigbee2MQTT says whether the lamp answers."""
    return f"{fixture.topic}/availability"


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """The white at once, if there is one, then the level within `transition`."""
    white = setting.kelvin if setting.level > 0 else None
    before = encode_white(fixture, white, Seconds(0.0)) if white is not None else ()
    fields = light(fixture, setting) | {"transition": _tenths(transition)}
    return (*before, Message(command_topic(fixture), write(fields)))


def light(fixture: Fixture, setting: Setting) -> dict[str, object]:
    """The level, as commands and reports write it."""
    if setting.level <= 0:
        return {"state": OFF}
    if not dimmable(fixture):
        return {"state": ON}
    return {"state": ON, "brightness": scale(fixture).units(setting.level)}


def white(fixture: Fixture, kelvin: Kelvin) -> dict[str, object]:
    """The white, as commands and reports write it."""
    return {"color_temp": to_mired(fixture, kelvin)} if Ability.KELVIN in fixture.can else {}


def encode_white(fixture: Fixture, kelvin: Kelvin, transition: Seconds) -> tuple[Message, ...]:
    """The white within `transition`, the level untouched."""
    fields = white(fixture, kelvin)
    if not fields:
        return ()
    whole = fields | {"transition": _tenths(transition)}
    return (Message(command_topic(fixture), write(whole)),)


def _tenths(transition: float) -> float:
    return round(min(max(transition, 0.0), LONGEST_TRANSITION), 1)


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """A report on the lamp's own topic, or on whether it answers."""
    if topic == availability_topic(fixture):
        available = _available(payload)
        return None if available is None else Reported(available=available)
    fields = read(payload) if topic == state_topic(fixture) else None
    report = reported(fixture, fields) if fields else Reported()
    return report if report != Reported() else None


def _available(payload: bytes) -> bool | None:
    """Zigbee2MQTT 2 writes a JSON object, before it a bare word."""
    fields = read(payload)
    word = fields.get("state") if fields else payload[:16].decode("ascii", "replace")
    return _AVAILABLE.get(word) if isinstance(word, str) else None


def reported(fixture: Fixture, fields: dict[str, object]) -> Reported:
    """Level and white among `fields`; other colour modes have no white."""
    is_white = fields.get("color_mode", "color_temp") == "color_temp"
    kelvin = from_mired(number(fields, "color_temp", 1000)) if is_white else None
    return Reported(_level(fixture, fields), kelvin)


def _level(fixture: Fixture, fields: dict[str, object]) -> Level | None:
    if fields.get("state") == OFF:
        return Level(0.0)
    if not dimmable(fixture):
        return Level(1.0) if fields.get("state") == ON else None
    # Some controllers report 255 for a full 254.
    brightness = number(fields, "brightness", 255)
    return scale(fixture).level(brightness) if brightness else None


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """The lamp's own topic, and whether it answers."""
    return (state_topic(fixture), availability_topic(fixture))
