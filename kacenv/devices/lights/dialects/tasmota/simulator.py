"""Device side of Tasmota."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.color_convert import from_parts, to_hue
from kacenv.devices.lights.dialects.device_codec import DeviceCodec, ParsedCommand
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import (
    LONGEST_PAYLOAD,
    OFF,
    ON,
    from_mired,
    within,
    write,
)
from kacenv.devices.lights.dialects.tasmota.codec import TasmotaCodec
from kacenv.model.look import Color, Setting

_MOST_COMMANDS = 30


class TasmotaDevice(DeviceCodec[TasmotaCodec]):
    """Light of Tasmota."""

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode a backlog; skip unknown commands and values out of range."""
        if len(payload) > LONGEST_PAYLOAD:
            return None
        parsed, fades, half_seconds = ParsedCommand(), False, 0.0
        for command in payload.decode(errors="replace").split(";")[:_MOST_COMMANDS]:
            name, _, value = command.strip().partition(" ")
            match name.lower():
                case "fade":
                    fades = value == "1"
                case "speed":
                    half_seconds = _whole(value, 40) or half_seconds
                case key:
                    parsed = self._with(parsed, key, value)
        if parsed == ParsedCommand():
            return None
        return parsed._replace(transition=Seconds(half_seconds / 2 if fades else 0.0))

    def _with(self, parsed: ParsedCommand, name: str, value: str) -> ParsedCommand:
        """Add a command's field; return `parsed` as it is if the lamp can't follow."""
        codec, number = self.codec, _whole(value, 500)
        if name == "power" and value == ON and parsed.level:
            return parsed
        if name == "power" and value in {ON, OFF}:
            return parsed._replace(level=Level(float(value == ON)))
        if name == "dimmer" and number is not None and number <= codec.FULL and codec.can_dim:
            return parsed._replace(level=codec.scale.level(number))
        if name == "ct" and number is not None and number >= 153 and codec.has_white:
            return parsed._replace(kelvin=from_mired(number))
        if name == "color2" and codec.has_color:
            return parsed._replace(color=_color(value) or parsed.color)
        return parsed

    def reports(self, setting: Setting) -> tuple[Message, ...]:
        """Return the result of a command: the target, before the fade."""
        fields: dict[str, object] = {"POWER": ON if setting.level > 0 else OFF}
        dimmer = self.codec.units(setting.level) if self.codec.can_dim else self.codec.FULL
        if self.codec.can_dim:
            fields["Dimmer"] = dimmer
        if setting.color is not None:
            hue, saturation = to_hue(setting.color)
            fields["HSBColor"] = f"{round(hue)},{round(saturation)},{dimmer}"
            fields |= {"White": 0} if self.codec.has_white else {}
        elif setting.kelvin is not None:
            fields |= {"White": dimmer, "CT": self.codec.mired(setting.kelvin)}
        return (Message(self.codec.topic("stat", "RESULT"), write(fields)),)


def _color(text: str) -> Color | None:
    try:
        return from_parts(list(bytes.fromhex(text))) if len(text) == 6 else None
    except ValueError:
        return None


def _whole(text: str, most: float) -> float | None:
    return within(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else None
