"""Device side of Tasmota.

After arendst/Tasmota 04f3df8, xdrv_04_light.ino: each command of a backlog has its own answer; a
white, a colour or a level switches the lamp on (CmndColorTemperature, LightPreparePower).
"""

from collections.abc import Iterator
from typing import NamedTuple

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.color_convert import from_parts, to_hue
from kacenv.devices.lights.dialects.device_codec import (
    NOTHING,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import (
    LONGEST_PAYLOAD,
    OFF,
    ON,
    from_mired,
    within,
    write,
)
from kacenv.devices.lights.dialects.tasmota.codec import TasmotaCodec
from kacenv.model.look import Color, Setting

_MOST_COMMANDS = 30
_OPTIONS = {"setoption117": "SetOption117", "fade": "Fade", "speed": "Speed", "scheme": "Scheme"}


class _Command(NamedTuple):
    """Command of a backlog: its name in small letters, its value, and the fade in force then."""

    name: str
    value: str
    transition: Seconds

    @property
    def answer(self) -> object:
        """Return the value of the answer: a number, or a switch by its name."""
        if self.name in {"speed", "scheme"}:
            return _whole(self.value, 40)
        return ON if self.value == "1" else OFF


class TasmotaDevice(DeviceCodec[TasmotaCodec]):
    """Light of Tasmota."""

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode a backlog; skip unknown commands and values out of range."""
        parsed, transition = ParsedCommand(), Seconds(0.0)
        for command in _commands(payload):
            parsed, transition = self._with(parsed, command.name, command.value), command.transition
        return parsed._replace(transition=transition) if parsed != ParsedCommand() else None

    def decode_commands(self, _topic: str, payload: bytes) -> tuple[ParsedCommand, ...]:
        """Decode a backlog, command by command; a switch is one of its own."""
        return tuple(
            parsed._replace(transition=command.transition)
            for command in _commands(payload)
            if (parsed := self._alone(command)) != ParsedCommand()
        )

    def _alone(self, command: _Command) -> ParsedCommand:
        name, value = command.name, command.value
        if name == "power" and value in {ON, OFF}:
            return ParsedCommand(on=value == ON)
        if name == "scheme" and value == "0":
            return ParsedCommand(effect="", wakes=True)
        parsed = self._with(ParsedCommand(), name, value)
        if parsed.color is not None:
            return parsed._replace(wakes=True, effect="")
        return parsed._replace(wakes=parsed.kelvin is not None)

    def answers(self, payload: bytes, *, taken: bool) -> tuple[Message, ...]:  # noqa: ARG002 - by the contract
        """Return the answers to commands that set no light, one to each."""
        topic = self.codec.topic("stat", "RESULT")
        return tuple(
            Message(topic, write({_OPTIONS[command.name]: command.answer}))
            for command in _commands(payload)
            if command.name in _OPTIONS
        )

    def reports_after(
        self, command: ParsedCommand, setting: Setting, extras: Extras
    ) -> tuple[Message, ...]:
        """Return the answer to one command; one that switches names the switch alone."""
        if command.on is None:
            return (
                () if command.effect == "" and not command.color else self.reports(setting, extras)
            )
        power = write({"POWER": ON if setting.level > 0 else OFF})
        return (Message(self.codec.topic("stat", "RESULT"), power),)

    def _with(self, parsed: ParsedCommand, name: str, value: str) -> ParsedCommand:
        """Add a command's field; return `parsed` as it is if the lamp can't follow."""
        codec, number = self.codec, _whole(value, 500)
        if name == "power" and value == ON and parsed.level:
            return parsed
        if name == "power" and value in {ON, OFF}:
            return parsed._replace(level=Level(float(value == ON)))
        if name == "dimmer" and number is not None and number <= codec.FULL and codec.can_dim:
            return parsed._replace(level=codec.scale.level(number))
        if name == "ct" and number is not None and number >= 153 and codec.has_white:
            return parsed._replace(kelvin=from_mired(number))
        if name == "color2" and codec.has_color:
            return parsed._replace(color=_color(value) or parsed.color)
        return parsed

    def reports(self, setting: Setting, _extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return the result of a command: the target, before the fade."""
        fields: dict[str, object] = {"POWER": ON if setting.level > 0 else OFF}
        dimmer = self.codec.units(setting.level) if self.codec.can_dim else self.codec.FULL
        if self.codec.can_dim:
            fields["Dimmer"] = dimmer
        if setting.color is not None:
            hue, saturation = to_hue(setting.color)
            fields["HSBColor"] = f"{round(hue)},{round(saturation)},{dimmer}"
            fields |= {"White": 0} if self.codec.has_white else {}
        elif setting.kelvin is not None:
            fields |= {"White": dimmer, "CT": self.codec.mired(setting.kelvin)}
        return (Message(self.codec.topic("stat", "RESULT"), write(fields)),)


def _commands(payload: bytes) -> Iterator[_Command]:
    """Yield the commands of a backlog."""
    fades, half_seconds = False, 0.0
    text = payload.decode(errors="replace") if len(payload) <= LONGEST_PAYLOAD else ""
    for command in text.split(";")[:_MOST_COMMANDS]:
        name, _, value = command.strip().partition(" ")
        if name.lower() == "fade":
            fades = value == "1"
        elif name.lower() == "speed":
            half_seconds = _whole(value, 40) or half_seconds
        yield _Command(name.lower(), value, Seconds(half_seconds / 2 if fades else 0.0))


def _color(text: str) -> Color | None:
    try:
        return from_parts(list(bytes.fromhex(text))) if len(text) == 6 else None
    except ValueError:
        return None


def _whole(text: str, most: float) -> float | None:
    return within(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else None
