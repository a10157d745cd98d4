"""Files that an import leaves out, with their reasons, one by one and in a table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from kacenv.core.explained_enum import ExplainedEnum
from kacenv.core.units import Seconds, format_seconds

SHORTEST: Final = Seconds(30.0)
"""Shortest track: below, it is a sound effect, too short for crossfades."""
_NAMED: Final = 3
"""Most files that a row names."""


class Omission(ExplainedEnum):
    """Kind of a reason, and its words."""

    STARTLING = "startling", "may startle; keep with --startling keep"
    DAMAGED = "damaged", "can't be played to the end; copy again what is damaged"
    SILENT = "silent", "nothing can be heard"
    SHORT = "short", f"shorter than {format_seconds(SHORTEST)}"
    REFUSED = "refused", "can't be played from a playlist"
    FORMAT = "format", "in a format that isn't played; convert to FLAC"
    LOCKED = "locked", "locked to a shop's own player; buy it as a file that isn't"
    EMPTY = "empty", "empty; copy again"
    PAGE = "page", "a web page instead of music; download again"
    JUNK = "junk", "called music, but nothing that is known as music"
    CLOUD = "cloud", "only in a cloud (a placeholder); download first"
    UNFINISHED = "unfinished", "a download that isn't finished"
    LINK = "link", "links, which aren't followed; copy the music itself"
    NAME = "name", "names that no playlist can hold; rename"
    UNREADABLE = "unreadable", "can't be read"
    TRASH = "trash", "in the trash"
    HIDDEN = "hidden", "hidden, or of a system's own"
    LIST = "list", "playlists; kacenv plays one from the folder playlists"
    OTHER = "other", "not music"


_COUNTED: Final = frozenset(
    {
        *(Omission.FORMAT, Omission.LOCKED, Omission.TRASH, Omission.HIDDEN),
        *(Omission.OTHER, Omission.CLOUD),
    }
)
"""Kinds whose details are few, and tell more than names."""


class LeftOut(NamedTuple):
    """File that an import leaves out; `detail` says more than the kind of the reason."""

    path: Path
    kind: Omission
    detail: str = ""

    @property
    def reason(self) -> str:
        """The whole reason in words."""
        return f"{self.kind.meaning} ({self.detail})" if self.detail else self.kind.meaning


def table(left_out: Sequence[LeftOut], folder: Path) -> Iterator[str]:
    """Yield a row for each kind of reason: how many files, why, and which."""
    width = len(str(len(left_out)))
    for kind in Omission:
        files = [one for one in left_out if one.kind is kind]
        if files:
            yield f"{len(files):>{width}}  {kind.meaning}: {_which(files, folder)}"


def _which(files: Sequence[LeftOut], folder: Path) -> str:
    if files[0].kind in _COUNTED:
        counts = Counter(one.detail for one in files).most_common()
        return _few([name if count == 1 else f"{name} ({count})" for name, count in counts])
    names = [_name(one.path, folder) for one in files]
    details = {one.detail for one in files}
    if len(details) > 1:
        return _few([_with(name, one.detail) for name, one in zip(names, files, strict=True)])
    return _with(_few(names), details.pop())


def _with(name: str, detail: str) -> str:
    return f"{name} ({detail})" if detail else name


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _name(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)
