"""The lamp's side of Zigbee2MQTT: the bridge and a bulb behind it."""

from kacenv.lights.bulbs.hearing import Heard
from kacenv.lights.dialects import Message, zigbee2mqtt
from kacenv.lights.dialects.speech import OFFLINE, ONLINE, number, read, write
from kacenv.look import Setting
from kacenv.room import Fixture
from kacenv.units import Seconds

RETAINS = False
CANCELS = True


def command_topic(fixture: Fixture) -> str:
    """Where the bridge listens for this lamp."""
    return zigbee2mqtt.command_topic(fixture)


def hear(fixture: Fixture, payload: bytes) -> Heard | None:
    """Level, white and transition."""
    fields = read(payload)
    if not fields:
        return None
    transition = number(fields, "transition", zigbee2mqtt.LONGEST_TRANSITION)
    said = zigbee2mqtt.reported(fixture, fields)
    return Heard(said.level, said.kelvin, Seconds(transition or 0.0))


def report(fixture: Fixture, setting: Setting) -> Message | None:
    """The target, published before the bulb has done anything."""
    fields = zigbee2mqtt.light(fixture, setting)
    if setting.kelvin is not None:
        fields |= zigbee2mqtt.white(fixture, setting.kelvin)
    return Message(zigbee2mqtt.state_topic(fixture), write(fields))


def availability(fixture: Fixture, available: bool) -> Message | None:
    """Zigbee2MQTT 2's JSON."""
    fields: dict[str, object] = {"state": ONLINE if available else OFFLINE}
    return Message(zigbee2mqtt.availability_topic(fixture), write(fields))
