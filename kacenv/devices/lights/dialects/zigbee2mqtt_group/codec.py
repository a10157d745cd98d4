"""Codec of Zigbee2MQTT's groups: lamps that share one broadcast.

Commands and reports are those of a device; Zigbee2MQTT reports for a group what it sent. A group is
`online` while any of its lamps is; that one came back is known by its announcement. Which lamps a
group has isn't: any announcement on its network counts, as its look is only told again.
"""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.lamp_codec import LampEvent
from kacenv.devices.lights.dialects.zigbee2mqtt.codec import Zigbee2MqttCodec


class Zigbee2MqttGroupCodec(Zigbee2MqttCodec):
    """Codec of one group of Zigbee2MQTT."""

    GAP = Seconds(1.2)
    """Least gap (s): each command is a broadcast, and a network takes eight in nine seconds."""

    def announced(self, _event: dict[str, object], _name: str | None) -> LampEvent:
        """Return that the device that announces itself may be one of the group's lamps."""
        return LampEvent(neighbor_restarted=True)
