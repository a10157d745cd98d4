"""A section of the matrix: a table whose cells are found by trying each kind."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class Cell(NamedTuple):
    """What was found, in a word or in words; `good` if it is what is expected."""

    text: str
    good: bool = True

    def __str__(self) -> str:
        """Return the cell as the page has it."""
        text = " ".join(self.text.split()).replace("|", "\\|")
        return text if self.good else f"**✗ {text}**"


YES = Cell("✓")


def yes_or(wrong: str) -> Cell:
    """Return the cell of what has nothing `wrong`, or of what is."""
    return Cell(wrong, good=False) if wrong else YES


class Row(NamedTuple):
    """Kind in plain words, and a cell for each column."""

    words: str
    cells: tuple[Cell, ...]

    @property
    def wrong(self) -> int:
        """Return the number of its cells that aren't as expected."""
        return sum(not cell.good for cell in self.cells)

    def __str__(self) -> str:
        """Return the row as the page has it."""
        return f"| {' | '.join([self.words, *map(str, self.cells)])} |"


class Section(NamedTuple):
    """Table of the page: heading, text before it, columns, kinds, and what tries them in order."""

    title: str
    text: str
    columns: Sequence[str]
    kinds: Sequence[str]
    rows: Callable[[Path], Iterator[Row]]
    """Yields a row for each kind; everything it makes goes into an empty folder."""

    @property
    def head(self) -> str:
        """Return heading, text and the table's first two lines."""
        names = f"| {' | '.join(self.columns)} |"
        return f"## {self.title}\n\n{self.text}\n\n{names}\n|{'---|' * len(self.columns)}"
