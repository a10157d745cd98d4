"""Words and examples for the keys of one kind of file, from its JSON Schema."""

from typing import Any

from kacenv.config.yaml.document import Trail
from kacenv.core.flow_yaml import flow_yaml
from kacenv.model.fields import Schema


class SchemaLookup:
    """Finds the nodes of a schema by the path of a key, and describes them."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def at(self, trail: Trail) -> Schema:
        """Return the schema of the node at `trail`; empty if unknown."""
        node = self.resolve(self._root)
        for step in trail:
            node = self.resolve(_below(node, step))
        return node

    def keys(self, trail: Trail) -> list[str]:
        """Return the keys allowed in the block at `trail`."""
        return list(self.at(trail).get("properties", ()))

    def expected(self, trail: Trail) -> str:
        """Describe the value expected at `trail`."""
        return _in_words(self.at(trail))

    def meaning(self, node: Schema) -> str:
        """Describe the purpose of a key by its node, or its value."""
        node = self.resolve(node)
        text = _lower(str(node.get("description", "")).rstrip(".")) or _in_words(node)
        return f"{text} ({_in_words(node)})" if "enum" in node else text

    def may_be_left_out(self, trail: Trail) -> bool:
        """Return True if the key at `trail` is optional."""
        block = self.at(trail[:-1])
        return "properties" in block and trail[-1] not in block.get("required", ())

    def example(self, trail: Trail) -> str:
        """Return a valid line for the key at `trail`, or for the item of a list."""
        key = trail[-1] if trail else ""
        if not isinstance(key, int):
            text = flow_yaml(self.sample(self.at(trail)))
            return f"{key}: {text}" if key else text
        if "properties" not in self.at(trail):
            return self.example(trail[:-1])
        item = self.sample(self.at(trail[:-1]))[0]
        return f"- {flow_yaml(item)}" if isinstance(item, dict) else flow_yaml(item)

    def sample(self, node: Schema) -> Any:
        """Return a valid value of a node, as YAML's text or whole numbers."""
        node = self.resolve(node)
        if node.get("examples"):
            return node["examples"][0]
        if "properties" in node:
            first = (*node.get("required", ()), *node["properties"])[0]
            return {first: self.sample(node["properties"][first])}
        if node.get("type") == "array":
            return [self.sample(node.get("items", {}))]
        kinds = {"integer": node.get("minimum", 1), "boolean": "yes"}
        return node["enum"][0] if "enum" in node else kinds.get(str(node.get("type")), "text")

    def resolve(self, node: Schema) -> Schema:
        """Return the node with its reference followed; of several kinds, the block or the first."""
        target: Schema = {}
        if "$ref" in node:
            target = self.resolve(self._root["$defs"][node["$ref"].rsplit("/", 1)[1]])
        elif "anyOf" in node:
            kinds = [self.resolve(one) for one in node["anyOf"]]
            target = next((one for one in kinds if "properties" in one), kinds[0])
        own = {key: value for key, value in node.items() if key not in {"$ref", "anyOf"}}
        return {**target, **own}


def _below(node: Schema, step: str | int) -> Schema:
    if isinstance(step, int):
        return dict(node.get("items") or {})
    named = node.get("properties", {})
    others = [*node.get("patternProperties", {}).values(), {}]
    return dict(named[step] if step in named else others[0])


def _lower(sentence: str) -> str:
    """Lower the sentence's first letter, except in abbreviations."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _in_words(node: Schema) -> str:
    if "enum" in node:
        return "one of: " + ", ".join(map(str, node["enum"]))
    if "properties" in node:
        return "a block with the keys " + ", ".join(node["properties"])
    kinds = {
        "integer": "a whole number" + _bounds(node, "minimum", "maximum"),
        "boolean": "yes or no",
        "array": "a list" + _bounds(node, "minItems", "maxItems") + _entries(node),
        "object": "a block of `name: value` lines",
    }
    return kinds.get(str(node.get("type")), "some text")


def _bounds(node: Schema, lowest: str, highest: str) -> str:
    low, high = node.get(lowest), node.get(highest)
    if low is None and high is None:
        return ""
    if high is None:
        return f" of at least {low}" if low else ""
    return f" from {low} to {high}" if lowest == "minimum" else f" of {low} to {high}"


def _entries(node: Schema) -> str:
    most = node.get("maxItems", node.get("minItems"))
    if most is None:
        return ""
    return " entry" if most == 1 else " entries"
