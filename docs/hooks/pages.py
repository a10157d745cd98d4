"""MkDocs hook: adds the list of changes, and renders diagrams as tables."""

import re
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.hooks.shell import ROOT

_DIAGRAM: Final = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ARROW: Final = re.compile(r"^ *(\S+) --> (\w+)(?:: (.+))?$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the changes, from the file beside the README."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    text = text.replace("](docs/", "](")
    files.append(File.generated(config, "changes.md", content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs gives all of them by name
    """Replace each Mermaid diagram by a table: the site loads no library to draw it."""
    markdown = markdown.replace("](../CHANGELOG.md", "](changes.md")
    return _DIAGRAM.sub(lambda found: _as_table(found[1]), markdown)


def _as_table(diagram: str) -> str:
    rows = [
        f"| {start} | {reason} | {end} |"
        for start, end, reason in _ARROW.findall(diagram)
        if start != "[*]"
    ]
    return "\n".join(["| the room is | and then | it is |", "|---|---|---|", *rows])
