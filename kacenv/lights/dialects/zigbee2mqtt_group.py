"""Zigbee2MQTT's groups: lamps that are told together, by one broadcast.

They are spoken to as a device is, and Zigbee2MQTT reports for them what it told them. What
differs is the availability: a group answers while any of its lamps does, so `online` says
nothing of a single one, and a lamp that comes back is not noticed while another was there.
"""

from kacenv.lights.dialects.zigbee2mqtt import (
    FADES,
    LONGEST,
    decode,
    encode,
    encode_color,
    encode_white,
    reports_level,
    scale,
    subscriptions,
)

__all__ = [
    "FADES",
    "LONGEST",
    "decode",
    "encode",
    "encode_color",
    "encode_white",
    "reports_level",
    "scale",
    "subscriptions",
]
