"""Device side of a Zigbee2MQTT group, with the rate limit of broadcasts."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.device_codec import CommandRate
from kacenv.devices.lights.dialects.zigbee2mqtt.simulator import Zigbee2MqttDevice


class Zigbee2MqttGroupDevice(Zigbee2MqttDevice):
    """Group of bulbs behind Zigbee2MQTT."""

    RATE = CommandRate(8, Seconds(9.0))
    """Rate limit: Zigbee repeats broadcasts in the whole network, and holds eight at once."""
