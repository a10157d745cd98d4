"""The lamps' side of a Zigbee2MQTT group: one broadcast, and few of them."""

from kacenv.lights.bulbs.hearing import Rate
from kacenv.lights.bulbs.zigbee2mqtt import (
    CANCELS,
    RETAINS,
    answers,
    availability,
    command_topics,
    hear,
    reports,
)
from kacenv.units import Seconds

__all__ = [
    "CANCELS",
    "RATE",
    "RETAINS",
    "answers",
    "availability",
    "command_topics",
    "hear",
    "reports",
]

RATE: Rate | None = Rate(8, Seconds(9.0))
"""Zigbee repeats broadcasts through the whole house, and has room for eight at once."""
