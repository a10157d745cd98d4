"""Codec of the JSON schema of Home Assistant's MQTT lights, also used by ESPHome.

Units: brightness 0 to 255, white in mired, colours in red, green and blue, transitions in seconds.
ESPHome takes integers only: a fractional brightness or transition is dropped. It corrects what it
is sent (gamma 2.8 unless set otherwise).
"""

import math
from typing import Final

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.color_convert import from_hue, from_parts, from_xy
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, Message, Reported
from kacenv.devices.lights.dialects.payloads import (
    OFF,
    ON,
    block,
    from_mired,
    is_on,
    number,
    read,
    write,
)
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.look import Color, Setting

WHITE_MODE: Final = "color_temp"
_COLOR_MODES: Final = {"rgb", "rgbw", "rgbww", "rgbct"}
_MIXED_MODES: Final = {"rgbw", "rgbct", "rgbww"}
_HUES: Final = ("r", "g", "b", "x", "y", "h", "s")
_WHITES: Final = ("c", "w")
_DARK_WHITES: Final = {
    None: {"c": 0, "w": 0},
    "rgbww": {"c": 0, "w": 0},
    "rgbw": {"w": 0},
    "rgbct": {"w": 0},
}
"""White channels under a colour, by the mode; where `c` is missing, `w` is the one white."""
_DARK_COLORS: Final = {
    "rgbww": {"r": 0, "g": 0, "b": 0},
    "rgbct": {"r": 0, "g": 0, "b": 0, "w": 255},
}
"""Colour channels under a white, by the mode. A lamp whose white and colour exclude each other
would take them for a dark colour."""
NO_EFFECT: Final = "None"
_NO_EFFECTS: Final = {"", "none", "off"}
GAMMA: Final = 2.8
"""ESPHome's gamma, unless set otherwise: its channels' numbers are corrected by it."""
_ANSWERS: Final = {
    **dict.fromkeys(("online", "on", "true", "available", "connected", "alive", "1"), True),
    **dict.fromkeys(("offline", "off", "false", "unavailable", "disconnected", "dead", "0"), False),
}
"""Words by which lamps say that they answer, or don't."""


