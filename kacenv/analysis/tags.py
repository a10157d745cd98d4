"""Tags of sound files: title, artist, licence, and what suggests words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

_TITLE: Final = ("title",)
_ARTIST: Final = ("artist", "album_artist", "albumartist", "author")
_LICENCE: Final = ("license", "licence", "wcop", "copyright")
_COMMONS: Final = re.compile(
    r"creativecommons\.org/(?:licenses/([a-z-]+)/([\d.]+)|publicdomain/zero/([\d.]+))"
)
_LONGEST: Final = 80
"""Greatest length (characters) of a tag in a playlist."""
_LYRICS: Final = frozenset({"lyrics", "unsyncedlyrics", "syncedlyrics", "sylt"})
_LYRICIST: Final = frozenset({"lyricist", "text"})
_LANGUAGE: Final = frozenset({"language"})
_GENRE: Final = frozenset({"genre"})
_SPOKEN: Final = {"2": "audiobook", "9": "film", "10": "TV show", "21": "podcast", "23": "lecture"}
"""Media kinds of iTunes (`stik`) that are full of words."""
_NO_WORDS: Final = re.compile(r"\W*(instrumental|none|n/?a|zxx|und|mul|mis|xxx)?\W*", re.IGNORECASE)
"""Values that mean no words; zxx is ISO 639-2 for “no linguistic content”."""
_SUNG: Final = re.compile(
    r"\b(vocals?|choir|choral|a ?cappella|opera|oratorio|lied(er)?|chanson|gospel|hip[- ]?hop|rap"
    r"|singer[/ -]songwriter|spoken( word)?|speech|audio ?book|podcast)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags of a file, each on one line, and empty where it is missing."""

    title: str = ""
    artist: str = ""
    licence: str = ""
    words: str = ""
    """The tag that suggests words, as `lyricist: Jane Doe`."""


TAG_FIELDS: Final = tuple(field.name for field in fields(Tags))
UNTAGGED: Final = Tags()


def tags_in(metadata: Iterable[Mapping[str, str]]) -> Tags:
    """Return the tags in FFmpeg's metadata of a file's container and of its sound."""
    texts = [
        (_name(key), text.strip()) for one in metadata for key, text in one.items() if text.strip()
    ]
    first = dict(reversed(texts))
    return Tags(
        title=_first(first, _TITLE),
        artist=_first(first, _ARTIST),
        licence=_licence(_first(first, _LICENCE)),
        words=next(_telling(texts), ""),
    )


def one_line(text: str) -> str:
    """Return the text without line breaks and unprintable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _name(key: str) -> str:
    """Return a tag's plain name; FFmpeg calls lyrics of an ID3 tag `lyrics-eng`."""
    name = key.lower()
    return "lyrics" if name.startswith("lyrics-") else name


def _first(texts: Mapping[str, str], names: tuple[str, ...]) -> str:
    line = one_line(next((texts[name] for name in names if name in texts), ""))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _licence(text: str) -> str:
    """Return the short name of a licence with a Creative Commons address, else the text."""
    match = _COMMONS.search(text)
    if match is None:
        return text
    kind, version, zero = match.groups()
    return f"CC0-{zero}" if zero else f"CC-{kind.upper()}-{version}"


def _telling(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for key, text in texts:
        if _NO_WORDS.fullmatch(text):
            continue
        if key in _LYRICS:
            yield "lyrics"
        elif key in _LYRICIST:
            yield f"lyricist: {_short(text)}"
        elif key in _LANGUAGE:
            yield f"language: {_short(text)}"
        elif key == "media_type" and text in _SPOKEN:
            yield f"media kind: {_SPOKEN[text]}"
        elif key == "podcast" and text != "0":
            yield "podcast"
        elif key in _GENRE and _SUNG.search(text) and "instrumental" not in text.lower():
            yield f"genre: {_short(text)}"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 40 else line[:39] + "…"
