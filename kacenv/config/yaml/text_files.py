"""Small text files: reading within bounds, and display of paths."""

import difflib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kacenv.core.errors import FileProblem, LoadError
from kacenv.system.paths import is_packed

MAX_BYTES = 1_000_000


def shown(path: Path) -> str:
    """Return the path for display: relative to the current folder if inside."""
    here = Path.cwd()
    full = here / path
    inside = full.is_relative_to(here) and not is_packed(full)
    return str(full.relative_to(here)) if inside else str(full)


def refuse(path: Path, found: str, expected: str, example: str = "") -> LoadError:
    """Return the error of a file or folder that can't be used as a whole."""
    spot = (0, 0) if is_folder(path) else (1, 1)
    return LoadError((FileProblem(shown(path), *spot, "", found, expected, example),))


def is_folder(path: Path) -> bool:
    """Return True if there is a folder; False for an invalid name, too."""
    return os.path.isdir(path)  # noqa: PTH112 - pathlib raises for such a name


def is_file(path: Path) -> bool:
    """Return True if there is a file; False for an invalid name, too."""
    return os.path.isfile(path)  # noqa: PTH113 - ditto


def near(name: str, names: Iterable[str]) -> str:
    """Return the closest match of `name`, or an empty string."""
    by_lower = {known.lower(): known for known in names}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[matches[0]] if matches else ""


def any_of(names: Iterable[str]) -> str:
    """Return names joined for a sentence; at most 12."""
    listed = list(names)
    more = f" and {len(listed) - 12} more" if len(listed) > 12 else ""
    return (", ".join(listed[:12]) + more) or "none yet"


def siblings(path: Path) -> list[str]:
    """Return the names in the folder of `path`; empty without such a folder."""
    try:
        return sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return []


def read_text(path: Path) -> str:
    """Read the text file at `path`.

    Raises:
        LoadError: It isn't there, isn't a file, or isn't a short file of UTF-8 text.
    """
    raw = read_bytes(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"something on line {line} that isn't UTF-8 text"
        expected = "a plain text file; in the editor, choose “Save as” with encoding UTF-8"
        raise refuse(path, found, expected) from error


def read_bytes(path: Path) -> bytes:
    """Read the short file at `path`.

    Raises:
        LoadError: It isn't there, isn't a file, or has more than 1 MB.
    """
    require_file(path)
    with _readable(path), path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise refuse(path, "a file of more than 1 MB", "a short text file")
    return raw


def require_file(path: Path) -> None:
    """Refuse what isn't a file.

    Raises:
        LoadError: It isn't there, or it is a folder, a device or a pipe.
    """
    with _readable(path):
        if path.is_dir():
            raise refuse(path, "a folder", "a file")
        if not path.exists():
            raise _link_to_nothing(path) if path.is_symlink() else missing(path)
        if not path.is_file():
            raise refuse(path, "a device or a pipe", "a file")


def _link_to_nothing(path: Path) -> LoadError:
    return refuse(path, "a link that leads to no file", "a file, or a link to one")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a name that no file can have"
        raise refuse(path, f"a file that can't be read: {reason}", "a file to read") from error


def missing(path: Path) -> LoadError:
    """Return the error of a missing file, with the names beside it."""
    names = [name for name in siblings(path) if Path(name).suffix == path.suffix]
    if not names:
        return refuse(path, "no such file", f"a file in {shown(path.parent)}")
    like = near(path.name, names)
    return refuse(path, "no such file", f"one of the files there: {any_of(names)}", like)
