"""Journals of sessions that are over, and wait for their record beside the room's own journal.

They are called `ROOM.ID.last`, after a failure `ROOM.ID-1.last`; one of which no record can be
made is `ROOM.ID.damaged`. Links and files of other names are never touched.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from kacenv.errors import RecordError

TRIES: Final = 3
"""A journal that can be read, but of which no record can be made, is damaged after so many."""
_NAME: Final = re.compile(
    r"(?P<room>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?P<id>[0-9a-f]{8})(?:-(?P<tries>\d))?)?"
    r"\.(?P<kind>journal|last|damaged|old)"
)


def put_aside(path: Path) -> None:
    """Give a journal a name of its own, which the next session leaves alone; none is no fault.

    Raises:
        OSError: It can't be.
    """
    with suppress(FileNotFoundError):
        path.replace(path.with_name(f"{path.stem}.{secrets.token_hex(4)}.last"))


def waiting(journal: Path) -> list[Path]:
    """Those that wait beside the room's `journal`, the one that ended first before the others."""
    found = []
    for path, match in _named(journal.parent):
        if match["room"] == journal.stem and match["id"] and match["kind"] == "last":
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def count_failure(path: Path) -> None:
    """One more time that no record could be made of a journal; after some it is damaged."""
    match = _NAME.fullmatch(path.name)
    tries = 1 + int((match and match["tries"]) or 0)
    if tries >= TRIES:
        set_by(path)
    else:
        path.replace(path.with_name(f"{_stem(path)}-{tries}.last"))


def set_by(path: Path) -> None:
    """A journal is damaged: it waits for nothing but its end."""
    path.replace(path.with_name(f"{_stem(path)}.damaged"))


def _stem(path: Path) -> str:
    match = _NAME.fullmatch(path.name)
    return f"{match['room']}.{match['id']}" if match and match["id"] else path.stem


def leftovers(folder: Path, own: str | None = None) -> Iterator[tuple[str, Path]]:
    """What sessions of all rooms have left in `folder`, by room; nothing that `own` may write to.

    A room that doesn't run may have left a journal that was never carried on.
    """
    for path, match in _named(folder):
        if match["room"] != own or match["kind"] in {"last", "damaged"}:
            yield match["room"], path


def forget(folder: Path, room: str | None = None) -> int:
    """Remove what waits, of one room or of all; a session that is on isn't touched; how many.

    Raises:
        RecordError: One can't be removed.
    """
    count = 0
    for path, match in list(_named(folder)):
        if room in {None, match["room"]} and match["kind"] in {"last", "damaged"}:
            _unlink(path)
            count += 1
    return count


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise RecordError(
            f"{path.name} can't be removed: {str(error.strerror).lower()}. "
            "Ask as the user that runs the room, e.g.: sudo kacenv record remove --all"
        ) from error


def _named(folder: Path) -> Iterator[tuple[Path, re.Match[str]]]:
    for path in folder.glob("*"):
        match = _NAME.fullmatch(path.name)
        if match is not None and path.is_file() and not path.is_symlink():
            yield path, match
