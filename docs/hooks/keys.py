"""MkDocs hook: generates the reference of every key from the files' JSON Schemas."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from docs.hooks.shell import ROOT
from kacenv.config.schema.json_schema import SchemaKind, schema_of
from kacenv.core.flow_yaml import flow_yaml

_WORDS: Final = {
    "integer": "whole number",
    "number": "number",
    "boolean": "yes, no",
    "array": "list",
    "object": "block",
    "string": "text",
}
_UNITS: Final = {"1h10m": "time", "-6 dB": "dB", "35%": "%", "2200 K": "K"}
_HEAD: Final = """\
# Every key of a {kind}

Made from the [JSON Schema](../schema/{kind}.json) by which editors complete and check, and
from the table of the page for people.
[{title} files](../{kind}.md) shows them in their places, and says how they belong together.
"""
_SAID: Final = re.compile(r"^\| `([\w.]+)` \| (.*) \|(.*)\| (.*) \|$", re.MULTILINE)
_NAMES: Final = re.compile(r"[a-z0-9-]+(?:, [a-z0-9-]+)*: ")
_LINK: Final = re.compile(r"\]\((?:(\w+\.md))?(#[\w-]+)?\)")
Schema = dict[str, Any]


class Said(NamedTuple):
    """Description of a key on the page for people."""

    what: str
    unit: str
    default: str


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each kind of file."""
    for kind in SchemaKind:
        files.append(File.generated(config, f"reference/{kind}-keys.md", content=page(kind)))
    return files


def page(kind: SchemaKind) -> str:
    """Return the reference of one kind of file, as Markdown."""
    root = schema_of(kind)
    parts = [_HEAD.format(kind=kind, title=kind.capitalize())]
    told = _told(kind)
    for name, node, required in keys(root, root, ""):
        said = told[name]
        parts.append(f"## `{name}`\n\n{_sentence(said.what)}\n")
        parts.append(_row(root, name, node, said, required=required))
    return "\n".join(parts)


def keys(root: Schema, node: Schema, above: str) -> Iterator[tuple[str, Schema, bool]]:
    """Yield each key (dotted, depth first), its schema, and whether it is required.

    Names that people choose, and zones, aren't keys.
    """
    for key, one in node.get("properties", {}).items():
        if "description" not in one:
            continue
        name = f"{above}{key}"
        yield name, one, key in node.get("required", ())
        for inner in _inside(root, one):
            yield from keys(root, inner, f"{name}.")


def _told(kind: SchemaKind) -> dict[str, Said]:
    """Return the page's table by key, with links adapted; a test checks it against the models."""
    text = (ROOT / "docs" / f"{kind}.md").read_text(encoding="utf-8")
    text = _LINK.sub(lambda found: f"](../{found[1] or f'{kind}.md'}{found[2] or ''})", text)
    return {
        name: Said(what, unit.strip(), default) for name, what, unit, default in _SAID.findall(text)
    }


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


def _row(root: Schema, name: str, node: Schema, said: Said, *, required: bool) -> str:
    """Return a table of one row: the value, the default, and an example."""
    kinds = _in_words(root, node)
    default = f"`{flow_yaml(node['default'])}`" if node.get("default") else said.default
    without = "required" if required else default
    example = flow_yaml(node["examples"][0]) if node.get("examples") else ""
    example = f"`{name.rsplit('.', 1)[-1]}: {example}`" if example else ""
    unit = f" ({said.unit})" if said.unit and said.unit not in kinds and kinds != "dB" else ""
    cells = (f"{kinds}{unit}", without, example)
    head = "| what stands there | without it | for example |\n|---|---|---|\n"
    return head + "| " + " | ".join(_cell(one) for one in cells) + " |\n"


def _sentence(what: str) -> str:
    """Capitalize a sentence, unless it begins with names of dialects."""
    return f"{what if _NAMES.match(what) else what[:1].upper() + what[1:]}."


def _in_words(root: Schema, node: Schema) -> str:
    kinds = list(dict.fromkeys(_kinds(root, node)))
    return "yes, no" if "yes, no" in kinds else " or ".join(kinds)


def _kinds(root: Schema, node: Schema) -> Iterator[str]:
    """Yield the kinds of a value in words."""
    if "$ref" in node:
        yield from _kinds(root, _target(root, node))
    elif "anyOf" in node:
        for one in node["anyOf"]:
            yield from _kinds(root, one)
    elif "enum" in node:
        yield ", ".join(str(one) for one in node["enum"])
    elif "const" not in node:
        yield from _simple(node)


def _simple(node: Schema) -> Iterator[str]:
    sample = node.get("patternErrorMessage", "").rsplit(": ", 1)[-1]
    kind = node.get("type")
    if sample in _UNITS:
        yield _UNITS[sample]
    elif isinstance(kind, list):
        yield "text"
    elif kind in _WORDS:
        yield _WORDS[str(kind)] + _bounds(node)


def _bounds(node: Schema) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return "" if low is None else f" of at least {low}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
