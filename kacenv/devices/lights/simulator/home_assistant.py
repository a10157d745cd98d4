"""Device side of Home Assistant's JSON schema, as ESPHome behaves."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, home_assistant
from kacenv.devices.lights.dialects.codec_protocol import number, read, write
from kacenv.devices.lights.simulator.device_codec import (
    CommandRate,
    ParsedCommand,
    no_answers,
    topic_availability,
)
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

RETAINS = True
CANCELS = False
RATE: CommandRate | None = None
_OWN_TRANSITION = 1.0
_WHOLE = ("brightness", "color_temp", "transition")

answers = no_answers
availability = topic_availability


def command_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the topic of the lamp's commands."""
    return (fixture.topic,)


def decode_command(fixture: Fixture, _topic: str, payload: bytes) -> ParsedCommand | None:
    """Decode level, white, colour and transition; drop integer fields with a fractional value."""
    fields = read(payload)
    if not fields:
        return None
    kept = {k: v for k, v in fields.items() if k not in _WHOLE or isinstance(v, int)}
    transition = number(kept, "transition", 1e6)
    said = home_assistant.reported(fixture, kept)
    span = Seconds(_OWN_TRANSITION if transition is None else transition)
    return ParsedCommand(said.level, said.kelvin, span, said.color)


def reports(fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
    """Return a report of the target."""
    if fixture.state_topic is None:
        return ()
    fields = home_assistant.state(fixture, setting)
    if "color" in fields:
        fields["color_mode"] = "rgb"
    elif "color_temp" in fields:
        fields["color_mode"] = home_assistant.WHITE_MODE
    return (Message(fixture.state_topic, write(fields)),)
