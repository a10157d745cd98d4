"""JSON Schema of the clinic's files, as strict as possible for one file alone.

Made by pydantic from the models, whose fields carry pattern, bounds, description and examples; the
loader checks what schemas can't express.
"""

import json
from enum import StrEnum
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from kacenv.config.schema.control_rule import CONTROL_RULE
from kacenv.config.schema.lookup import SchemaLookup
from kacenv.core.units import UNITS
from kacenv.model.fields import CONTROL_CHARACTERS, Model, Schema, text_schema
from kacenv.model.playlist import Playlist
from kacenv.model.room import Room
from kacenv.model.scene import Scene

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


class SchemaKind(StrEnum):
    """Kind of a file."""

    ROOM = "room"
    SCENE = "scene"
    PLAYLIST = "playlist"


_MODELS: Final[dict[SchemaKind, type[Model]]] = {
    SchemaKind.ROOM: Room,
    SchemaKind.SCENE: Scene,
    SchemaKind.PLAYLIST: Playlist,
}
_FORMATS: Final = {text_schema(unit)["pattern"]: unit.format for unit in UNITS}
_TEXT: Final[Schema] = {
    "type": ["string", "number", "boolean"],
    "pattern": f"^[^{CONTROL_CHARACTERS}]*$",
    "patternErrorMessage": "Expected letters, digits and signs that can be shown",
}
"""Text, including what YAML takes for a number."""
_YES_OR_NO: Final[Schema] = {
    "anyOf": [
        {"type": "boolean"},
        {"enum": ["yes", "no"]},
        {
            "type": "string",
            "pattern": "^(?:[Yy](?:[Ee][Ss])?|[Nn][Oo]?|[Oo](?:[Nn]|[Ff][Ff])|[Tt](?:[Rr][Uu][Ee])?"
            "|[Ff](?:[Aa][Ll][Ss][Ee])?)$",
        },
    ]
}


def schema_of(kind: SchemaKind) -> Schema:
    """Return the JSON Schema (draft 2020-12) of the files of one kind, described for editors."""
    made = model_schema(_MODELS[kind])
    lookup = SchemaLookup(made)
    for block in (made, *made["$defs"].values()):
        for node in block.get("properties", {}).values():
            words = lookup.meaning(node)
            node.setdefault("description", f"{words[:1].upper()}{words[1:]}.")
            node.setdefault("examples", [lookup.sample(node)])
    return {"$schema": DRAFT, **made, "title": f"kacenv {kind}"}


def text_of(kind: SchemaKind) -> str:
    """Return the schema as the text of a file."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def model_schema(model: type[Model]) -> Schema:
    """Return the JSON Schema of a model as it is written in YAML."""
    made = model.model_json_schema(schema_generator=_YamlSchema)
    for name, block in made.get("$defs", {}).items():
        block.pop("title", None)
        if name == "Control":
            block["allOf"] = [CONTROL_RULE]
    return made


class _YamlSchema(GenerateJsonSchema):
    """JSON Schema of YAML: any bare word is text, and values have units."""

    def str_schema(self, schema: core_schema.StringSchema) -> Schema:
        return {**super().str_schema(schema), **_TEXT}

    def bool_schema(self, schema: core_schema.BoolSchema) -> Schema:  # noqa: ARG002 - one kind only
        return dict(_YES_OR_NO)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        made = super().default_schema(schema)
        default: Any = made.pop("default", None)
        if isinstance(default, bool):
            default = "yes" if default else "no"
        elif made.get("pattern") in _FORMATS:
            default = _FORMATS[made["pattern"]](default)
        absent = default is None or isinstance(default, dict)
        return made if absent else {**made, "default": default}

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        if parent_key in {"examples", "default"}:
            return value
        if isinstance(value, list):
            return [self.sort(one) for one in value]
        if not isinstance(value, dict):
            return value
        keys = value if parent_key == "properties" else sorted(value)
        return {key: self.sort(value[key], key) for key in keys}

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - keys need no titles
        return False
