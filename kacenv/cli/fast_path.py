"""Fast path for a therapist's most frequent commands, with few imports."""

import os
from typing import Any

from kacenv import __version__

PRESSES = frozenset(
    {"hold", "release", "next", "back", "lights-up", "end", "stop", "silence"}
    | {"done", "snooze", "pass"}
)
"""Requests without arguments."""


def run(words: list[str]) -> bool:
    """Run a command of one word; return False if the whole command line is needed."""
    if words in (["--version"], ["-V"]):
        print(f"kacenv {__version__}")
        return True
    if len(words) != 1 or words[0] not in {*PRESSES, "status"}:
        return False
    room = os.environ.get("KACENV_ROOM")
    if words[0] == "status":
        show_status(room)
    else:
        send(room, words[0])
    return True


def send(room: str | None, kind: str, **fields: Any) -> None:
    """Send a request to the room, and print its reply."""
    from kacenv.server.daemon_client import post

    given = {key: value for key, value in fields.items() if value is not None}
    print(post(room, "/v1/requests", {"kind": kind, **given})["reply"])


def show_status(room: str | None, *, as_json: bool = False) -> None:
    """Print the room's status, in words or as JSON."""
    from kacenv.server.daemon_client import get

    found = get(room, "/v1/status")
    if as_json:
        import json

        print(json.dumps(found, indent=2))
    else:
        from kacenv.cli.status_text import status_lines

        print("\n".join(status_lines(found)))
