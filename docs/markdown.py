"""Tables and phrases of the pages that are made from the code."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def phrase(sentence: str) -> str:
    """Return a sentence as a phrase of a table; abbreviations keep their capitals."""
    words = sentence.rstrip(".")
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
