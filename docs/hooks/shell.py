"""Parser of the shell commands in the documentation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
_BLOCK: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_COMMENT: Final = re.compile(r"\s+# .*$")


class Block(NamedTuple):
    """Fenced block of a page; `line` is that of its first line, from 1."""

    page: str
    line: int
    language: str
    text: str


class Typed(NamedTuple):
    """Command of a page, as printed."""

    page: str
    line: int
    text: str

    @property
    def bare(self) -> str:
        """Command without its comment."""
        return _COMMENT.sub("", self.text).strip()


def pages() -> list[Path]:
    """Return all pages for people, in a fixed order."""
    names = ("README", "CHANGELOG", "CONTRIBUTING", "playlists/README", "tests/README")
    return [*(ROOT / f"{name}.md" for name in names), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    text, name = page.read_text(encoding="utf-8"), str(page.relative_to(ROOT))
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start(3)) + 1
        indent = len(found[1])
        inside = "\n".join(row[indent:] for row in found[3].splitlines())
        yield Block(name, line, found[2], inside + "\n")


def commands(page: Path) -> Iterator[Typed]:
    """Yield the commands of a page's shell blocks in order, with continued lines joined."""
    for block in blocks(page):
        if block.language != "sh":
            continue
        begun, start = "", 0
        for number, line in enumerate(block.text.splitlines(), block.line):
            start = start if begun else number
            begun += line.removesuffix("\\").strip() + " "
            if not line.endswith("\\"):
                if begun.strip():
                    yield Typed(block.page, start, begun.strip())
                begun = ""
