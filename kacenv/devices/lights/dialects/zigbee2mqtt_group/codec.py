"""Codec of Zigbee2MQTT's groups: lamps that share one broadcast.

Commands and reports are those of a device; Zigbee2MQTT reports for a group what it sent. Only the
availability differs: a group is `online` while any of its lamps is, so the return of a single lamp
goes unnoticed.
"""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.zigbee2mqtt.codec import Zigbee2MqttCodec


class Zigbee2MqttGroupCodec(Zigbee2MqttCodec):
    """Codec of one group of Zigbee2MQTT."""

    GAP = Seconds(1.2)
    """Least gap (s): each command is a broadcast, and a network takes eight in nine seconds."""
