"""What docs/room.md, scene.md and playlist.md show of the keys of a file, made from its schema."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from docs.markdown import phrase, table
from kacenv.config.schema.json_schema import SchemaKind, schema_of
from kacenv.core.flow_yaml import flow_yaml
from kacenv.core.units import DAYS, DURATION, UNITS
from kacenv.model.fields import LINE, SLUG

_HEAD: Final = ("key", "what", "value", "for example", "without it")
_WORDS: Final = {
    "integer": "whole number",
    "number": "number",
    "boolean": "yes, no",
    "array": "list",
    "object": "block",
    "string": "text",
}
_NOTATIONS: Final = {
    **{unit.example: unit.symbol.strip() for unit in UNITS},
    DURATION.example: "time",
    DAYS.example: "days",
    LINE.example: "one line",
    SLUG.example: "name",
}
"""What stands there, by a notation's example."""
Schema = dict[str, Any]


class Key(NamedTuple):
    """A key of a file: its name with those above it, its description, value, default, example."""

    name: str
    what: str
    value: str
    default: str
    example: str


def parts(kind: SchemaKind) -> Mapping[str, str]:
    """Return a page's made parts by their names."""
    return {"keys": table(_HEAD, map(_row, keys_of(kind)))}


def _row(key: Key) -> Sequence[str]:
    return f"`{key.name}`", phrase(key.what), key.value, key.example, key.default


def keys_of(kind: SchemaKind) -> Iterator[Key]:
    """Yield the keys of a kind of file, depth first; names that people choose are none."""
    root = schema_of(kind)
    yield from _keys(root, root, "")


def _keys(root: Schema, block: Schema, above: str) -> Iterator[Key]:
    for name, node in block.get("properties", {}).items():
        if "description" not in node:
            continue
        required = name in block.get("required", ())
        default = "required" if required else _default(root, node)
        example = f"`{name}: {flow_yaml(node['examples'][0])}`"
        yield Key(f"{above}{name}", node["description"], _value(root, node), default, example)
        for inner in _inside(root, node):
            yield from _keys(root, inner, f"{above}{name}.")


def _inside(root: Schema, node: Schema) -> Iterator[Schema]:
    """Yield the blocks allowed at a node, through lists, names and alternatives."""
    if "$ref" in node:
        yield from _inside(root, _target(root, node))
        return
    if node.get("properties"):
        yield node
    for below in (node.get("items"), node.get("additionalProperties")):
        if isinstance(below, dict):
            yield from _inside(root, below)
    for one in node.get("anyOf", ()):
        yield from _inside(root, one)


def _target(root: Schema, node: Schema) -> Schema:
    return dict(root["$defs"][node["$ref"].rsplit("/", 1)[1]])


def _default(root: Schema, node: Schema) -> str:
    """Return the default; a block that is always there has those of its keys."""
    if node.get("default", []) != []:
        return f"`{flow_yaml(node['default'])}`"
    block = _target(root, node) if "$ref" in node else node
    inner = block.get("properties", {}).values()
    return "as below" if any("description" in one for one in inner) else "none"


def _value(root: Schema, node: Schema) -> str:
    kinds = list(dict.fromkeys(_kinds(root, node)))
    value = next((one for one in ("yes, no", "yes") if one in kinds), " or ".join(kinds))
    return ", ".join([value, *_narrowed(node)])


def _narrowed(node: Schema) -> Iterator[str]:
    """Yield the bounds that a field has beside those of its unit."""
    for rule in node.get("allOf", ()):
        if "patternErrorMessage" in rule:
            words = rule["patternErrorMessage"].partition(", for example")[0]
            yield words.removeprefix("Expected ")


def _kinds(root: Schema, node: Schema) -> Iterator[str]:
    """Yield the kinds of a value in words."""
    if "$ref" in node:
        yield from _kinds(root, _target(root, node))
    elif "anyOf" in node:
        for one in node["anyOf"]:
            yield from _kinds(root, one)
    elif "enum" in node:
        yield ", ".join(str(one) for one in node["enum"])
    elif node.get("const") is True:
        yield "yes"
    elif "const" not in node:
        yield from _simple(root, node)


def _simple(root: Schema, node: Schema) -> Iterator[str]:
    sample = node.get("patternErrorMessage", "").rsplit(": ", 1)[-1]
    kind = node.get("type")
    if sample in _NOTATIONS:
        yield _NOTATIONS[sample]
    elif kind == "array":
        yield "list" + _listed(root, node)
    elif isinstance(kind, list):
        yield "text"
    elif kind in _WORDS:
        yield _WORDS[str(kind)] + _bounds(node)


def _listed(root: Schema, node: Schema) -> str:
    """Return what a list holds, where that is some words."""
    items = node.get("items", {})
    words = (_target(root, items) if "$ref" in items else items).get("enum")
    return f" of {', '.join(words)}" if words else ""


def _bounds(node: Schema) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return "" if low is None else f" of at least {low}"
