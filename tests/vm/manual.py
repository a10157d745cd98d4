"""The commands of docs/install.md, by the headings they stand below."""

import re
from dataclasses import dataclass
from pathlib import Path

MANUAL = Path(__file__).parents[2] / "docs" / "install.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$|^(##+ [^\n]+)$", re.MULTILINE | re.DOTALL)
BY_HAND = {
    r"editor .*": "a person edits",
    r"journalctl .*-f.*": "goes on until it is ended",
}
"""What the machine doesn't type, and why."""
ANSWERS = {
    r"kacenv init": "\n" * 20,
    r"kacenv audio test .*": "\n" * 20,
    r"install .* /dev/stdin .*": "a password\n",
    r"kacenv preflight .*": "\n" * 20,
}
"""What is typed where a command asks."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of commands below a heading, and what is typed while they ask."""

    heading: str
    script: str
    answers: str = ""


def blocks() -> list[Block]:
    """Return all blocks in the page's order, without what is done by hand."""
    found, heading = [], ""
    for match in _BLOCK.finditer(MANUAL.read_text()):
        if match[2]:
            heading = match[2].lstrip("# ")
            continue
        lines = [line for line in match[1].splitlines() if not _by_hand(line)]
        found.append(Block(heading, "\n".join(lines), _answers(lines)))
    return found


def below(*headings: str) -> list[Block]:
    """Return the blocks below these headings, in the page's order.

    Raises:
        LookupError: The page has no such heading, or no commands below it.
    """
    found = [block for block in blocks() if block.heading in headings]
    missing = set(headings) - {block.heading for block in found}
    if missing:
        raise LookupError(f"docs/install.md has no commands below {', '.join(sorted(missing))}")
    return found


def _by_hand(line: str) -> bool:
    return any(re.fullmatch(pattern, _bare(line)) for pattern in BY_HAND)


def _answers(lines: list[str]) -> str:
    return "".join(
        text
        for line in lines
        for pattern, text in ANSWERS.items()
        if re.fullmatch(pattern, _bare(line))
    )


def _bare(line: str) -> str:
    return re.sub(r"\s+#.*", "", line)
