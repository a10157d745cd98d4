"""Readings of a playlist's location: the paths that it may mean, whichever system wrote it."""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)
"""Scheme of an address; a single letter is a drive of Windows."""
_AUTHORITY: Final = re.compile(r"[/\\]{2}([^/\\]*)")
_DRIVE: Final = re.compile(r"/*([a-z])[:|](?=[/\\]|$)", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_SHARES: Final = frozenset({"file", "smb", "cifs", "afp", "nfs"})
"""Schemes of addresses that hold a path of some machine."""
_ENCODINGS: Final = (
    *("cp1252", "mac_roman", "cp850", "cp437", "cp1250", "cp1251"),
    *("cp932", "gb18030", "big5", "euc_kr"),
)
"""Encodings of file names before UTF-8: of Windows, Mac OS and DOS."""


LONGEST_PATH: Final = 4096
"""Most characters of a path (PATH_MAX of Linux)."""
_LONGEST: Final = 3 * LONGEST_PATH
"""Most characters of a location, in which each may be `%XX`."""
_FOLDERS: Final = 12
"""Most folders of a path from elsewhere that may have been moved with its file."""


class Reading(NamedTuple):
    """Path that a location may mean, with `/` between folders.

    `encoding` is that of the location's bytes, empty for UTF-8. `moved` means that only the last
    folders of a path from elsewhere are kept.
    """

    path: str
    encoding: str = ""
    moved: bool = False


class Address(NamedTuple):
    """Parts of a location; `scheme` and `host` are in small letters, and empty for a plain path."""

    scheme: str
    host: str
    path: str

    @property
    def is_local(self) -> bool:
        """Tell if it may name a file here, rather than something on the network."""
        return not self.scheme or self.scheme in _SHARES


def address_of(location: str) -> Address:
    """Split a location into scheme, host and path; what is no URL is all path."""
    match = _SCHEME.match(location)
    if match is None:
        return Address("", "", location)
    scheme, rest = match[1].lower(), location[match.end() :]
    authority = _AUTHORITY.match(rest)
    if authority is None and scheme not in _SHARES:
        return Address("", "", location)  # a file's name may well have a colon
    host = authority[1].lower() if authority else ""
    path = rest[authority.end() :] if authority else rest
    if _DRIVE.fullmatch(host):
        return Address(scheme, "", f"/{host}{path}")
    return Address(scheme, "" if host == "localhost" else host, path)


def readings(location: str) -> tuple[Reading, ...]:
    """Return every path that the location of another program may mean, each once.

    Percent signs may escape, backslashes may separate folders, and spaces at the ends may be the
    name's own. A file may have been moved here with its last folders. A location on the network
    means no path at all.
    """
    found: dict[str, Reading] = {}
    if len(location) > _LONGEST:
        return ()
    for spelling in dict.fromkeys((location.strip(), location, " ".join(location.split()))):
        for reading in _read(spelling):
            found.setdefault(reading.path, reading)
    return tuple(found.values())


def _read(location: str) -> Iterator[Reading]:
    address = address_of(location)
    if not address.is_local or not address.path:
        return
    for text in dict.fromkeys((address.path, _unescaped(address.path))):
        for decoded, encoding in _decoded(text):
            for path in dict.fromkeys((decoded, decoded.replace("\\", "/"))):
                yield from _places(path, encoding, address.host)


def _unescaped(path: str) -> str:
    if not _ESCAPE.search(path):
        return path
    raw = unquote_to_bytes(path.encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "surrogateescape")


def _decoded(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text as it is and, if it has bytes that aren't UTF-8, by each old encoding."""
    yield text, ""
    if text.isascii() or not any("\udc80" <= sign <= "\udcff" for sign in text):
        return
    raw = text.encode("utf-8", "surrogateescape")
    for encoding in _ENCODINGS:
        with suppress(UnicodeDecodeError):
            yield raw.decode(encoding), encoding


def _places(path: str, encoding: str, host: str) -> Iterator[Reading]:
    """Yield the path, and its ends with a folder or more."""
    drive = _DRIVE.match(path)
    rest = path[drive.end() :] if drive else path
    if not host and not drive:
        yield Reading(path, encoding)
    parts = [part for part in posixpath.normpath(f"/{rest}").split("/") if part]
    for begin in range(max(0, len(parts) - 1 - _FOLDERS), len(parts) - 1):
        yield Reading("/".join(parts[begin:]), encoding, moved=True)
