"""Device side of Zigbee2MQTT: the bridge and a bulb behind it.

After Koenkk/zigbee-herdsman-converters df72005: toZigbee.ts, light_onoff_brightness (the bridge
publishes its wish); philips.ts, effect (a colour ends it).
"""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.color_convert import to_xy
from kacenv.devices.lights.dialects.device_codec import (
    NOTHING,
    CommandRate,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.home_assistant.codec import color_of
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import OFFLINE, ONLINE, block, number, read, write
from kacenv.devices.lights.dialects.zigbee2mqtt.codec import WHITE_MODE, Zigbee2MqttCodec
from kacenv.model.look import Setting


class Zigbee2MqttDevice(DeviceCodec[Zigbee2MqttCodec]):
    """Bulb behind Zigbee2MQTT."""

    CANCELS = True
    RATE = CommandRate(10, Seconds(2.0))
    """Rate limit: cheap bulbs take about five commands a second, and clog after ten."""

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode level, white, colour and transition; reject all with a brightness above 255."""
        fields = read(payload)
        if not fields or ("brightness" in fields and number(fields, "brightness", 255) is None):
            return None
        transition = number(fields, "transition", self.codec.LONGEST)
        wanted = self.codec.reported(fields)
        color = color_of(block(fields.get("color"))) if self.codec.has_color else None
        effect = "" if wanted.kelvin or color else wanted.effect
        span = Seconds(transition or 0.0)
        return ParsedCommand(wanted.level, wanted.kelvin, span, color, effect=effect)

    def reports(self, setting: Setting, extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return a report of the target, published before the bulb has received it."""
        fields = self.codec.light(setting)
        if setting.color is not None:
            x, y = to_xy(setting.color)
            fields |= {"color_mode": "xy", "color": {"x": round(x, 4), "y": round(y, 4)}}
        elif setting.kelvin is not None:
            fields |= {"color_mode": WHITE_MODE, **self.codec.white(setting.kelvin)}
        if extras.effect is not None:
            fields["effect"] = extras.effect or "none"
        return (Message(self.codec.report_topics[0], write(fields)),)

    def availability(self, available: bool) -> Message | None:
        """Return the availability in Zigbee2MQTT 2's JSON."""
        word = ONLINE if available else OFFLINE
        return Message(self.codec.availability_topic, write({"state": word}))
