"""Help on a model's keys in plain words, from its JSON schema."""

from typing import Any

from pydantic import BaseModel

from kacenv.config.yaml.document import Trail

Schema = dict[str, Any]
"""Node of a JSON schema."""

_EXAMPLES = {
    "artist": "Clara Vale",
    "at": "40m",
    "ca_file": "/etc/kacenv/clinic-ca.pem",
    "channels": "[1, 2]",
    "check_ins": "[{at: 5m, prompt: Look in on both seats}]",
    "chimes": "{lake: {notes: [E4, B4]}}",
    "crossfade": "20s",
    "cue_in": "4s",
    "cue_out": "3m30s",
    "every": "15m",
    "from": "return",
    "id": "speakers",
    "licence": "CC0",
    "light": "dusk",
    "light_fade": "60s",
    "lights": (
        "[{id: seat-left, dialect: zigbee2mqtt, topic: zigbee2mqtt/seat-left, zone: seats}]"
    ),
    "lights.id": "seat-left",
    "looks": "{dusk: {seats: 16% 2400 K}}",
    "music_root": "../music",
    "map": "[{on: note 60, do: hold}]",
    "midi": "{chimes: Digital Piano}",
    "midi.chimes": "Digital Piano",
    "midi.controls": "{port: pedal, map: [{on: note 60, do: hold}]}",
    "name": "rosewood",
    "notes": "[E4, B4, {note: E5, after: 1.2s}]",
    "after": "1.2s",
    "outputs": "[{id: speakers, role: speakers}]",
    "password_env": "BROKER_PASSWORD",
    "password_file": "/etc/kacenv/broker.password",
    "check_ins.phases": "[build, peak]",
    "phases": "[{name: settle, duration: 15m, playlist: settle}]",
    "phases.name": "onset",
    "prompt": "Blood pressure, both seats",
    "socket_group": "clinic",
    "state_topic": "room/floor/state",
    "tcp.tls": "{certificate: /etc/kacenv/garden.pem, key: /etc/kacenv/garden.key}",
    "timeout": "20m",
    "title": "Calm beginnings",
    "tracks": (
        "[{file: house/settle-1.opus, title: Warm Ground, artist: kacenv house music,"
        " licence: CC0, instrumental: yes}]"
    ),
    "user": "kacenv",
    "window": "3m",
    "within": "10m",
}
"""Examples better than generated ones; by key, or by block and key."""
_MEANINGS = {
    "artist": "who made the music",
    "duration": "how long it lasts, with the unit (h, m or s)",
    "host": "the broker's name or address",
    "id": "a short name of small letters, digits and hyphens",
    "licence": "what allows you to play it",
    "name": "a short name of small letters, digits and hyphens",
    "outputs": "the list of speakers and headphones",
    "phases": "the list of phases, in their order",
    "title": "what people call it, in one line",
    "tracks": "the list of tracks",
}


class FieldHelp:
    """Help on the keys of one kind of file."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._root: Schema = model.model_json_schema()

    def at(self, trail: Trail) -> Schema:
        """Return the schema of the node at `trail`; empty if unknown."""
        schema = self._resolve(self._root)
        for step in trail:
            schema = self._resolve(_below(schema, step))
        return schema

    def keys(self, trail: Trail) -> list[str]:
        """Return the keys allowed in the block at `trail`."""
        schema = self.at(trail)
        named = self._resolve(schema.get("propertyNames", {}))
        return list(schema.get("properties", ())) or list(named.get("enum", ()))

    def expected(self, trail: Trail) -> str:
        """Describe the value expected at `trail`."""
        return _in_words(self.at(trail))

    def meaning(self, trail: Trail) -> str:
        """Describe the purpose of the key at `trail`, or its value."""
        schema, key = self.at(trail), str(trail[-1])
        text = str(schema.get("description", "")).split("\n")[0].rstrip(".")
        text = _MEANINGS.get(key) or _lower(text) or _in_words(schema)
        return f"{text} ({_in_words(schema)})" if "enum" in schema else text

    def may_be_left_out(self, trail: Trail) -> bool:
        """Return True if the key at `trail` is optional."""
        block = self.at(trail[:-1])
        return "properties" in block and trail[-1] not in block.get("required", ())

    def example(self, trail: Trail) -> str:
        """Return a valid line for the key at `trail`."""
        if trail and isinstance(trail[-1], int):
            return self._item(trail)
        key = str(trail[-1]) if trail else ""
        block = next((step for step in reversed(trail[:-1]) if isinstance(step, str)), "")
        text = _EXAMPLES.get(f"{block}.{key}") or _EXAMPLES.get(key)
        text = text or self._sample(self.at(trail))
        return text if text.startswith(f"{key}:") or not key else f"{key}: {text}"

    def _item(self, trail: Trail) -> str:
        """Return the first line of a block in a list, or the whole of a list of plain values."""
        whole, schema = self.example(trail[:-1]), self.at(trail)
        if "properties" in schema:
            if "examples" in schema:
                return str(schema["examples"][0])
            return "- " + whole.partition(": ")[2].removeprefix("[").removesuffix("]")
        return whole

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
        """Resolve references, and drop the null branch of optional values."""
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


def _lower(sentence: str) -> str:
    """Lower the sentence's first letter, except in abbreviations."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _in_words(schema: Schema) -> str:
    if "enum" in schema:
        return "one of: " + ", ".join(map(str, schema["enum"]))
    if "properties" in schema:
        return "a block with the keys " + ", ".join(schema["properties"])
    kinds = {
        "integer": "a whole number" + _bounds(schema, "minimum", "maximum"),
        "boolean": "yes or no",
        "array": "a list" + _bounds(schema, "minItems", "maxItems") + _entries(schema),
        "object": "a block of `name: value` lines",
    }
    return kinds.get(str(schema.get("type")), "some text")


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
    samples = schema.get("examples") or schema.get("enum")
    if samples:
        return str(samples[0])
    kinds = {"integer": str(schema.get("minimum", 1)), "boolean": "yes"}
    return kinds.get(str(schema.get("type")), "text")
