"""Roles of the devices that may reach a room over the network."""

from enum import StrEnum
from typing import Final


class DeviceRole(StrEnum):
    """Role of a device."""

    STAFF = "staff"
    VIEWER = "viewer"


STAFF_ALONE: Final = frozenset({DeviceRole.STAFF})
EVERY_DEVICE: Final = frozenset(DeviceRole)
