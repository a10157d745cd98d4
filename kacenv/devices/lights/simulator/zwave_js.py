"""Device side of Z-Wave JS UI: the gateway and a node behind it."""

import re

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, zwave_js
from kacenv.devices.lights.dialects.codec_protocol import dimmable, read, write
from kacenv.devices.lights.simulator.device_codec import CommandRate, ParsedCommand, no_answers
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

RETAINS = True
CANCELS = False
RATE: CommandRate | None = None
_DURATION = re.compile(r"(?:(\d{1,3})m)?(?:(\d{1,3})s)?")

answers = no_answers


def command_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the topics of the node's target values."""
    level = zwave_js.level_topic(fixture, "targetValue/set")
    color = (zwave_js.color_topic(fixture, "targetColor/set"),)
    return (level, *(color if zwave_js.has_hue(fixture) else ()))


def decode_command(fixture: Fixture, topic: str, payload: bytes) -> ParsedCommand | None:
    """Decode a level, or the channels of a white or colour, and the transition."""
    value, span = zwave_js.unwrapped(payload), _duration(read(payload) or {})
    if topic.endswith("/targetColor/set"):
        said = zwave_js.hue(fixture, value) if isinstance(value, dict) else None
        return None if said is None else ParsedCommand(None, said.kelvin, span, said.color)
    level = zwave_js.level(fixture, value)
    return None if level is None else ParsedCommand(level, transition=span)


def _duration(fields: dict[str, object]) -> Seconds:
    options = fields.get("options")
    text = options.get("transitionDuration") if isinstance(options, dict) else None
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0)
    return Seconds(minutes * 60.0 + seconds)


def reports(fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
    """Return the values with a timestamp, as the gateway formats them by default."""
    units = zwave_js.scale(fixture).units(setting.level)
    level = units if dimmable(fixture) else units > 0
    values: dict[str, object] = {zwave_js.level_topic(fixture, "currentValue"): level}
    channels = zwave_js.mixture(fixture, setting)
    if channels:
        values[zwave_js.color_topic(fixture, "currentColor")] = channels
    return tuple(
        Message(topic, write({"time": 0, "value": value})) for topic, value in values.items()
    )


def availability(fixture: Fixture, available: bool) -> Message | None:
    """Return the node's status message."""
    fields: dict[str, object] = {
        "time": 0,
        "value": available,
        "status": "Alive" if available else "Dead",
    }
    return Message(f"{fixture.topic}/status", write(fields))
