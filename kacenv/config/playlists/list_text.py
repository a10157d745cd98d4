"""Decoding of other programs' text files: UTF-8, UTF-16, declared encodings, unknown bytes."""

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,80}encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_MANY: Final = 0.4
_FEW: Final = 0.1
"""Shares of zero bytes, by which UTF-16 without a mark is told."""
_WIDE: Final = ("utf-16", "utf_16", "utf16", "utf-32", "utf_32", "utf32", "iso-10646", "ucs-")
_LEGACY: Final = "cp1252"
"""Encoding of text that nothing else tells of: that of Windows in Western Europe and America."""


def list_text(raw: bytes) -> str:
    """Decode a playlist's file; bytes of an unknown encoding become surrogates (PEP 383).

    `legible` turns these into letters, once the encoding is known or guessed.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    for encoding in (*_wide(raw), *_declared(raw), "utf-8"):
        try:
            return raw.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("utf-8", "surrogateescape")


def _wide(raw: bytes) -> list[str]:
    """Return the UTF-16 that the zero bytes of ASCII letters suggest."""
    half = len(raw) // 2
    if half < 4 or len(raw) % 2:
        return []
    even, odd = raw[::2].count(0) / half, raw[1::2].count(0) / half
    if odd > _MANY and even < _FEW:
        return ["utf-16-le"]
    return ["utf-16-be"] if even > _MANY and odd < _FEW else []


def _declared(raw: bytes) -> list[str]:
    """Return the encoding that XML declares; in UTF-16, the declaration itself wouldn't be read."""
    match = _DECLARED.match(raw.lstrip()[:200])
    name = match[1].decode("ascii", "replace") if match else ""
    return [name] if name and not name.lower().startswith(_WIDE) else []


def legible(text: str, encoding: str = "") -> str:
    """Return the text with bytes that aren't UTF-8 decoded by `encoding`, else by a usual one."""
    if text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text):
        return text
    raw = text.encode("utf-8", "surrogateescape")
    return raw.decode(encoding or _LEGACY, "replace")


def lines_of(text: str) -> list[str]:
    """Return the lines of text with any system's line ends, and with no other sign as one."""
    return re.split(r"\r\n|\r|\n", text)
