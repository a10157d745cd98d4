"""Lamps' sides of the dialects, for virtual lamps; a new dialect is a module and a line here."""

from collections.abc import Mapping

from kacenv.lights.bulbs import home_assistant, plain, zigbee2mqtt
from kacenv.lights.bulbs.hearing import Bulb, Heard
from kacenv.room import Dialect

__all__ = ["BULBS", "Bulb", "Heard"]

BULBS: Mapping[Dialect, Bulb] = {
    Dialect.HOME_ASSISTANT: home_assistant,
    Dialect.ZIGBEE2MQTT: zigbee2mqtt,
    Dialect.PLAIN: plain,
}
