"""Device side of WLED."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, wled
from kacenv.devices.lights.dialects.codec_protocol import OFFLINE, ONLINE, dimmable, number, read
from kacenv.devices.lights.simulator.device_codec import CommandRate, ParsedCommand, no_answers
from kacenv.model.look import Color, Setting
from kacenv.model.room import Fixture

RETAINS = False
CANCELS = False
RATE: CommandRate | None = None
_WHITE = Color(255, 255, 255)

answers = no_answers


def command_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the lamp's JSON topic."""
    return (wled.command_topic(fixture),)


def decode_command(fixture: Fixture, _topic: str, payload: bytes) -> ParsedCommand | None:
    """Decode level, white, colour and transition."""
    fields = read(payload)
    if not fields:
        return None
    tenths = number(fields, "tt", 65535)
    said = wled.reported(fixture, fields)
    level = said.level
    if level is None and fields.get("on") is True and not dimmable(fixture):
        level = wled.scale(fixture).level(1)
    return ParsedCommand(level, said.kelvin, Seconds((tenths or 0.0) / 10), said.color)


def reports(fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
    """Return brightness, colour, and both as the first API's XML; the white is never reported."""
    full = 1 if dimmable(fixture) else wled.FULL
    brightness = wled.scale(fixture).units(setting.level) * full
    color = setting.color or _WHITE
    parts = "".join(f"<cl>{part}</cl>" for part in color)
    state = f'<?xml version="1.0" ?><vs><ac>{brightness}</ac>{parts}<fx>0</fx></vs>'
    return (
        Message(f"{fixture.topic}/g", str(brightness).encode()),
        Message(f"{fixture.topic}/c", str(color).upper().encode()),
        Message(f"{fixture.topic}/v", state.encode()),
    )


def availability(fixture: Fixture, available: bool) -> Message | None:
    """Return the last will, or the message after connecting."""
    word = ONLINE if available else OFFLINE
    return Message(f"{fixture.topic}/status", word.encode())
