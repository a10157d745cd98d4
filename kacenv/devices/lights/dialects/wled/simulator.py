"""Device side of WLED."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.device_codec import DeviceCodec, ParsedCommand
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import number, read
from kacenv.devices.lights.dialects.wled.codec import WledCodec
from kacenv.model.look import Color, Setting

_WHITE = Color(255, 255, 255)


class WledDevice(DeviceCodec[WledCodec]):
    """Strip of WLED."""

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode level, white, colour and transition."""
        fields = read(payload)
        if not fields:
            return None
        tenths = number(fields, "tt", 65535)
        wanted = self.codec.reported(fields)
        switched_on = fields.get("on") is True and not self.codec.can_dim
        level = Level(1.0) if wanted.level is None and switched_on else wanted.level
        return ParsedCommand(level, wanted.kelvin, Seconds((tenths or 0.0) / 10), wanted.color)

    def reports(self, setting: Setting) -> tuple[Message, ...]:
        """Return brightness, colour, and both as the first API's XML; never the white."""
        brightness, color = self.codec.units(setting.level), setting.color or _WHITE
        parts = "".join(f"<cl>{part}</cl>" for part in color)
        state = f'<?xml version="1.0" ?><vs><ac>{brightness}</ac>{parts}<fx>0</fx></vs>'
        return (
            Message(f"{self.fixture.topic}/g", str(brightness).encode()),
            Message(f"{self.fixture.topic}/c", str(color).upper().encode()),
            Message(f"{self.fixture.topic}/v", state.encode()),
        )
