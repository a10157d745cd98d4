"""Device side of a Zigbee2MQTT group, with the rate limit of broadcasts."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.simulator.device_codec import CommandRate
from kacenv.devices.lights.simulator.zigbee2mqtt import (
    CANCELS,
    RETAINS,
    answers,
    availability,
    command_topics,
    decode_command,
    reports,
)

__all__ = [
    "CANCELS",
    "RATE",
    "RETAINS",
    "answers",
    "availability",
    "command_topics",
    "decode_command",
    "reports",
]

RATE: CommandRate | None = CommandRate(8, Seconds(9.0))
"""Rate limit: Zigbee repeats broadcasts through the whole network, and holds eight at once."""
