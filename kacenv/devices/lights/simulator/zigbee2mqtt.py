"""Device side of Zigbee2MQTT: the bridge and a bulb behind it."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, home_assistant, zigbee2mqtt
from kacenv.devices.lights.dialects.codec_protocol import OFFLINE, ONLINE, number, read, write
from kacenv.devices.lights.dialects.color_convert import to_xy
from kacenv.devices.lights.simulator.device_codec import CommandRate, ParsedCommand, no_answers
from kacenv.model.look import Setting
from kacenv.model.room import Ability, Fixture

RETAINS = False
CANCELS = True
RATE: CommandRate | None = CommandRate(10, Seconds(2.0))
"""Rate limit: cheap bulbs take about five commands a second, and clog after ten."""

answers = no_answers


def command_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the bridge's command topic for this lamp."""
    return (zigbee2mqtt.command_topic(fixture),)


def decode_command(fixture: Fixture, _topic: str, payload: bytes) -> ParsedCommand | None:
    """Decode level, white, colour and transition; reject all with a brightness above 255."""
    fields = read(payload)
    if not fields or ("brightness" in fields and number(fields, "brightness", 255) is None):
        return None
    transition = number(fields, "transition", zigbee2mqtt.LONGEST)
    said = zigbee2mqtt.reported(fixture, fields)
    asked = fields.get("color")
    colored = Ability.COLOR in fixture.can and isinstance(asked, dict)
    color = home_assistant.color_of(asked) if colored and isinstance(asked, dict) else None
    return ParsedCommand(said.level, said.kelvin, Seconds(transition or 0.0), color)


def reports(fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
    """Return a report of the target, published before the bulb has received it."""
    fields = zigbee2mqtt.light(fixture, setting)
    if setting.color is not None:
        x, y = to_xy(setting.color)
        fields |= {"color_mode": "xy", "color": {"x": round(x, 4), "y": round(y, 4)}}
    elif setting.kelvin is not None:
        fields |= {"color_mode": zigbee2mqtt.WHITE_MODE}
        fields |= zigbee2mqtt.white(fixture, setting.kelvin)
    return (Message(zigbee2mqtt.state_topic(fixture), write(fields)),)


def availability(fixture: Fixture, available: bool) -> Message | None:
    """Return the availability in Zigbee2MQTT 2's JSON."""
    fields: dict[str, object] = {"state": ONLINE if available else OFFLINE}
    return Message(zigbee2mqtt.availability_topic(fixture), write(fields))
