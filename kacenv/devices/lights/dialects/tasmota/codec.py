"""Codec of Tasmota's lights.

Commands go in one `Backlog0`, so that they start together. Units: brightness 0 to 100, white in
mired, fades in half-seconds up to 40. `SetOption117 1` makes `Speed` the duration of every fade,
not of one from dark to full. `Fade` stays on: switching it in mid-fade would jump to the end.
Tasmota's LedTable is a gamma correction, and on unless switched off.
"""

import math

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.color_convert import from_hue
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, LampEvent, Message, Reported
from kacenv.devices.lights.dialects.payloads import (
    OFF,
    ON,
    from_mired,
    is_on,
    number,
    read,
    within,
)
from kacenv.model.look import Color, Setting

_PREFIX = "%prefix%"
_REFUSED = ("Unknown", "Error")


class TasmotaCodec(LampCodec):
    """Codec of one light of Tasmota."""

    FULL = 100
    LONGEST = Seconds(20.0)
    """Longest transition (s), Speed 40."""
    AVAILABLE = ("Online", "Offline")

    def topic(self, prefix: str, suffix: str) -> str:
        """Return one of the lamp's topics; the fixture's own may place `%prefix%`."""
        own = self.fixture.topic
        named = own if _PREFIX in own else f"{_PREFIX}/{own}"
        return f"{named.replace(_PREFIX, prefix)}/{suffix}"

    @property
    def command_topic(self) -> str:
        """Return the topic that takes several commands at once."""
        return self.topic("cmnd", "Backlog0")

    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return one backlog; a fade takes at least half a second, so that nothing jumps.

        The level comes first: a white or a colour would switch a dark lamp on at its last level.
        `Scheme 0` ends a scheme, which only `Color` would end, too; lamps without colours ignore it
        (arendst/Tasmota 04f3df8, xdrv_04_light.ino, CmndScheme, CmndSupportColor).
        """
        speed = min(max(math.ceil(round(transition * 2, 2)), 1), 40)
        commands = ["SetOption117 1", "Fade 1", f"Speed {speed}", *self._light(setting)]
        return (Message(self.command_topic, ";".join(commands).encode()),)

    def _light(self, setting: Setting) -> list[str]:
        if setting.level <= 0:
            return [f"Power {OFF}"]
        level = [f"Dimmer {self.units(setting.level)}"] if self.can_dim else []
        # With `SetOption20 1`, a light command switches nothing on.
        return [*level, *self._shade(setting), f"Power {ON}"]

    def _shade(self, setting: Setting) -> list[str]:
        color, white = self.shown_color(setting), self.shown_white(setting)
        if color is not None:
            return [f"Color2 {str(color)[1:].upper()}"]
        return ["Scheme 0", *([f"CT {self.mired(white)}"] if white is not None else [])]

    def decode_report(self, _topic: str, payload: bytes) -> Reported:
        """Decode a command's result, or the periodic state."""
        fields = read(payload)
        colored = self.has_color and not fields.get("White")
        color = _color(fields.get("HSBColor")) if colored else None
        kelvin = from_mired(number(fields, "CT", 500)) if color is None else None
        return Reported(self._level(fields), kelvin, color=color)

    def _level(self, fields: dict[str, object]) -> Level | None:
        power = is_on(fields.get("POWER", fields.get("POWER1")))
        return self.level_if(power, number(fields, "Dimmer", self.FULL))

    @property
    def event_topics(self) -> tuple[str, ...]:
        """Return the topics of a restart, told once after it, and of commands' results."""
        return self.topic("tele", "INFO3"), self.topic("stat", "RESULT")

    def decode_event(self, topic: str, payload: bytes) -> LampEvent:
        """Decode the word of a restart, or of a command that Tasmota doesn't know or take.

        arendst/Tasmota, support_command.ino (`Command` is `Unknown` or `Error`), and
        xdrv_02_9_mqtt.ino (`INFO3` with `RestartReason`, only for the first connection).
        """
        if topic.endswith("INFO3"):
            return LampEvent(restarted=b"RestartReason" in payload)
        fields = read(payload) if b'"Command"' in payload else {}
        bad = fields.get("Command") in _REFUSED
        words = (fields.get(key) for key in ("Command", "Input"))
        return LampEvent(refusal=" ".join(str(word) for word in words if word) if bad else None)

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the topics of results and periodic state."""
        return self.topic("stat", "RESULT"), self.topic("tele", "STATE")

    @property
    def availability_topic(self) -> str:
        """Return the topic of the last will, and of the message after connecting."""
        return self.topic("tele", "LWT")

    @property
    def state_query(self) -> tuple[Message, ...]:
        """Return the command that makes the lamp report its state."""
        return (Message(self.topic("cmnd", "STATE"), b""),)


def _color(text: object) -> Color | None:
    """Parse `hue,saturation,brightness`; return None without saturation, as that is a white."""
    parts = text.split(",") if isinstance(text, str) and len(text) <= 11 else ()
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    hue, saturation = within(int(parts[0]), 360), within(int(parts[1]), 100)
    if hue is None or not saturation:
        return None
    return from_hue(hue, saturation)
