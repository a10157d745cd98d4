"""Changes of a session's files while it is on, in words for staff.

The session uses its compiled timeline; of its files only the music is opened again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from kacenv.core.errors import FileProblem

LONGEST = 160
"""Most characters of a problem in a message; `kacenv check` shows all of it."""
_SINGLY = 3
"""Number of changed music files above which one message names them all, as for a lost disk."""
_KEPT = "this session goes on as it began"


class WatchedFileKind(StrEnum):
    """Kind of a file."""

    ROOM = "room"
    SCENE = "scene"
    PLAYLIST = "playlist"
    MUSIC = "music"


class ChangeKind(StrEnum):
    """Kind of a change."""

    CHANGED = "changed"
    GONE = "gone"
    BACK = "back"


class FileVersion(NamedTuple):
    """Identity of a file's version: size in bytes, mtime in nanoseconds, inode."""

    size: int
    modified: int
    inode: int


Snapshot = Mapping[Path, FileVersion | None]
"""Identity of each file; None if it is missing."""
_SOME = FileVersion(-1, -1, -1)


class Change(NamedTuple):
    """Change of one file."""

    path: Path
    fate: ChangeKind


def file_version(path: Path) -> FileVersion | None:
    """Return the identity of the file at `path`, or None if it is missing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return FileVersion(found.st_size, found.st_mtime_ns, found.st_ino)


class Comparison:
    """Compares successive snapshots with the known state, beginning with `first`.

    A change counts once two snapshots agree on it: by then an editor or a copy has finished. A file
    missing at first counts as gone.
    """

    def __init__(self, first: Snapshot) -> None:
        self._known: dict[Path, FileVersion | None] = {
            p: mark or _SOME for p, mark in first.items()
        }
        self._last = dict(first)

    def with_next(self, now: Snapshot) -> list[Change]:
        """Return the settled changes, each once."""
        settled = [path for path, mark in now.items() if mark == self._last[path]]
        moved = [path for path in settled if now[path] != self._known[path]]
        changes = [Change(path, _fate(self._known[path], now[path])) for path in moved]
        self._known.update((path, now[path]) for path in moved)
        self._last = dict(now)
        return changes


def _fate(before: FileVersion | None, now: FileVersion | None) -> ChangeKind:
    if now is None:
        return ChangeKind.GONE
    return ChangeKind.BACK if before is None else ChangeKind.CHANGED


Trouble = Callable[[Path], FileProblem | None]
"""Returns the first problem that keeps a file from being loaded."""


class ChangeMessages(NamedTuple):
    """Messages about the files of `kinds`, named relative to `house`."""

    house: Path
    kinds: Mapping[Path, WatchedFileKind]
    trouble: Trouble

    def told(self, changes: Iterable[Change]) -> Iterator[str]:
        """Yield a message for each change; for many music files at once, one for all."""
        music: dict[ChangeKind, list[Path]] = {}
        for path, fate in changes:
            if self.kinds[path] is WatchedFileKind.MUSIC:
                music.setdefault(fate, []).append(path)
            else:
                yield self._text(path, fate)
        for fate, paths in music.items():
            yield from self._music(paths, fate)

    def _text(self, path: Path, fate: ChangeKind) -> str:
        """Return the message about a file that is read when a session begins."""
        name = self._name(path)
        if fate is ChangeKind.GONE:
            return f"{name} is gone; {_KEPT}, but the next one needs it."
        what = "is back" if fate is ChangeKind.BACK else "was changed"
        problem = self.trouble(path)
        if problem is not None:
            wrong = _in_short(problem, path, self._name(Path(problem.file).absolute()))
            return f"{name} {what}, but can't be used as it is now ({wrong}); {_KEPT}."
        if self.kinds[path] is WatchedFileKind.ROOM:
            return f"{name} {what}; {_KEPT}. What it says now counts when kacenv is next started."
        return f"{name} {what}; {_KEPT}, the next one will be as it says now."

    def _music(self, paths: list[Path], fate: ChangeKind) -> Iterator[str]:
        if len(paths) > _SINGLY:
            names = f"{len(paths)} music files, {self._name(paths[0])} among them,"
            yield _OF_MUSIC[fate][1].format(names)
        else:
            yield from (_OF_MUSIC[fate][0].format(self._name(path)) for path in paths)

    def _name(self, path: Path) -> str:
        home = self.house.absolute()
        return str(path.relative_to(home) if path.is_relative_to(home) else path)


_OF_MUSIC: Mapping[ChangeKind, tuple[str, str]] = {
    ChangeKind.GONE: (
        "{} is gone; it will be passed over unless it comes back before its turn.",
        "{} are gone; they will be passed over unless they come back before their turn.",
    ),
    ChangeKind.BACK: ("{} is back.", "{} are back."),
    ChangeKind.CHANGED: (
        "{} was changed; it will be played as it is at its turn, or passed over if it can't be.",
        "{} were changed; they will be played as they are, or passed over if they can't be.",
    ),
}


def _in_short(problem: FileProblem, path: Path, name: str) -> str:
    """Return the problem in a line; `name` is the file it is in, if another one."""
    place = "" if Path(problem.file).absolute() == path.absolute() else f"{name}, "
    text = f"{place}line {problem.line}: {problem.found}; expected {problem.expected}"
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
