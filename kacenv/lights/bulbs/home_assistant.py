"""The lamp's side of Home Assistant's JSON schema, as ESPHome behaves."""

from kacenv.lights.bulbs.hearing import Heard
from kacenv.lights.dialects import Message, home_assistant
from kacenv.lights.dialects.speech import number, read, write
from kacenv.look import Setting
from kacenv.room import Fixture
from kacenv.units import Seconds

RETAINS = True
CANCELS = False
_OWN_TRANSITION = 1.0
_WHOLE = ("brightness", "color_temp", "transition")


def command_topic(fixture: Fixture) -> str:
    """Where the lamp listens."""
    return fixture.topic


def hear(fixture: Fixture, payload: bytes) -> Heard | None:
    """Level, white and transition; a broken number in a whole field loses the field."""
    fields = read(payload)
    if not fields:
        return None
    kept = {k: v for k, v in fields.items() if k not in _WHOLE or isinstance(v, int)}
    transition = number(kept, "transition", 1e6)
    said = home_assistant.reported(fixture, kept)
    return Heard(
        said.level, said.kelvin, Seconds(_OWN_TRANSITION if transition is None else transition)
    )


def report(fixture: Fixture, setting: Setting) -> Message | None:
    """The target, as soon as it is known."""
    if fixture.state_topic is None:
        return None
    fields = home_assistant.state(fixture, setting)
    if "color_temp" in fields:
        fields["color_mode"] = home_assistant.WHITE_MODE
    return Message(fixture.state_topic, write(fields))


def availability(_fixture: Fixture, _available: bool) -> Message | None:
    """Nothing: the room file names no such topic for this dialect."""
    return None
