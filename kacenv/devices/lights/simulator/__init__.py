"""Device-side codecs for simulated lamps; a new dialect is a module and a line here."""

from collections.abc import Mapping

from kacenv.devices.lights.simulator import (
    home_assistant,
    plain,
    shelly,
    tasmota,
    wled,
    zigbee2mqtt,
    zigbee2mqtt_group,
    zwave_js,
)
from kacenv.devices.lights.simulator.device_codec import CommandRate, DeviceCodec, ParsedCommand
from kacenv.model.room import Dialect

__all__ = ["DEVICE_CODECS", "CommandRate", "DeviceCodec", "ParsedCommand"]

DEVICE_CODECS: Mapping[Dialect, DeviceCodec] = {
    Dialect.HOME_ASSISTANT: home_assistant,
    Dialect.ZIGBEE2MQTT: zigbee2mqtt,
    Dialect.ZIGBEE2MQTT_GROUP: zigbee2mqtt_group,
    Dialect.TASMOTA: tasmota,
    Dialect.WLED: wled,
    Dialect.SHELLY: shelly,
    Dialect.ZWAVE_JS: zwave_js,
    Dialect.PLAIN: plain,
}
