"""The JSON schema of Home Assistant's MQTT lights, which ESPHome speaks too.

Brightness counts to 255, white in mired, transitions in seconds. ESPHome takes whole numbers
only: a broken brightness or transition fails its check and is lost.
"""

import math

from kacenv.lights.dialects.speech import (
    OFF,
    ON,
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
FULL = 255
WHITE_MODE = "color_temp"


def scale(fixture: Fixture) -> Scale:
    """Brightness from 0 to 255."""
    return Scale(FULL if dimmable(fixture) else 1, RESPONSES[Dialect.HOME_ASSISTANT])


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """One command; `transition` is rounded up to whole seconds, and always said.

    An unsaid transition would be the lamp's own choice, 1 s in ESPHome.
    """
    whole = math.ceil(round(transition, 2))
    fields = state(fixture, setting) | {"transition": whole}
    return (Message(fixture.topic, write(fields)),)


def state(fixture: Fixture, setting: Setting) -> dict[str, object]:
    """The fields that commands and reports have in common."""
    if setting.level <= 0:
        return {"state": OFF}
    fields: dict[str, object] = {"state": ON}
    if dimmable(fixture):
        fields["brightness"] = scale(fixture).units(setting.level)
    if setting.kelvin is not None and Ability.KELVIN in fixture.can:
        fields["color_temp"] = to_mired(fixture, setting.kelvin)
    return fields


def encode_white(_fixture: Fixture, _kelvin: Kelvin, _transition: Seconds) -> tuple[Message, ...]:
    """Nothing: level and white fade together in one command."""
    return ()


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """A report on the lamp's state topic."""
    if topic != fixture.state_topic:
        return None
    fields = read(payload)
    report = reported(fixture, fields) if fields else Reported()
    return report if report != Reported() else None


def reported(fixture: Fixture, fields: dict[str, object]) -> Reported:
    """Level and white among `fields`; other colour modes have no white."""
    white = fields.get("color_mode", WHITE_MODE) == WHITE_MODE
    kelvin = from_mired(number(fields, "color_temp", 1000)) if white else None
    return Reported(_level(fixture, fields), kelvin)


def _level(fixture: Fixture, fields: dict[str, object]) -> Level | None:
    if fields.get("state") == OFF:
        return Level(0.0)
    if fields.get("state") == ON and not dimmable(fixture):
        return Level(1.0)
    # A lamp that is on doesn't count 0: Home Assistant ignores it as well.
    brightness = number(fields, "brightness", FULL)
    return scale(fixture).level(brightness) if brightness and dimmable(fixture) else None


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """The state topic, where the lamp has one."""
    return (fixture.state_topic,) if fixture.state_topic else ()
