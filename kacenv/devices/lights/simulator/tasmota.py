"""Device side of Tasmota."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, tasmota
from kacenv.devices.lights.dialects.codec_protocol import (
    LONGEST_PAYLOAD,
    OFF,
    ON,
    dimmable,
    from_mired,
    to_mired,
    within,
    write,
)
from kacenv.devices.lights.dialects.color_convert import from_parts, to_hue
from kacenv.devices.lights.simulator.device_codec import CommandRate, ParsedCommand, no_answers
from kacenv.model.look import Setting
from kacenv.model.room import Ability, Fixture

RETAINS = False
CANCELS = False
RATE: CommandRate | None = None
_MOST_COMMANDS = 30

answers = no_answers


def command_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the topic that takes several commands at once."""
    return (tasmota.command_topic(fixture),)


def decode_command(fixture: Fixture, _topic: str, payload: bytes) -> ParsedCommand | None:
    """Decode a backlog; skip unknown commands and values out of range."""
    if len(payload) > LONGEST_PAYLOAD:
        return None
    heard, fades, half_seconds = ParsedCommand(), False, 0.0
    for command in payload.decode(errors="replace").split(";")[:_MOST_COMMANDS]:
        name, _, value = command.strip().partition(" ")
        match name.lower():
            case "fade":
                fades = value == "1"
            case "speed":
                half_seconds = _whole(value, 40) or half_seconds
            case key:
                heard = _said(fixture, heard, key, value)
    if heard == ParsedCommand():
        return None
    return heard._replace(transition=Seconds(half_seconds / 2 if fades else 0.0))


def _said(fixture: Fixture, heard: ParsedCommand, name: str, value: str) -> ParsedCommand:
    number = _whole(value, 500)
    if name == "power" and value in {ON, OFF}:
        return heard._replace(level=Level(float(value == ON)))
    if name == "dimmer" and number is not None and number <= tasmota.FULL and dimmable(fixture):
        return heard._replace(level=tasmota.scale(fixture).level(number))
    if name == "ct" and number is not None and number >= 153 and Ability.KELVIN in fixture.can:
        return heard._replace(kelvin=from_mired(number))
    if name == "color2" and len(value) == 6 and Ability.COLOR in fixture.can:
        try:
            return heard._replace(color=from_parts(list(bytes.fromhex(value))))
        except ValueError:
            return heard
    return heard


def _whole(text: str, most: float) -> float | None:
    return within(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else None


def reports(fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
    """Return the result of a command: the target, before the fade."""
    fields: dict[str, object] = {"POWER": ON if setting.level > 0 else OFF}
    dimmer = tasmota.scale(fixture).units(setting.level) if dimmable(fixture) else 100
    if dimmable(fixture):
        fields["Dimmer"] = dimmer
    if setting.color is not None:
        hue, saturation = to_hue(setting.color)
        fields["HSBColor"] = f"{round(hue)},{round(saturation)},{dimmer}"
        fields |= {"White": 0} if Ability.KELVIN in fixture.can else {}
    elif setting.kelvin is not None:
        fields |= {"White": dimmer, "CT": to_mired(fixture, setting.kelvin)}
    return (Message(tasmota.topic(fixture, "stat", "RESULT"), write(fields)),)


def availability(fixture: Fixture, available: bool) -> Message | None:
    """Return the last will, or the message after connecting."""
    word = b"Online" if available else b"Offline"
    return Message(tasmota.topic(fixture, "tele", "LWT"), word)
