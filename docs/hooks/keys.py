"""MkDocs hook: generates the reference of every key from the files' JSON Schemas."""

from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from docs.keys_table import Key, keys_of
from docs.markdown import table
from kacenv.config.schema.json_schema import SchemaKind

_HEAD: Final = """\
# Every key of a {kind}

Made from the [JSON Schema](../schema/{kind}.json) by which editors complete and check.
[{title} files](../{kind}.md) shows them in their places, and says how they belong together.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each kind of file."""
    for kind in SchemaKind:
        files.append(File.generated(config, f"reference/{kind}-keys.md", content=page(kind)))
    return files


def page(kind: SchemaKind) -> str:
    """Return the reference of one kind of file, as Markdown."""
    head = _HEAD.format(kind=kind, title=kind.capitalize())
    return "\n".join([head, *map(_section, keys_of(kind))])


def _section(key: Key) -> str:
    row = (key.value, key.default, key.example)
    facts = table(("what stands there", "without it", "for example"), [row])
    return f"## `{key.name}`\n\n{key.what}\n\n{facts}\n"
