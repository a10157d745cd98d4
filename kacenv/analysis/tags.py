"""Tags of sound files: title, artist and licence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import mutagen

from kacenv.core.units import Seconds

_TITLE: Final = ("title", "tit2", "©nam")
_ARTIST: Final = ("artist", "tpe1", "©art", "albumartist", "tpe2", "aart", "author")
_LICENCE: Final = ("license", "licence", "wcop", "copyright", "tcop", "cprt")
_COMMONS: Final = re.compile(
    r"creativecommons\.org/(?:licenses/([a-z-]+)/([\d.]+)|publicdomain/zero/([\d.]+))"
)
_LONGEST: Final = 80
"""Greatest length (characters) of a tag in a playlist."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags of a file, empty where missing; `length` (s) is the header's, or 0."""

    title: str = ""
    artist: str = ""
    licence: str = ""
    length: Seconds = Seconds(0.0)


def read_tags(path: Path) -> Tags:
    """Return the tags of the file at `path`; empty ones if it can't be read."""
    try:
        sound = mutagen.File(path)
        texts = dict(reversed(list(tag_texts(sound.tags)))) if sound and sound.tags else {}
        length = float(getattr(getattr(sound, "info", None), "length", 0.0) or 0.0)
    except Exception:  # noqa: BLE001 - its parsers raise any type for a broken file
        return Tags()
    return Tags(
        title=_first(texts, _TITLE),
        artist=_first(texts, _ARTIST),
        licence=_licence(_first(texts, _LICENCE)),
        length=Seconds(length),
    )


def tag_texts(tags: Any) -> Iterator[tuple[str, str]]:
    """Yield each tag's plain name with each of its texts, for any format."""
    for key, value in dict(tags).items():
        # ID3 has `USLT::eng` or `TXXX:LANGUAGE`, MP4 `----:com.apple.iTunes:LYRICIST`.
        parts = str(key).lower().split(":")
        name = parts[-1] if parts[0] in {"txxx", "----"} else parts[0]
        found = getattr(value, "text", value)
        for one in found if isinstance(found, list) else [found]:
            text = one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one)
            yield name, text.strip()


def one_line(text: str) -> str:
    """Return the text without line breaks and unprintable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _first(texts: dict[str, str], names: tuple[str, ...]) -> str:
    found = next((texts[name] for name in names if texts.get(name)), "")
    line = one_line(found)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _licence(text: str) -> str:
    """Return the short name of a licence with a Creative Commons address, else the text."""
    match = _COMMONS.search(text)
    if match is None:
        return text
    kind, version, zero = match.groups()
    return f"CC0-{zero}" if zero else f"CC-{kind.upper()}-{version}"


_LYRICS: Final = frozenset({"lyrics", "unsyncedlyrics", "syncedlyrics", "uslt", "sylt", "©lyr"})
_LYRICIST: Final = frozenset({"lyricist", "text"})
_LANGUAGE: Final = frozenset({"language", "tlan"})
_GENRE: Final = frozenset({"genre", "tcon", "©gen"})
_SPOKEN: Final = {"2": "audiobook", "9": "film", "10": "TV show", "21": "podcast", "23": "lecture"}
"""Media kinds of iTunes (`stik`) that are full of words."""
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
        elif key == "stik" and text in _SPOKEN:
            yield f"media kind: {_SPOKEN[text]}"
        elif key == "pcst" and text not in {"False", "0"}:
            yield "podcast"
        elif key in _GENRE and _SUNG.search(text) and "instrumental" not in text.lower():
            yield f"genre: {_short(text)}"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 40 else line[:39] + "…"
