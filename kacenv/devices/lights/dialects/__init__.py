"""Codecs of the lamp dialects, by name; a new dialect is a module and a line here."""

from collections.abc import Mapping

from kacenv.devices.lights.dialects import (
    home_assistant,
    plain,
    shelly,
    tasmota,
    wled,
    zigbee2mqtt,
    zigbee2mqtt_group,
    zwave_js,
)
from kacenv.devices.lights.dialects.codec_protocol import Codec, Message, Reported
from kacenv.model.room import Dialect, Fixture

__all__ = ["CODECS", "Codec", "Message", "Reported", "codec"]

CODECS: Mapping[Dialect, Codec] = {
    Dialect.HOME_ASSISTANT: home_assistant,
    Dialect.ZIGBEE2MQTT: zigbee2mqtt,
    Dialect.ZIGBEE2MQTT_GROUP: zigbee2mqtt_group,
    Dialect.TASMOTA: tasmota,
    Dialect.WLED: wled,
    Dialect.SHELLY: shelly,
    Dialect.ZWAVE_JS: zwave_js,
    Dialect.PLAIN: plain,
}


def codec(fixture: Fixture) -> Codec:
    """Return the codec of a lamp's dialect."""
    return CODECS[fixture.dialect]
