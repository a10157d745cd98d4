r"""Text as it may leave kacenv, whatever its source: names of files, tags, titles, lamps.

A terminal obeys control characters (ECMA-48), a page turns its lines round at bidirectional
overrides (UAX #9), XML has no place for either, and half of a UTF-16 pair can't be encoded. They
are shown as they would be written in code: `\x1b`, `\u202e`. JSON has a notation of its own for
them, so there the value is kept exactly.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_CONTROLS: Final = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
"""C0 without the tab and the line feed, DEL and C1."""
_TURNING: Final = r"\u202a-\u202e\u2066-\u2069"
"""Bidirectional embeddings, overrides and isolates; marks such as U+200F turn nothing round."""
_NO_CHARACTERS: Final = r"\ud800-\udfff\ufffe\uffff"
_UNSAFE: Final = re.compile(f"[{_CONTROLS}{_TURNING}{_NO_CHARACTERS}]")
_UNSAFE_IN_A_LINE: Final = re.compile(
    f"[\\t\\n\\u2028\\u2029{_CONTROLS}{_TURNING}{_NO_CHARACTERS}]"
)
_ESCAPED_BYTES: Final = range(0xDC80, 0xDD00)
"""How Python holds the bytes of a file's name that aren't UTF-8 (PEP 383)."""
_NAMES: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def cleaned(text: str) -> str:
    """Return text without characters that aren't to be read; line breaks and tabs stay."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_shown, text)


def cleaned_line(text: str) -> str:
    """Return text without such characters, and without line breaks and tabs."""
    return text if text.isprintable() else _UNSAFE_IN_A_LINE.sub(_shown, text)


def credited(title: str, artist: str) -> str:
    """Return title and artist of a piece in one, or the title alone."""
    return f"{title}, {artist}" if artist else title


def is_utf8(name: str) -> bool:
    """Return True if the name of a file can be written as text, not only as bytes."""
    return not any(ord(sign) in _ESCAPED_BYTES for sign in name)


def json_text(
    data: Any, *, indent: int | None = None, plain: bool = False, compact: bool = False
) -> str:
    """Return data as JSON that is exact, and in which all that a terminal obeys is escaped.

    With `plain`, so is every letter beyond ASCII; `compact` leaves blanks out.
    """
    separators = (",", ":") if compact else None
    text = json.dumps(data, indent=indent, ensure_ascii=plain, separators=separators)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def cleaned_tree(data: Any) -> Any:
    """Return data with all its texts as lines of plain text, its keys included."""
    match data:
        case str():
            return cleaned_line(data)
        case Mapping():
            return {cleaned_line(str(key)): cleaned_tree(value) for key, value in data.items()}
        case Sequence():
            return [cleaned_tree(value) for value in data]
    return data


def _shown(match: re.Match[str]) -> str:
    sign = match[0]
    code = ord(sign)
    if sign in _NAMES:
        return _NAMES[sign]
    if code in _ESCAPED_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
