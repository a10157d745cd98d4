"""Survey of a folder for an import: its music, and every other file with the reason."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from kacenv.analysis.file_type import kind_of
from kacenv.analysis.foreign_types import foreign_type, is_called_music, locked_by
from kacenv.analysis.refusals import what_it_is
from kacenv.config.house import is_list
from kacenv.config.playlists.formats import UNREADABLE
from kacenv.config.transfer.left_out import LeftOut, Omission
from kacenv.core.errors import DeviceError
from kacenv.core.plain_text import cleaned

_HEAD: Final = 512
"""First bytes of a file that are looked at."""
_TRASH: Final = frozenset(
    {
        *("$recycle.bin", "recycler", "recycled", "recycle bin", "#recycle", "@recycle"),
        *(".trash", ".trashes", ".recycle", ".recycle.bin", ".deleted", "network trash folder"),
        *("trashbox", "@sharebin", "files_trashbin", "network recycle bin"),
    }
)
"""Folders of deleted files, of systems, network disks and clouds."""
_SYSTEM: Final = frozenset(
    {
        *("__macosx", "system volume information", "lost+found", "temporary items"),
        *("thevolumesettingsfolder", "@eadir", "@tmp", "@recently-snapshot", "#snapshot"),
        *("~snapshot", "found.000", "config.msi", "$extend", "windowsimagebackup"),
    }
)
"""Folders that systems and network disks keep for themselves."""
_FILES: Final = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", ":zone.identifier")
"""Ends of the names of files that systems keep for themselves."""
_UNFINISHED: Final = (
    *(".part", ".partial", ".crdownload", ".download", ".opdownload", ".!ut", ".!qb", ".tmp"),
    *(".filepart", ".aria2", ".incomplete", ".bc!", ".fdmdownload", ".td", ".xltd", ".dlpart"),
)
_NOT_MUSIC: Final = (".webp", ".avi", ".heic", ".heif", ".avif", ".mov", ".3gp", ".ani", ".cr3")
"""Suffixes of files that begin like some kind of music."""
_PAGE: Final = (b"<!doctype html", b"<html")


class FolderSurvey(NamedTuple):
    """Music of a folder in order, and the files that aren't."""

    music: list[Path]
    left_out: list[LeftOut]


def survey(folder: Path) -> FolderSurvey:
    """Look through `folder` and below; every file is in one of the lists, each once."""
    found = FolderSurvey([], [])
    for path, around in sorted(_files(folder, found.left_out)):
        left = around or _left_out(path)
        if left is None:
            found.music.append(path)
        else:
            found.left_out.append(left)
    found.left_out.sort()
    return found


def omitted_folder(name: str) -> Omission | None:
    """Return why nothing is imported from a folder called `name`; None for an ordinary one."""
    lower = name.casefold()
    if lower in _TRASH or lower.startswith((".trash-", "$recycle", "network recycle bin ")):
        return Omission.TRASH
    if lower.endswith(_UNFINISHED):
        return Omission.UNFINISHED
    return Omission.HIDDEN if lower in _SYSTEM or lower.startswith(".") else None


def _files(folder: Path, unread: list[LeftOut]) -> Iterator[tuple[Path, LeftOut | None]]:
    """Yield files and links, each with the reason of the folder that it lies in, if there is one.

    Folders that can't be read go to `unread`.
    """

    def tell(error: OSError) -> None:
        unread.append(LeftOut(Path(str(error.filename)), Omission.UNREADABLE, error.strerror or ""))

    omitted: dict[str, tuple[Omission, str]] = {}
    for place, folders, names in os.walk(folder, onerror=tell):
        parent, name = os.path.split(place)
        why = omitted.get(parent) or _omitted(name, folders)
        if why and place != str(folder):
            omitted[place] = why
        links = [one for one in folders if os.path.islink(f"{place}/{one}")]  # noqa: PTH114 - many files
        for one in (*names, *links):
            path = Path(place, one)
            yield path, LeftOut(path, *omitted[place]) if place in omitted else None


def _omitted(name: str, inside: list[str]) -> tuple[Omission, str] | None:
    """Return why the folder `name`, with the folders `inside`, is left out, and its name."""
    # FreeDesktop's trash keeps the files, and beside them where they came from.
    if name.casefold() == "trash" and {"files", "info"} <= {*inside}:
        return Omission.TRASH, name
    kind = omitted_folder(name)
    return (kind, name) if kind else None


def _left_out(path: Path) -> LeftOut | None:
    """Return the reason for which a file is left out; None for music."""
    by_name = _by_name(path)
    if by_name:
        return by_name
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        return LeftOut(path, Omission.UNREADABLE, error.strerror or "")
    suffix = path.suffix.lower()
    if suffix in _NOT_MUSIC:
        return LeftOut(path, Omission.OTHER, suffix)
    locked = locked_by(head, suffix)
    if locked:
        return LeftOut(path, Omission.LOCKED, locked)
    try:
        kind_of(str(path.resolve()))
    except DeviceError as error:
        return _by_content(path, head, str(error))
    return None


def _by_name(path: Path) -> LeftOut | None:
    if path.is_symlink():
        return LeftOut(path, Omission.LINK)
    if not path.is_file():
        return LeftOut(path, Omission.OTHER, "no file")
    lower = path.name.casefold()
    if lower.endswith(".icloud"):
        return LeftOut(path, Omission.CLOUD, "iCloud")
    if lower.startswith(".") or lower.endswith(_FILES):
        detail = "._ of a Mac" if lower.startswith("._") else path.name
        return LeftOut(path, Omission.HIDDEN, detail)
    if lower.endswith(_UNFINISHED):
        return LeftOut(path, Omission.UNFINISHED)
    return None if cleaned(str(path)) == str(path) else LeftOut(path, Omission.NAME)


def _by_content(path: Path, head: bytes, reason: str) -> LeftOut:
    """Return the reason for a file that doesn't begin like music; `reason` is the detector's."""
    suffix = path.suffix.lower()
    foreign, called = foreign_type(head, suffix), is_called_music(suffix)
    if not head and (called or foreign):
        return LeftOut(path, Omission.EMPTY)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGE) and (called or foreign):
        return LeftOut(path, Omission.PAGE)
    if foreign:
        return LeftOut(path, Omission.FORMAT, foreign)
    if called:
        return LeftOut(path, Omission.JUNK, (what_it_is(path) or reason).partition(";")[0])
    if is_list(path) or suffix in UNREADABLE:
        return LeftOut(path, Omission.LIST)
    return LeftOut(path, Omission.OTHER, suffix or "without an ending")
