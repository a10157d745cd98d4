"""Playlists of other programs: what is found of their entries, and what check says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from support.houses import write_house
from support.judges import ROOM, SCENE
from support.telling import ffmpeg, write_noise
from support.typed import typed

from kacenv.config import House, load_session
from kacenv.core.errors import LoadError
from kacenv.model.playlist import Cut
from matrix.list_kinds import KINDS, ListKind
from matrix.section import Cell, Row, Section

_OTHERS: Final = {"b.flac": 31.0, "click.flac": 0.3}
"""Names of files that are other pieces than the rest, and their lengths (s)."""


class _Checked(NamedTuple):
    """Exit code of `kacenv check`, and what it says of the list."""

    code: int
    told: str


def _rows(folder: Path) -> Iterator[Row]:
    piece, noise = folder / "piece.flac", write_noise(folder)
    ffmpeg("-i", noise, piece)
    for name, span in _OTHERS.items():
        ffmpeg("-t", f"{span}", "-i", noise, folder / name)
    for number, kind in enumerate(KINDS):
        yield _row(kind, _house(kind, folder / f"house-{number}", folder))


def _house(kind: ListKind, root: Path, made: Path) -> Path:
    name = kind.name
    write_house(root, rooms__bench=ROOM, scenes__bench=SCENE.format(name, "20s"))
    for file in kind.files:
        path = root / "playlists" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(made / (path.name if path.name in _OTHERS else "piece.flac"))
    (root / "playlists" / name).write_bytes(kind.content.replace(b"{root}", bytes(root)))
    return root


def _row(kind: ListKind, root: Path) -> Row:
    found, checked = _found(root), _checked(root, kind.name)
    places = [str(Path(cut.path).relative_to(root / "playlists")) for cut in found]
    titles = _titles(root) if kind.titles else []
    good = places == [*kind.found] and titles == [*kind.titles]
    entries = ", ".join(f"`{place}`" for place in places) or "none"
    if titles:
        entries += f", called {', '.join(f'“`{title}`”' for title in titles)}"
    told = checked.told.replace(f"{root}/", "")
    return Row(
        kind.words,
        (
            Cell(entries, good),
            Cell("✓" if not checked.code else "refused", checked.code == (not kind.found)),
            Cell(told or "nothing", bool(re.search(kind.told or "^$", told))),
        ),
    )


def _found(root: Path) -> tuple[Cut, ...]:
    try:
        plan = load_session(House(root), "bench", "bench")
    except LoadError:
        return ()
    return plan.phases[0].queue.cuts


def _titles(root: Path) -> list[str]:
    """Return the titles that a rehearsal shows."""
    said = typed("rehearse", "bench", "--room", "bench", env={"KACENV_HOUSE": str(root)})
    return re.findall(r"music +“(.*?)”", said.stdout)


def _checked(root: Path, name: str) -> _Checked:
    said = typed("check", "--json", env={"KACENV_HOUSE": str(root)})
    found = json.loads(said.stdout)
    problems = [one["found"] for one in found["problems"]]
    warnings = [one["text"] for one in found["warnings"] if Path(one["file"]).name == name]
    return _Checked(said.returncode, "; ".join((problems or warnings)[:1]))


SECTION: Final = Section(
    "Playlists from elsewhere",
    """Which files in the folder `playlists` a list leads to, with the titles that a rehearsal shows
where they are what is tried, and what `kacenv check` says of it.""",
    ("list", "entries found", "check", "what is told"),
    tuple(kind.words for kind in KINDS),
    _rows,
)
