"""What the documentation tells people to type."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
_BLOCK: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_COMMENT: Final = re.compile(r"\s+# .*$")


class Block(NamedTuple):
    """A fenced block of a page; `line` counts from 1 and is that of its first line."""

    page: str
    line: int
    language: str
    text: str


class Typed(NamedTuple):
    """One command of a page, as it is printed there."""

    page: str
    line: int
    text: str

    @property
    def bare(self) -> str:
        """The command alone, without what the page says beside it."""
        return _COMMENT.sub("", self.text).strip()


def pages() -> list[Path]:
    """All that people read, in one order."""
    apart = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "playlists" / "README.md"]
    return [*apart, *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    text, name = page.read_text(encoding="utf-8"), str(page.relative_to(ROOT))
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start(3)) + 1
        indent = len(found[1])
        inside = "\n".join(row[indent:] for row in found[3].splitlines())
        yield Block(name, line, found[2], inside + "\n")


def commands(page: Path) -> Iterator[Typed]:
    """What a page's shell blocks say to type, in order; lines that go on are one."""
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
