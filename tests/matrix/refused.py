"""Files that the room passes over: each judge says so, and why."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from support.judges import JUDGES, bench
from support.sound_kinds import FAILS, SoundKind
from support.telling import write_noise

from matrix.section import Cell, Row, Section

_JUDGES: Final = ("import", "check", "scan", "preflight")
_TEXT: Final = """\
What isn't music, or can't be played, is refused before a session, and the room passes it over if it
is there all the same. The last column has the words of `kacenv check`."""


def _rows(folder: Path) -> Iterator[Row]:
    noise, made = write_noise(folder), folder / "made"
    made.mkdir()
    for kind in FAILS:
        kind.make(noise, made / kind.name)
    house = bench(folder / "house", [made / kind.name for kind in FAILS])
    reasons = {name: JUDGES[name](house) for name in (*_JUDGES, "deck")}
    for kind in FAILS:
        said = {name: against.get(kind.name, "") for name, against in reasons.items()}
        room = Cell("passed over") if said["deck"] else Cell("plays", good=False)
        told = said["check"].removeprefix(f"{kind.name}, which the room can't play: ")
        yield Row(kind.words, (*(_judged(kind, said[name]) for name in _JUDGES), room, Cell(told)))


def _judged(kind: SoundKind, said: str) -> Cell:
    if re.search(kind.reason, said):
        return Cell("refused")
    return Cell(said or "taken", good=False)


SECTION: Final = Section(
    "Files that are refused",
    _TEXT,
    ("file", *_JUDGES, "the room", "what is told"),
    tuple(kind.words for kind in FAILS),
    _rows,
)
