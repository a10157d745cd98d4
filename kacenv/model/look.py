"""Looks: the light of the whole room, zone by zone."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BeforeValidator, WithJsonSchema

from kacenv.core.errors import UnitError
from kacenv.core.units import KELVIN, LEVEL, Kelvin, Level, Notation, parse_kelvin, parse_level
from kacenv.model.fields import Schema, text_schema

_SETTING = re.compile(
    r"(?P<level>\S+?\s?%)(?:\s+(?P<kelvin>\d+\s*K))?(?:\s+(?P<color>#[0-9A-Fa-f]{6}))?"
)
COLOR: Final = Notation(
    "#(?!000000)[0-9A-Fa-f]{6}", "a colour in quotes: # and six digits from 0 to f", "#ff8040"
)
_COLORED = 'color: "#ff8040"'


class Zone(StrEnum):
    """A part of the room that is lit as one."""

    SEATS = "seats"
    TASK = "task"
    PATH = "path"


class Color(NamedTuple):
    """Colour at full brightness: sRGB (IEC 61966-2-1), with 255 as its strongest part."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        """Return the colour as in a room file, without the quotes."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


class Setting(NamedTuple):
    """Light of a zone; without `kelvin` and `color` a lamp keeps its own white.

    At most one of them is given; a lamp without colours shows the level alone.
    """

    level: Level
    kelvin: Kelvin | None = None
    color: Color | None = None

    def __str__(self) -> str:
        """Return the setting as in a room file, where a colour needs quotes."""
        if not self.level:
            return "off"
        white = f" {self.kelvin:.0f} K" if self.kelvin is not None else ""
        color = f" {self.color}" if self.color is not None else ""
        return f"{self.level * 100:.3g}%{white}{color}"


Look = Mapping[Zone, Setting]
"""Look; a zone that it doesn't name stays as it is."""


def parse_color(text: object) -> Color:
    """Parse a colour such as `#ff8040`; scale a darker one to full brightness."""
    digits = text.strip() if isinstance(text, str) else ""
    if digits == "#000000":
        raise UnitError("a colour; black is `off`", text, _COLORED)
    if not COLOR.accepts(digits):
        found = "`color` with nothing after it; bare, # begins a comment" if text is None else text
        raise UnitError(COLOR.expected, found, _COLORED)
    parts = bytes.fromhex(digits[1:])
    return Color(*(round(part * 255 / max(parts)) for part in parts))


def parse_setting(value: object) -> Setting:
    """Parse a zone's light: `12% 2200 K`, `12%`, `off`, or `{level: 12%, color: "#ff8040"}`."""
    if isinstance(value, Setting):
        return value
    if isinstance(value, Mapping):
        return _from_block(value)
    if value == "off":
        return Setting(Level(0.0))
    match = _SETTING.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise UnitError("a light level, with or without a white", value, "12% 2200 K")
    return _setting({key: text for key, text in match.groupdict().items() if text}, value)


def _from_block(block: Mapping[object, object]) -> Setting:
    odd = [key for key in block if key not in Setting._fields]
    if odd:
        raise UnitError("`level`, and `kelvin` or `color`", odd[0], "level: 12%")
    if "level" not in block:
        raise UnitError("`level` beside the colour or white", "no `level`", "level: 12%")
    return _setting(block, "both `kelvin` and `color`")


def _setting(parts: Mapping[Any, object], found: object) -> Setting:
    if "kelvin" in parts and "color" in parts:
        raise UnitError("a white or a colour, not both", found, _COLORED)
    return Setting(
        parse_level(parts["level"]),
        parse_kelvin(parts["kelvin"]) if "kelvin" in parts else None,
        parse_color(parts["color"]) if "color" in parts else None,
    )


_WORDS: Final = Notation(
    rf"(?:off|{LEVEL.pattern}(?:\s+(?:{KELVIN.pattern}|{COLOR.pattern}))?)",
    "a light level, with or without a white or a quoted colour",
    "12% 2200 K",
)
_BLOCK: Final[Schema] = {
    "type": "object",
    "properties": {
        "level": text_schema(LEVEL),
        "kelvin": text_schema(KELVIN),
        "color": text_schema(COLOR),
    },
    "required": ["level"],
    "additionalProperties": False,
    "not": {"required": ["kelvin", "color"]},
}
_SCHEMA: Final[Schema] = {"anyOf": [text_schema(_WORDS), _BLOCK], "examples": ["12% 2200 K", "off"]}
SettingField = Annotated[Setting, BeforeValidator(parse_setting), WithJsonSchema(_SCHEMA)]
LookField = Annotated[
    dict[Zone, SettingField],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {zone.value: _SCHEMA for zone in Zone},
            "additionalProperties": False,
            "examples": [{"seats": "12% 2200 K"}],
        }
    ),
]
