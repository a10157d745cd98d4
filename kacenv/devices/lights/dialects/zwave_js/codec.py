"""Codec of Z-Wave JS UI: a node's dimmer (command class 38), switch (37) and colour (51).

The fixture's topic is the node's: prefix, location and name, with the gateway's topics by "value
id". Units: levels 0 to 99, colours 0 to 255; a white is a mixture of warm and cold. Seconds are
exact up to 127; Z-Wave counts longer times in minutes. Dimmers bring their maker's dimming curve.
"""

import math

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.color_convert import from_parts
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, Message, Reported
from kacenv.devices.lights.dialects.payloads import block, number, read_value, within, write
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.look import Color, Setting

_FULL_COLOR = 255


class ZwaveJsCodec(LampCodec):
    """Codec of one node of Z-Wave JS UI."""

    FULL = 99
    OPTIMISTIC = True
    LONGEST = Seconds(127.0)

    def level_topic(self, value: str) -> str:
        """Return the topic of a value of the dimmer or switch."""
        return f"{self.fixture.topic}/{38 if self.can_dim else 37}/0/{value}"

    def color_topic(self, value: str) -> str:
        """Return the topic of a value of the colour class."""
        return f"{self.fixture.topic}/51/0/{value}"

    @property
    def has_hue(self) -> bool:
        """Tell if the lamp has whites or colours."""
        return self.has_white or self.has_color

    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return the messages for white or colour, if any, and level; both fade together."""
        fade = _fade(min(transition, self.LONGEST)) if self.can_dim else {}
        level = write({"value": self.value(setting.level), **fade})
        message = Message(self.level_topic("targetValue/set"), level)
        hue = self.mixture(setting)
        if not hue:
            return (message,)
        colors = write({"value": hue, **_fade(min(transition, self.LONGEST))})
        return Message(self.color_topic("targetColor/set"), colors), message

    def value(self, level: Level) -> int | bool:
        """Return the value of a level: a number, or a boolean for switches."""
        return self.units(level) if self.can_dim else level > 0

    def mixture(self, setting: Setting) -> dict[str, object]:
        """Return the channels of a colour or white, as commands and reports write them."""
        color, white = self.shown_color(setting), self.shown_white(setting)
        if color is not None:
            whites = {"warmWhite": 0, "coldWhite": 0} if self.has_white else {}
            return {**color._asdict(), **whites}
        if white is None:
            return {}
        cold = round(self._coldness(white) * _FULL_COLOR)
        colors = dict.fromkeys(Color._fields, 0) if self.has_color else {}
        return {**colors, "warmWhite": _FULL_COLOR - cold, "coldWhite": cold}

    @property
    def _range(self) -> tuple[float, float]:
        """Return the warmest and the coolest white (mired)."""
        return MIRED / self.fixture.warmest, MIRED / self.fixture.coolest

    def _coldness(self, kelvin: Kelvin) -> float:
        """Return the position of a white between warmest (0) and coolest (1), in mired."""
        warm, cold = self._range
        return (warm - MIRED / kelvin) / (warm - cold) if warm > cold else 0.0

    def decode_report(self, topic: str, payload: bytes) -> Reported:
        """Decode the node's level, or its colour channels."""
        value = unwrapped(payload)
        if topic == self.level_topic("currentValue"):
            return Reported(self.level(value))
        return self.hue(block(value))

    def decode_availability(self, payload: bytes) -> Reported:
        """Decode the node's status."""
        value = unwrapped(payload)
        return Reported(available=value if isinstance(value, bool) else None)

    def level(self, value: object) -> Level | None:
        """Return the level of a current value: a number, or a boolean for switches."""
        if not self.can_dim:
            return Level(float(value)) if isinstance(value, bool) else None
        return self.level_of(within(value, self.FULL))

    def hue(self, channels: dict[str, object]) -> Reported:
        """Return the white or colour of the channels."""
        warm, cold = (number(channels, name, _FULL_COLOR) for name in ("warmWhite", "coldWhite"))
        if warm or cold:
            return Reported(kelvin=self._white(warm or 0.0, cold or 0.0))
        parts = [channels.get(name) for name in Color._fields]
        return Reported(color=from_parts(parts) if self.has_color else None)

    def _white(self, warm: float, cold: float) -> Kelvin | None:
        if not self.has_white:
            return None
        warmest, coolest = self._range
        return Kelvin(MIRED / (warmest + (coolest - warmest) * cold / (warm + cold)))

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the topics of level, and of colour where the lamp has it."""
        colors = (self.color_topic("currentColor"),) if self.has_hue else ()
        return self.level_topic("currentValue"), *colors

    @property
    def availability_topic(self) -> str:
        """Return the topic of the node's status."""
        return f"{self.fixture.topic}/status"


def _fade(transition: float) -> dict[str, object]:
    whole = math.ceil(round(max(transition, 0.0), 2))
    return {"options": {"transitionDuration": f"{whole}s"}}


def unwrapped(payload: bytes) -> object:
    """Return the value of a payload in any of the gateway's three formats."""
    value = read_value(payload)
    return value["value"] if isinstance(value, dict) and "value" in value else value
