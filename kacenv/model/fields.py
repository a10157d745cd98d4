"""Field types of the models: quantities with units, and a strict frozen base."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from kacenv.core import units
from kacenv.core.errors import UnitError

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINE_LIMIT = 80


def _slug(value: object) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise UnitError("a short name of small letters, digits and hyphens", value, "seat-a")
    return value


def _line(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LINE_LIMIT:
        raise UnitError(f"one line of at most {_LINE_LIMIT} characters", value, "Blood pressure")
    return value.strip()


def _text(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


Duration = Annotated[
    units.Seconds, BeforeValidator(units.parse_seconds), _text(r"^(\d+h)?(\d+m)?(\d+s)?$", "15m")
]
Days = Annotated[units.Days, BeforeValidator(units.parse_days), _text(r"^\d+d$", "30d")]
Decibels = Annotated[
    units.Decibels, BeforeValidator(units.parse_decibels), _text(r"^[+-]?\d.*dB$", "-6 dB")
]
Level = Annotated[units.Level, BeforeValidator(units.parse_level), _text(r"^\d.*%$", "35%")]
Kelvin = Annotated[units.Kelvin, BeforeValidator(units.parse_kelvin), _text(r"^\d+ ?K$", "2200 K")]
Slug = Annotated[str, BeforeValidator(_slug), _text(_SLUG.pattern, "seat-a")]
Line = Annotated[str, BeforeValidator(_line)]


class Model(BaseModel):
    """Frozen model that rejects unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
