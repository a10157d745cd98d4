"""A look: the light of the whole room at rest, zone by zone."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, WithJsonSchema

from kacenv.errors import UnitError
from kacenv.units import Kelvin, Level, parse_kelvin, parse_level

_SETTING = re.compile(r"(?P<level>\S+?\s?%)(?:\s+(?P<kelvin>\d+\s*K))?")


class Zone(StrEnum):
    """A part of the room that is lit as one."""

    SEATS = "seats"
    TASK = "task"
    PATH = "path"


class Setting(NamedTuple):
    """How a zone is lit; `kelvin` None leaves the lamp's own white."""

    level: Level
    kelvin: Kelvin | None = None

    def __str__(self) -> str:
        """As it's written in a room file."""
        if not self.level:
            return "off"
        white = f" {self.kelvin:.0f} K" if self.kelvin is not None else ""
        return f"{self.level * 100:.3g}%{white}"


Look = Mapping[Zone, Setting]
"""A zone that a look doesn't name stays as it is."""


def parse_setting(text: object) -> Setting:
    """A zone's light such as `12% 2200 K`, `12%` or `off`."""
    if isinstance(text, Setting):
        return text
    if text == "off":
        return Setting(Level(0.0))
    match = _SETTING.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise UnitError("a light level, with or without a white", text, "12% 2200 K")
    kelvin = parse_kelvin(match["kelvin"]) if match["kelvin"] else None
    return Setting(parse_level(match["level"]), kelvin)


SettingField = Annotated[
    Setting,
    BeforeValidator(parse_setting),
    WithJsonSchema({"type": "string", "examples": ["12% 2200 K", "off"]}),
]
