"""Adds the list of changes to the site, and draws what it shows without a library of its own."""

import re
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.hooks.shell import ROOT

_DIAGRAM: Final = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ARROW: Final = re.compile(r"^ *(\S+) --> (\w+)(?:: (.+))?$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the changes, which stand beside the README for those who read the source."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    text = text.replace("](docs/", "](")
    files.append(File.generated(config, "changes.md", content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs gives all of them by name
    """A diagram, which GitHub draws, is a table here: nothing is fetched to draw it."""
    markdown = markdown.replace("](../CHANGELOG.md", "](changes.md")
    return _DIAGRAM.sub(lambda found: _as_table(found[1]), markdown)


def _as_table(diagram: str) -> str:
    rows = [
        f"| {start} | {reason} | {end} |"
        for start, end, reason in _ARROW.findall(diagram)
        if start != "[*]"
    ]
    return "\n".join(["| the room is | and then | it is |", "|---|---|---|", *rows])
