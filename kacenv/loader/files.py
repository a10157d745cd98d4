"""Small text files: read whole, within bounds, and named as people know them."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from kacenv.errors import LoadError, Problem
from kacenv.places import is_packed

MAX_BYTES = 1_000_000


def shown(path: Path) -> str:
    """The path as people read it: relative to the current folder where it lies inside."""
    here = Path.cwd()
    full = here / path
    inside = full.is_relative_to(here) and not is_packed(full)
    return str(full.relative_to(here)) if inside else str(full)


def refuse(path: Path, found: str, expected: str, example: str = "") -> LoadError:
    """The error for a file or folder that can't be used as a whole."""
    spot = (0, 0) if _is_folder(path) else (1, 1)
    return LoadError((Problem(shown(path), *spot, "", found, expected, example),))


def _is_folder(path: Path) -> bool:
    """False for a name that no file can have, too."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def near(name: str, names: Iterable[str]) -> str:
    """The name most like `name`, or nothing."""
    by_lower = {known.lower(): known for known in names}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[matches[0]] if matches else ""


def any_of(names: Iterable[str]) -> str:
    """A list of names for a sentence, in their order; long ones are cut."""
    listed = list(names)
    more = f" and {len(listed) - 12} more" if len(listed) > 12 else ""
    return (", ".join(listed[:12]) + more) or "none yet"


def siblings(path: Path) -> list[str]:
    """The names in the folder of `path`, or nothing where there is no such folder."""
    try:
        return sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return []


def read_text(path: Path) -> str:
    """The text of the file at `path`.

    Raises:
        LoadError: It isn't there, isn't a file, or isn't a short file of UTF-8 text.
    """
    raw = _read(path)
    if len(raw) > MAX_BYTES:
        raise refuse(path, "a file of more than 1 MB", "a short text file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"something on line {line} that isn't UTF-8 text"
        expected = "a plain text file; in the editor, choose “Save as” with encoding UTF-8"
        raise refuse(path, found, expected) from error


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise refuse(path, "a folder", "a file")
        if not path.exists():
            raise missing(path)
        if not path.is_file():
            raise refuse(path, "a device or a pipe", "a file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a name that no file can have"
        raise refuse(path, f"a file that can't be read: {reason}", "a file to read") from error


def missing(path: Path) -> LoadError:
    """The error for a file that isn't there; lists the names beside it."""
    names = [name for name in siblings(path) if Path(name).suffix == path.suffix]
    if not names:
        return refuse(path, "no such file", f"a file in {shown(path.parent)}")
    like = near(path.name, names)
    return refuse(path, "no such file", f"one of the files there: {any_of(names)}", like)
