"""Field types of the models, each with its JSON Schema, and a strict frozen base."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

from kacenv.core import units
from kacenv.core.flow_yaml import flow_yaml
from kacenv.core.units import Notation, Unit

Schema = dict[str, Any]
"""Node of a JSON Schema (draft 2020-12)."""

MOST_EXACT: Final = 2**53 - 1
"""Largest of the whole numbers that JavaScript tells apart (`Number.MAX_SAFE_INTEGER`)."""
CONTROL_CHARACTERS: Final = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
LINE: Final = Notation(
    rf"(?![\s\S]*[{CONTROL_CHARACTERS}])\s*\S(?:[^\n\u2028\u2029]{{0,78}}\S)?\s*",
    "one line of at most 80 characters",
    "Calm beginnings",
)
SLUG: Final = Notation(
    "(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*",
    "a short name of small letters, digits and hyphens",
    "seat-a",
)


def text_schema(notation: Notation) -> Schema:
    """Return the JSON Schema of text in a notation, with or without spaces around it."""
    keywords = _keywords(rf"^\s*{notation.pattern}\s*$", notation)
    return {"type": "string", **keywords}


def _keywords(pattern: str, notation: Notation) -> Schema:
    expected = f"{notation.expected}, for example: {flow_yaml(notation.example)}"
    return {**matching(pattern, expected), "examples": [notation.example]}


def matching(pattern: str, expected: str) -> Schema:
    """Return the keywords for text in which `pattern` is found, with the editor's message."""
    return {"pattern": pattern, "patternErrorMessage": f"Expected {expected}"}


@dataclass(frozen=True, slots=True, eq=False)
class TextSchema:
    """Annotation of text that `notation` checks, in YAML perhaps written as a number."""

    notation: Notation
    of_numbers: Schema = field(default_factory=dict)
    """Keywords where numbers are text, too."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> Schema:
        made = handler(core)
        more = {} if made["type"] == "string" else self.of_numbers
        return {**made, **_keywords(f"^{self.notation.pattern}$", self.notation), **more}


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """Annotation that adds a condition to the JSON Schema of a field."""

    condition: Schema

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> Schema:
        made = handler(core)
        return {**made, "allOf": [*made.get("allOf", []), self.condition]}


def rules(*conditions: Schema) -> ConfigDict:
    """Return a model's configuration that adds conditions between keys to its JSON Schema."""
    return ConfigDict(json_schema_extra={"allOf": list(conditions)})


def given(key: str) -> Schema:
    """Return the JSON Schema of a block in which `key` is present and not null."""
    return having(key, {"not": {"type": "null"}})


def having(key: str, value: Schema) -> Schema:
    """Return the JSON Schema of a block in which `key` is present with such a value."""
    return {"required": [key], "properties": {key: value}}


def _in(unit: Unit) -> WithJsonSchema:
    return WithJsonSchema(text_schema(unit))


Duration = Annotated[units.Seconds, BeforeValidator(units.parse_seconds), _in(units.DURATION)]
Days = Annotated[units.Days, BeforeValidator(units.parse_days), _in(units.DAYS)]
Decibels = Annotated[units.Decibels, BeforeValidator(units.parse_decibels), _in(units.DECIBELS)]
Level = Annotated[units.Level, BeforeValidator(units.parse_level), _in(units.LEVEL)]
Kelvin = Annotated[units.Kelvin, BeforeValidator(units.parse_kelvin), _in(units.KELVIN)]
Slug = Annotated[
    str,
    BeforeValidator(SLUG.check),
    TextSchema(SLUG, {"type": ["string", "integer"], "minimum": 0, "maximum": MOST_EXACT}),
]
Line = Annotated[str, BeforeValidator(LINE.read), TextSchema(LINE)]
Title = Annotated[
    Line, Field(description="What people call it, in one line.", examples=["Calm beginnings"])
]


class Model(BaseModel):
    """Frozen model that rejects unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
