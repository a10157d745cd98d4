"""JSON Schema of the clinic's files, as strict as possible for one file alone.

Made from the models: the parsers' strings are in `patterns`, the validators' rules in `rules`, by
the validators' names; the loader checks what schemas can't express.
"""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from kacenv.config.schema import patterns, rules
from kacenv.config.schema.patterns import Schema
from kacenv.config.yaml.document import Trail, parse
from kacenv.config.yaml.field_help import FieldHelp
from kacenv.core.units import format_seconds
from kacenv.model.fields import Model
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
_FORMATS: Final[dict[str, Callable[[float], str]]] = {
    "1h10m": format_seconds,
    "30d": "{:.0f}d".format,
    "-6 dB": "{:g} dB".format,
    "35%": "{:.0%}".format,
    "2200 K": "{:.0f} K".format,
}
"""Formats of defaults, by the example of their pattern."""


def schema_of(kind: SchemaKind) -> Schema:
    """Return the JSON Schema (draft 2020-12) of the files of one kind."""
    model = _MODELS[kind]
    made = model.model_json_schema(schema_generator=_Generator)
    root = {"$schema": DRAFT, **_SchemaAnnotator(made, FieldHelp(model)).finish()}
    root["title"] = f"kacenv {kind}"
    return root


def text_of(kind: SchemaKind) -> str:
    """Return the schema as the text of a file."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


class _Generator(GenerateJsonSchema):
    """Adds the schemas of validators, by their names."""

    def generate_inner(self, schema: Any) -> Schema:
        exact = rules.READERS.get(_validator(schema))
        if exact is not None:
            return dict(exact)
        if _validator(schema) in rules.RULES and _validator(schema["schema"]) in rules.READERS:
            return self._ruled(schema, self.generate_inner(schema["schema"]))
        return super().generate_inner(schema)

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> Schema:
        return self._ruled(schema, super().function_after_schema(schema))

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        return self._ruled(schema, super().function_before_schema(schema))

    def _ruled(self, schema: Any, made: Schema) -> Schema:
        rule = rules.RULES.get(_validator(schema))
        if not rule:
            return made
        if set(rule) == {"anyOf"}:
            return {"anyOf": [*rule["anyOf"], made]}
        return {**made, "allOf": [*made.get("allOf", []), rule]}

    def bool_schema(self, schema: core_schema.BoolSchema) -> Schema:  # noqa: ARG002 - one kind only
        return dict(patterns.YES_OR_NO)

    def str_schema(self, schema: core_schema.StringSchema) -> Schema:
        return {**super().str_schema(schema), **patterns.PLAIN}


def _validator(schema: Any) -> str:
    function = schema.get("function", {}) if schema["type"].startswith("function-") else {}
    return str(getattr(function.get("function"), "__qualname__", ""))


class _SchemaAnnotator:
    """Adds descriptions, examples and defaults for editors."""

    def __init__(self, root: Schema, guide: FieldHelp) -> None:
        self._root, self._guide = root, guide
        self._done: set[str] = set()

    def finish(self) -> Schema:
        self._node(self._root, ())
        for name, node in self._root.get("$defs", {}).items():
            node.pop("title", None)
            if name in rules.BLOCKS:
                node.setdefault("allOf", []).append(rules.BLOCKS[name])
        return self._root

    def _node(self, node: Schema, trail: Trail) -> None:
        """Walk the schema along with the help texts; each definition once."""
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[1]
            if name not in self._done:
                self._done.add(name)
                self._node(self._root["$defs"][name], trail)
            return
        self._zones(node)
        for key, one in node.get("properties", {}).items():
            if "properties" in self._guide.at(trail):
                self._property(one, (*trail, key))
            self._node(one, (*trail, key))
        if isinstance(node.get("items"), dict):
            self._node(node["items"], (*trail, 0))
        if isinstance(node.get("additionalProperties"), dict):
            self._node(node["additionalProperties"], (*trail, "name"))
        for one in node.get("anyOf", ()):
            self._node(one, trail)

    def _zones(self, node: Schema) -> None:
        """Turn names of a fixed set into keys, which editors complete."""
        named = node.get("propertyNames", {}).get("$ref", "").rsplit("/", 1)[-1]
        choices = self._root.get("$defs", {}).get(named, {}).get("enum")
        if choices:
            del node["propertyNames"]
            value = node.pop("additionalProperties")
            node["properties"] = dict.fromkeys(choices, value)
            node["additionalProperties"] = False

    def _property(self, node: Schema, trail: Trail) -> None:
        node.pop("title", None)
        meaning = self._guide.meaning(trail)
        node["description"] = node.get("description") or meaning[:1].upper() + meaning[1:] + "."
        example = self._guide.example(trail)
        node["examples"] = [_plain(parse(example, "").tree.get(str(trail[-1])))]
        if "default" in node:
            node["default"] = self._default(node)
            if node["default"] is None:
                del node["default"]

    def _default(self, node: Schema) -> Any:
        default = node["default"]
        if isinstance(default, bool):
            return "yes" if default else "no"
        if not isinstance(default, float | int):
            return None if isinstance(default, dict) else default
        inner = next((one for one in node.get("anyOf", ()) if "pattern" in one), node)
        sample = inner.get("patternErrorMessage", "").rsplit(": ", 1)[-1]
        as_it_is = default if isinstance(default, int) else None
        return _FORMATS[sample](default) if sample in _FORMATS else as_it_is


def _plain(tree: Any) -> Any:
    """Return the tree with numbers parsed, as an editor reads it."""
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(value) for value in tree]
    return int(tree) if isinstance(tree, str) and tree.isdecimal() else tree