class HomeAssistantCodec(LampCodec):
    """Codec of one light of Home Assistant's JSON schema."""

    FULL = 255
    LONGEST = Seconds(65535.0)
    """Longest transition (s): the schema names no bound, ESPHome reads 16 bits (esphome/esphome
    0099fcc, light_json_schema.cpp, parse_json)."""

    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return one command; `transition` is rounded up to whole seconds, and always included.

        Without one, the lamp's own default would apply, 1 s in ESPHome.
        """
        return self._command(self.state(setting), transition)

    def encode_after(
        self, last: Reported, setting: Setting, transition: Seconds
    ) -> tuple[Message, ...]:
        """Return `encode`'s command; it also darkens the channels that the look doesn't light.

        An effect is ended by a command of its own: beside an effect, ESPHome drops the transition;
        without one it goes on (esphome/esphome 018c65d, light_call.cpp, validate_, perform).
        """
        fields = self.state(setting) | self._other_channels(last.mixes, setting)
        command = self._command(fields, transition)
        if not last.effect or setting.level <= 0:
            return command
        steady = write({"state": ON, "effect": NO_EFFECT})
        return (Message(self.fixture.topic, steady), *command)

    def _command(self, fields: dict[str, object], transition: Seconds) -> tuple[Message, ...]:
        whole = math.ceil(round(min(transition, self.LONGEST), 2))
        return (Message(self.fixture.topic, write(fields | {"transition": whole})),)

    def _other_channels(self, mode: str | None, setting: Setting) -> dict[str, object]:
        """Return the colour's object with the channels that the setting doesn't light.

        ESPHome's lamps without `color_interlock` keep each channel that isn't mentioned
        (esphome/esphome 018c65d, light_call.cpp, validate_).
        """
        color = self.shown_color(setting)
        if color is not None and (mode or self.has_white):
            return {"color": dict(zip("rgb", color, strict=True)) | _DARK_WHITES.get(mode, {})}
        if self.shown_white(setting) is not None and mode in _DARK_COLORS:
            return {"color": _DARK_COLORS[mode]}
        return {}

    def state(self, setting: Setting) -> dict[str, object]:
        """Return the fields that commands and reports have in common."""
        if setting.level <= 0:
            return {"state": OFF}
        fields: dict[str, object] = {"state": ON}
        if self.can_dim:
            fields["brightness"] = self.units(setting.level)
        color, white = self.shown_color(setting), self.shown_white(setting)
        if color is not None:
            fields["color"] = dict(zip("rgb", color, strict=True))
        elif white is not None:
            fields["color_temp"] = self.mired(white)
        return fields

    def decode_report(self, _topic: str, payload: bytes) -> Reported:
        """Decode a report in JSON."""
        return self.reported(read(payload))

    def reported(self, fields: dict[str, object]) -> Reported:
        """Return the level, and white or colour, among `fields`.

        ESPHome always writes a `color`: without parts, or with those of all its channels
        (esphome/esphome 0099fcc, light_json_schema.cpp, dump_json).
        """
        parts, mode = block(fields.get("color")), fields.get("color_mode")
        mixes = mode if isinstance(mode, str) and mode in _MIXED_MODES else None
        report = Reported(self._level(fields), effect=_effect(fields), mixes=mixes)
        whites = mode == WHITE_MODE or not any(parts.get(part) for part in _HUES)
        if mode in _COLOR_MODES and whites and not any(parts.get(part) for part in _WHITES):
            return report
        if whites:
            return report._replace(kelvin=self._white(fields, parts))
        return report._replace(color=color_of(parts) if self.has_color else None)

    def _white(self, fields: dict[str, object], parts: dict[str, object]) -> Kelvin | None:
        """Return the white of a temperature, or of two channels (ESPHome's `cwww`, `rgbww`)."""
        if "color_temp" in fields or not self.has_white:
            return from_mired(number(fields, "color_temp", 1000))
        cold, warm = (_light(number(parts, part, self.FULL)) for part in "cw")
        if cold + warm <= 0 or "c" not in parts:
            return None
        coolest, warmest = MIRED / self.fixture.coolest, MIRED / self.fixture.warmest
        return Kelvin(MIRED / ((cold * coolest + warm * warmest) / (cold + warm)))

    def decode_availability(self, payload: bytes) -> Reported:
        """Decode any usual word: Home Assistant lets users choose it."""
        word = payload[:16].decode(errors="replace").strip().lower()
        chosen = Reported(available=_ANSWERS.get(word))
        return chosen if word in _ANSWERS else super().decode_availability(payload)

    def _level(self, fields: dict[str, object]) -> Level | None:
        # Brightness 0 in a lamp that is on is ignored, as by Home Assistant.
        brightness = number(fields, "brightness", self.FULL) or None
        return self.level_if(is_on(fields.get("state")), brightness)


def _effect(fields: dict[str, object]) -> str | None:
    """Return the running effect; empty for none, None if the lamp doesn't tell."""
    effect = fields.get("effect")
    if not isinstance(effect, str):
        return None
    return "" if effect.lower() in _NO_EFFECTS else effect


def _light(channel: float | None) -> float:
    """Return the light of one of ESPHome's channels."""
    return math.pow((channel or 0.0) / HomeAssistantCodec.FULL, GAMMA)


def color_of(fields: dict[str, object]) -> Color | None:
    """Return the colour of `r`, `g` and `b`, of `x` and `y`, or of `h` and `s`."""
    if "r" in fields:
        return from_parts([fields.get(part) for part in "rgb"])
    x, y = number(fields, "x", 1), number(fields, "y", 1)
    if x is not None and y is not None:
        return from_xy(x, y)
    hue, saturation = number(fields, "h", 360), number(fields, "s", 100)
    return None if hue is None or saturation is None else from_hue(hue, saturation)
