"""Device side of Z-Wave JS UI: the gateway and a node behind it.

After zwave-js/zwave-js-ui cd01655: Gateway.ts, _onWriteRequest, and ZwaveClient.ts, writeValue; the
gateway publishes its wish once the node has acknowledged it.
"""

import re

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.device_codec import (
    NOTHING,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import block, read, write
from kacenv.devices.lights.dialects.zwave_js.codec import ZwaveJsCodec, unwrapped
from kacenv.model.look import Setting

_DURATION = re.compile(r"(?:(\d{1,3})m)?(?:(\d{1,3})s)?")


class ZwaveJsDevice(DeviceCodec[ZwaveJsCodec]):
    """Node behind Z-Wave JS UI."""

    RETAINS = True

    @property
    def command_topics(self) -> tuple[str, ...]:
        """Return the topics of the node's target values."""
        color = (self.codec.color_topic("targetColor/set"),) if self.codec.has_hue else ()
        return (self.codec.level_topic("targetValue/set"), *color)

    def decode_command(self, topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode a level, or the channels of a white or colour, and the transition."""
        value, span = unwrapped(payload), _duration(read(payload))
        if topic.endswith("/targetColor/set"):
            hue = self.codec.hue(value) if isinstance(value, dict) else None
            return None if hue is None else ParsedCommand(None, hue.kelvin, span, hue.color)
        level = self.codec.level(value)
        return None if level is None else ParsedCommand(level, transition=span)

    def reports(self, setting: Setting, _extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return the values with a timestamp, as the gateway formats them by default."""
        level_topic, color_topic = "currentValue", "currentColor"
        values: dict[str, object] = {
            self.codec.level_topic(level_topic): self.codec.value(setting.level)
        }
        channels = self.codec.mixture(setting)
        if channels:
            values[self.codec.color_topic(color_topic)] = channels
        return tuple(
            Message(topic, write({"time": 0, "value": value})) for topic, value in values.items()
        )

    def availability(self, available: bool) -> Message | None:
        """Return the node's status message."""
        status = "Alive" if available else "Dead"
        payload = write({"time": 0, "value": available, "status": status})
        return Message(self.codec.availability_topic, payload)


def _duration(fields: dict[str, object]) -> Seconds:
    text = block(fields.get("options")).get("transitionDuration")
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0)
    return Seconds(minutes * 60.0 + seconds)
