"""What a model says about its keys, in plain words, read from its JSON schema."""

from typing import Any

from pydantic import BaseModel

from kacenv.loader.source import Trail

Schema = dict[str, Any]
"""One node of a JSON schema."""

_EXAMPLES = {
    "artist": "Clara Vale",
    "at": "40m",
    "every": "15m",
    "file": "house/settle-1.opus",
    "from": "return",
    "id": "speakers",
    "licence": "CC0",
    "light": "dusk",
    "music_root": "../music",
    "name": "onset",
    "phases": "[build, peak]",
    "prompt": "Blood pressure, both seats",
    "socket_group": "kacenv",
    "title": "Calm beginnings",
}


class Guide:
    """Answers about the keys of one kind of file."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._root: Schema = model.model_json_schema()

    def at(self, trail: Trail) -> Schema:
        """The schema of the node at `trail`; empty where the model knows of none."""
        schema = self._resolve(self._root)
        for step in trail:
            schema = self._resolve(_below(schema, step))
        return schema

    def keys(self, trail: Trail) -> list[str]:
        """The keys that may stand in the block at `trail`."""
        schema = self.at(trail)
        named = self._resolve(schema.get("propertyNames", {}))
        return list(schema.get("properties", ())) or list(named.get("enum", ()))

    def expected(self, trail: Trail) -> str:
        """What the value at `trail` should be."""
        none = ", none" if trail[-1:] == ("chime",) else ""
        return _in_words(self.at(trail)) + none

    def meaning(self, trail: Trail) -> str:
        """What the key at `trail` is for, or what it should be."""
        schema = self.at(trail)
        text = str(schema.get("description", "")).split("\n")[0].rstrip(".")
        return text[:1].lower() + text[1:] if text else _in_words(schema)

    def example(self, trail: Trail) -> str:
        """A right line for the key at `trail`."""
        if trail and isinstance(trail[-1], int):
            return self._item(trail)
        key = str(trail[-1]) if trail else ""
        text = _EXAMPLES.get(key) or self._sample(self.at(trail))
        return text if text.startswith(f"{key}:") or not key else f"{key}: {text}"

    def _item(self, trail: Trail) -> str:
        """The first line of a block in a list, or the whole of a list of plain values."""
        if "properties" in self.at(trail):
            return "- " + self._sample(self.at(trail)).strip("{}")
        return self.example(trail[:-1])

    def _sample(self, schema: Schema) -> str:
        kind = schema.get("type")
        if "properties" in schema:
            first = (*schema.get("required", ()), *schema["properties"])[0]
            return "{" + self._pair(first, schema["properties"][first]) + "}"
        if kind == "array":
            return f"[{self._sample(self._resolve(schema.get('items', {})))}]"
        if kind == "object":
            named = self._resolve(schema.get("propertyNames", {}))
            return "{" + self._pair(self._sample(named), _below(schema, "")) + "}"
        return _scalar(schema)

    def _pair(self, key: str, schema: Schema) -> str:
        text = _EXAMPLES.get(key) or self._sample(self._resolve(schema))
        return text if text.startswith(f"{key}:") else f"{key}: {text}"

    def _resolve(self, schema: Schema) -> Schema:
        """The schema with references and `or nothing` taken out."""
        target: Schema = {}
        if "$ref" in schema:
            target = self._root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in schema:
            target = next(one for one in schema["anyOf"] if one.get("type") != "null")
        if not target:
            return schema
        own = {key: value for key, value in schema.items() if key not in {"$ref", "anyOf"}}
        return {**self._resolve(target), **own}


def _below(schema: Schema, step: str | int) -> Schema:
    if isinstance(step, int):
        return dict(schema.get("items") or {})
    named = schema.get("properties", {})
    if step in named:
        return dict(named[step])
    patterns = list(schema.get("patternProperties", {}).values())
    others = schema.get("additionalProperties")
    return dict(patterns[0]) if patterns else dict(others if isinstance(others, dict) else {})


def _in_words(schema: Schema) -> str:
    if "enum" in schema:
        return "one of: " + ", ".join(map(str, schema["enum"]))
    if "properties" in schema:
        return "a block with the keys " + ", ".join(schema["properties"])
    match schema.get("type"):
        case "integer":
            return "a whole number" + _bounds(schema, "minimum", "maximum")
        case "boolean":
            return "yes or no"
        case "array":
            return "a list" + _bounds(schema, "minItems", "maxItems") + _entries(schema)
        case "object":
            return "a block of `name: value` lines"
        case _:
            return "some text"


def _bounds(schema: Schema, lowest: str, highest: str) -> str:
    low, high = schema.get(lowest), schema.get(highest)
    if low is None and high is None:
        return ""
    if high is None:
        return f" of at least {low}" if low else ""
    return f" from {low} to {high}" if lowest == "minimum" else f" of {low} to {high}"


def _entries(schema: Schema) -> str:
    most = schema.get("maxItems", schema.get("minItems"))
    if most is None:
        return ""
    return " entry" if most == 1 else " entries"


def _scalar(schema: Schema) -> str:
    if schema.get("examples"):
        return str(schema["examples"][0])
    if "enum" in schema:
        return str(schema["enum"][0])
    match schema.get("type"):
        case "integer":
            return str(schema.get("minimum", 1))
        case "boolean":
            return "yes"
        case _:
            return "text"
