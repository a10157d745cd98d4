"""Fast path for a therapist's most frequent commands, with few imports."""

import os
import sys
from pathlib import Path
from typing import Any, Final

from kacenv import __version__

HELP_FILE: Final = Path(__file__).with_name("help.txt")
"""Help of the whole program, as `make help-text` writes it from the commands' definitions."""
_WIDEST: Final = 80
"""Columns from which on help has the same lines, however wide the terminal is."""


def run(words: list[str]) -> bool:
    """Run a command of one word; return False if the whole command line is needed."""
    if words in (["--version"], ["-V"]):
        print(f"kacenv {__version__}")
        return True
    if words in ([], ["--help"]) and _program() and _columns() >= _WIDEST:
        _show_help(asked=bool(words))
        return True
    if len(words) != 1 or not _is_quick(words[0]):
        return False
    room = os.environ.get("KACENV_ROOM")
    if words[0] == "status":
        show_status(room)
    else:
        send(room, words[0])
    return True


def _is_quick(word: str) -> bool:
    """Tell if a word is the status, or a request that needs no other word."""
    if word == "status":
        return True
    from kacenv.model.request_table import BY_KIND

    request = BY_KIND.get(word)
    return bool(request and request.is_one_word and request.needs_no_argument)


def _program() -> str | None:
    """Return the program's name in its help; None if it was started by another name."""
    started = Path(sys.argv[0]).name
    return {"kacenv": "kacenv", "__main__.py": "python -m kacenv"}.get(started)


def _columns() -> int:
    """Return the terminal's width as `shutil.get_terminal_size`, which takes long to import."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _WIDEST  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return _WIDEST


def _show_help(*, asked: bool) -> None:
    """Print the help of all commands; exit with 2 if there was no word at all."""
    text = HELP_FILE.read_text(encoding="utf-8").replace("kacenv", _program() or "kacenv", 1)
    print(text, end="", file=sys.stdout if asked else sys.stderr)
    if not asked:
        sys.exit(2)


def send(room: str | None, kind: str, **fields: Any) -> None:
    """Send a request to the room, and print its reply."""
    from kacenv.server.client import post

    given = {key: value for key, value in fields.items() if value is not None}
    print(post(room, "/v1/requests", {"kind": kind, **given})["reply"])


def show_status(room: str | None, *, as_json: bool = False) -> None:
    """Print the room's status, in words or as JSON."""
    from kacenv.server.client import get

    found = get(room, "/v1/status")
    if as_json:
        import json

        print(json.dumps(found, indent=2))
    else:
        from kacenv.cli.status_text import status_lines

        print("\n".join(status_lines(found)))
