"""Device side of the plain dialect: a dimmer that takes a number and jumps to it."""

import re

from kacenv.core.units import Kelvin
from kacenv.devices.lights.dialects.device_codec import (
    NOTHING,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import LONGEST_PAYLOAD, from_mired, write
from kacenv.devices.lights.dialects.plain.codec import PlainCodec
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.look import Setting

_NUMBER = r"(?P<{}>\d{{1,5}}(?:\.\d{{1,9}})?)"


class PlainDevice(DeviceCodec[PlainCodec]):
    """Dimmer."""

    RETAINS = True

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode a level, or a white, by the room file's templates."""
        level = self.codec.level(_found("level", self.codec.template, payload))
        if level is not None:
            return ParsedCommand(level)
        kelvin = _white(self.fixture.white_payload or "", payload)
        return None if kelvin is None else ParsedCommand(kelvin=kelvin)

    def reports(self, setting: Setting, _extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return a report of the level, and of the white where the room file has a key for it."""
        if self.fixture.state_topic is None:
            return ()
        level = self.codec.units(setting.level)
        if self.fixture.state_key is None:
            return (Message(self.fixture.state_topic, str(level).encode()),)
        fields = _under(self.fixture.state_key, level, {})
        if self.fixture.white_key is not None and setting.kelvin is not None:
            white = MIRED / setting.kelvin if self.codec.in_mired else setting.kelvin
            _under(self.fixture.white_key, round(white), fields)
        return (Message(self.fixture.state_topic, write(fields)),)


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


def _under(path: str, value: int, fields: dict[str, object]) -> dict[str, object]:
    """Set `value` at a path of keys separated by dots; return `fields`."""
    *blocks, last = path.split(".")
    inner = fields
    for key in blocks:
        block = inner.setdefault(key, {})
        inner = block if isinstance(block, dict) else {}
    inner[last] = value
    return fields
