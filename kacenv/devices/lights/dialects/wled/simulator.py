"""Device side of WLED, after wled/WLED 011afd0, wled00/mqtt.cpp and json.cpp."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.device_codec import (
    NOTHING,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import block, number, read
from kacenv.devices.lights.dialects.wled.codec import WledCodec
from kacenv.model.look import Color, Setting

_RAINBOW = 9
_WHITE, _DARK = Color(255, 255, 255), Color(0, 0, 0)


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
        timed = block(fields.get("nl")).get("on") is not False
        steady = "" if block(fields.get("seg")).get("fx") == 0 and not timed else None
        span = Seconds((tenths or 0.0) / 10)
        return ParsedCommand(level, wanted.kelvin, span, wanted.color, effect=steady)

    def reports(self, setting: Setting, extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return brightness, colour, and both as the first API's XML; never the white."""
        brightness, color = self.codec.units(setting.level), setting.color or _WHITE
        white = setting.kelvin is not None and self.codec.has_color
        digits = "#FF000000" if white else str(color).upper()
        color = _DARK if white else color
        parts = "".join(f"<cl>{part}</cl>" for part in color)
        parts += f"<fx>{_RAINBOW if extras.effect else 0}</fx>"
        state = f'<?xml version="1.0" ?><vs><ac>{brightness}</ac>{parts}</vs>'
        return (
            Message(f"{self.fixture.topic}/g", str(brightness).encode()),
            Message(f"{self.fixture.topic}/c", digits.encode()),
            Message(f"{self.fixture.topic}/v", state.encode()),
        )
