"""Detection of tags that suggest sung or spoken words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import mutagen

from kacenv.analysis.tags import one_line, tag_texts

_LYRICS: Final = frozenset({"lyrics", "unsyncedlyrics", "syncedlyrics", "uslt", "sylt", "©lyr"})
_LYRICIST: Final = frozenset({"lyricist", "text"})
_LANGUAGE: Final = frozenset({"language", "tlan"})
_GENRE: Final = frozenset({"genre", "tcon", "©gen"})
_NO_WORDS: Final = re.compile(r"\W*(instrumental|none|n/?a|zxx|und|mul|mis|xxx)?\W*", re.IGNORECASE)
"""Values that mean no words; zxx is ISO 639-2 for “no linguistic content”."""
_SUNG: Final = re.compile(
    r"\b(vocals?|choir|choral|a ?cappella|opera|oratorio|lied(er)?|chanson|gospel|hip[- ]?hop|rap"
    r"|singer[/ -]songwriter|spoken( word)?|speech|audio ?book|podcast)\b",
    re.IGNORECASE,
)


def vocals_by_tag(path: Path) -> str | None:
    """Return the tag that suggests words, as `lyricist: Jane Doe`; None without one."""
    try:
        tags = getattr(mutagen.File(path), "tags", None)
        return next(_telling(tags), None) if tags else None
    except Exception:  # noqa: BLE001 - its parsers raise any type for a broken file
        return None


def _telling(tags: Any) -> Iterator[str]:
    for key, text in tag_texts(tags):
        if _NO_WORDS.fullmatch(text):
            continue
        if key in _LYRICS:
            yield "lyrics"
        elif key in _LYRICIST:
            yield f"lyricist: {_short(text)}"
        elif key in _LANGUAGE:
            yield f"language: {_short(text)}"
        elif key in _GENRE and _SUNG.search(text) and "instrumental" not in text.lower():
            yield f"genre: {_short(text)}"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 40 else line[:39] + "…"
