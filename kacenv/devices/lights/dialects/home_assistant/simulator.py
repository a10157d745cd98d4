"""Device side of Home Assistant's JSON schema, as ESPHome behaves."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.device_codec import DeviceCodec, ParsedCommand
from kacenv.devices.lights.dialects.home_assistant.codec import WHITE_MODE, HomeAssistantCodec
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import number, read, write
from kacenv.model.look import Setting

_OWN_TRANSITION = 1.0
_WHOLE = ("brightness", "color_temp", "transition")


class HomeAssistantDevice(DeviceCodec[HomeAssistantCodec]):
    """ESPHome light."""

    RETAINS = True

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode level, white, colour, transition; drop integer fields with a fractional value."""
        fields = read(payload)
        if not fields:
            return None
        kept = {k: v for k, v in fields.items() if k not in _WHOLE or isinstance(v, int)}
        transition = number(kept, "transition", 1e6)
        wanted = self.codec.reported(kept)
        span = Seconds(_OWN_TRANSITION if transition is None else transition)
        return ParsedCommand(wanted.level, wanted.kelvin, span, wanted.color)

    def reports(self, setting: Setting) -> tuple[Message, ...]:
        """Return a report of the target."""
        if self.fixture.state_topic is None:
            return ()
        fields = self.codec.state(setting)
        if "color" in fields:
            fields["color_mode"] = "rgb"
        elif "color_temp" in fields:
            fields["color_mode"] = WHITE_MODE
        # ESPHome 0099fcc, light_json_schema.cpp, dump_json: the object is always there.
        fields.setdefault("color", {})
        return (Message(self.fixture.state_topic, write(fields)),)
