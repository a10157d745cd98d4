"""Codec of Zigbee2MQTT's groups: lamps that share one broadcast.

Commands and reports are those of a device; Zigbee2MQTT reports for a group what it sent. Only the
availability differs: a group is `online` while any of its lamps is, so the return of a single lamp
goes unnoticed.
"""

from kacenv.devices.lights.dialects.zigbee2mqtt import (
    FADES,
    LONGEST,
    decode,
    encode,
    encode_color,
    reports_level,
    scale,
    state_query,
    subscriptions,
)

__all__ = [
    "FADES",
    "LONGEST",
    "decode",
    "encode",
    "encode_color",
    "reports_level",
    "scale",
    "state_query",
    "subscriptions",
]
