"""A line of the table: what was tried, and what was seen."""

from typing import NamedTuple


class Row(NamedTuple):
    """One thing that was tried."""

    good: bool
    title: str
    seen: str

    def __str__(self) -> str:
        """Return the line."""
        return f"{'ok  ' if self.good else 'FAIL'} {self.title:32} {self.seen}"
