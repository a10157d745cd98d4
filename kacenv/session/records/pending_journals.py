"""Journals of past sessions that wait for their record, beside the room's own journal.

Their names are `ROOM.ID.last`, after a failure `ROOM.ID-1.last`; `ROOM.ID.damaged` if no record
can be made. Links and files of other names are never touched.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from kacenv.core.errors import RecordError

TRIES: Final = 3
"""Number of failures after which a readable journal counts as damaged."""
_NAME: Final = re.compile(
    r"(?P<room>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?P<id>[0-9a-f]{8})(?:-(?P<tries>\d))?)?"
    r"\.(?P<kind>journal|last|damaged|old)"
)


def put_aside(path: Path) -> None:
    """Rename a journal so that the next session doesn't overwrite it; a missing one is ignored.

    Raises:
        OSError: It can't be renamed.
    """
    with suppress(FileNotFoundError):
        path.replace(path.with_name(f"{path.stem}.{secrets.token_hex(4)}.last"))


def waiting(journal: Path) -> list[Path]:
    """Return the journals waiting beside the room's `journal`, the oldest first."""
    found = []
    for path, match in _named(journal.parent):
        if match["room"] == journal.stem and match["id"] and match["kind"] == "last":
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def count_failure(path: Path) -> None:
    """Count a failure in a journal's name; after `TRIES` it is damaged."""
    match = _NAME.fullmatch(path.name)
    tries = 1 + int((match and match["tries"]) or 0)
    if tries >= TRIES:
        set_by(path)
    else:
        path.replace(path.with_name(f"{_stem(path)}-{tries}.last"))


def set_by(path: Path) -> None:
    """Mark a journal as damaged; it is kept until it expires."""
    path.replace(path.with_name(f"{_stem(path)}.damaged"))


def _stem(path: Path) -> str:
    match = _NAME.fullmatch(path.name)
    return f"{match['room']}.{match['id']}" if match and match["id"] else path.stem


def leftovers(folder: Path, own: str | None = None) -> Iterator[tuple[str, Path]]:
    """Yield all rooms' journals in `folder`, by room, except those that room `own` may write to.

    A room that doesn't run may have left an unfinished journal.
    """
    for path, match in _named(folder):
        if match["room"] != own or match["kind"] in {"last", "damaged"}:
            yield match["room"], path


def forget(folder: Path, room: str | None = None) -> int:
    """Remove waiting journals of one room or all, never a current session's; return their number.

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
