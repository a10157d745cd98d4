"""Device side of the plain dialect: a dimmer that takes a number and jumps to it."""

import re

from kacenv.core.units import Kelvin
from kacenv.devices.lights.dialects import Message, plain
from kacenv.devices.lights.dialects.codec_protocol import LONGEST_PAYLOAD, from_mired, write
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
_NUMBER = r"(?P<{}>\d{{1,5}}(?:\.\d{{1,9}})?)"

answers = no_answers
availability = topic_availability


def command_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the topic of the dimmer's commands."""
    return (fixture.topic,)


def decode_command(fixture: Fixture, _topic: str, payload: bytes) -> ParsedCommand | None:
    """Decode a level, or a white, by the room file's templates."""
    level = plain.level(fixture, _found("level", fixture.payload or "{level}", payload))
    if level is not None:
        return ParsedCommand(level)
    kelvin = _white(fixture.white_payload, payload) if fixture.white_payload else None
    return None if kelvin is None else ParsedCommand(kelvin=kelvin)


def _white(template: str, payload: bytes) -> Kelvin | None:
    kelvin, mired = (_found(name, template, payload) for name in ("kelvin", "mired"))
    return Kelvin(float(kelvin)) if kelvin else from_mired(float(mired)) if mired else None


def _found(name: str, template: str, payload: bytes) -> bytes:
    """Return the number in `payload` at `{name}` of the template; empty if there is none."""
    before, found, after = template.partition(f"{{{name}}}")
    if not found or len(payload) > LONGEST_PAYLOAD:
        return b""
    pattern = re.escape(before) + _NUMBER.format(name) + re.escape(after)
    match = re.fullmatch(pattern.encode(), payload)
    return match[name] if match else b""


def reports(fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
    """Return a report of the level, and of the white where the room file has a key for it."""
    if fixture.state_topic is None:
        return ()
    level = plain.written(fixture, setting.level)
    if fixture.state_key is None:
        return (Message(fixture.state_topic, level.encode()),)
    fields = _under(fixture.state_key, int(level), {})
    if fixture.white_key is not None and setting.kelvin is not None:
        _under(fixture.white_key, _counted(fixture, setting.kelvin), fields)
    return (Message(fixture.state_topic, write(fields)),)


def _counted(fixture: Fixture, kelvin: Kelvin) -> int:
    in_mired = "{mired}" in (fixture.white_payload or "")
    return round(1_000_000 / kelvin if in_mired else kelvin)


def _under(path: str, value: int, fields: dict[str, object]) -> dict[str, object]:
    """Set `value` at a path of keys separated by dots; return `fields`."""
    *blocks, last = path.split(".")
    inner = fields
    for key in blocks:
        block = inner.setdefault(key, {})
        inner = block if isinstance(block, dict) else {}
    inner[last] = value
    return fields
