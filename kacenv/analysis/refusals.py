"""Words for files that aren't music, by how they begin."""

import re
from pathlib import Path
from typing import Final

_HEAD: Final = 512
_PAGE: Final = re.compile(rb"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)
_STARTS: Final = {
    b"%PDF": "it is a PDF, not music",
    b"PK\3\4": "it is a ZIP archive, not music; unpack it first",
    b"Rar!": "it is an archive, not music; unpack it first",
    b"7z\xbc\xaf": "it is an archive, not music; unpack it first",
    b"\xff\xd8\xff": "it is a picture, not music",
    b"\x89PNG": "it is a picture, not music",
    b"GIF8": "it is a picture, not music",
    b"bplist00": "it is a stand-in of a cloud, not music; have it downloaded, then copy it again",
    b"#EXTM3U": "it is a playlist, not music",
    b"[playlist]": "it is a playlist, not music",
}


def what_it_is(path: Path) -> str | None:
    """Return what the file at `path` is instead of music, and what to do; None if that isn't plain.

    Files that are empty or can't be read have no such words.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    for start, words in _STARTS.items():
        if head.startswith(start):
            return words
    if _PAGE.match(head):
        return "it is a web page, not music; download the piece itself again"
    if head and not head.strip(b"\0"):
        return "it begins with zeros alone, and isn't music; copy it again"
    return "it is text, not music" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    try:
        text = head[: _HEAD - 4].decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and all(sign.isprintable() or sign.isspace() for sign in text)
