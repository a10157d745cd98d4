"""The page `docs/files.md`, which keeps the matrix."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from matrix import albums, lists, omitted, plays, refused
from matrix.section import Row, Section

PAGE: Final = Path(__file__).parents[2] / "docs/files.md"
SECTIONS: Final = (
    plays.SECTION,
    refused.SECTION,
    omitted.SECTION,
    lists.SECTION,
    albums.SECTION,
)
_HEAD: Final = """# Files and playlists

Every kind of sound file and playlist that kacenv has been tried with, and what came of it: what is
heard is what was checked. `make matrix` makes a file of each kind, tries it in each way, and writes
this page, so every cell has been seen. **✗** marks what isn't as it should be.
"""
_FOOT: Final = """## Not tried here

Monkey's Audio, Musepack and TAK are played, too. FFmpeg can't write them, so no file of theirs is
made here.
"""


def text(found: Callable[[Section], list[Row]]) -> str:
    """Return the page with the rows that are found for each section."""
    tables = ("\n".join([one.head, *map(str, found(one))]) for one in SECTIONS)
    return "\n".join([_HEAD, *(f"{table}\n" for table in tables), _FOOT])


def kinds_in(page: str) -> list[str]:
    """Return the kinds that a page lists, in their order."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    heads = {f"| {' | '.join(one.columns)} |" for one in SECTIONS}
    return [line[2:].partition(" | ")[0] for line in lines if line not in heads]
