"""Kinds of locations that lead to no file here, each with what to do instead."""

import re
from typing import Final, NamedTuple

from kacenv.config.playlists.readings import Address, address_of


class LocationKind(NamedTuple):
    """Kind of a location: its name with an article, and what a person may do instead.

    `copied` means that the same file may be copied here, under the same name.
    """

    name: str
    way_out: str
    copied: bool = False


_FILES_ONLY: Final = "a sound file in the playlist's folder; nothing comes from the network"
_BUY: Final = f"{_FILES_ONLY}. Buy the piece as a file, and name that"
_SAVE: Final = f"{_FILES_ONLY}. If you may, save the music as a file, and name that"
_COPY: Final = f"{_FILES_ONLY}. Copy the file there, and name it"
_HERE: Final = "a path from the playlist's folder, with / between folders; copy the music there"
_RIP: Final = "a sound file in the playlist's folder; copy the CD to files first"

_SERVICES: Final = {
    "a Spotify link": ("spotify", "spotify.com", "spotify.link", "spoti.fi"),
    "an Apple Music link": ("itms", "itmss", "music.apple.com", "itunes.apple.com"),
    "a YouTube link": ("youtube", "vnd.youtube", "youtube.com", "youtu.be", "youtube-nocookie.com"),
    "a Deezer link": ("deezer", "deezer.com", "deezer.page.link"),
    "a Tidal link": ("tidal", "tidal.com"),
    "a Qobuz link": ("qobuz", "qobuzapp", "qobuz.com"),
    "an Amazon Music link": ("music.amazon.com", "music.amazon.de", "music.amazon.co.uk"),
    "a SoundCloud link": ("soundcloud", "soundcloud.com"),
}
"""Schemes and hosts of services that play without giving files."""
_STREAMS: Final = frozenset({"rtsp", "rtspu", "rtp", "udp", "mms", "mmsh", "rtmp", "icy", "hls"})
_WEB: Final = frozenset({"http", "https", "ftp", "ftps", "gopher"})
_SHARED: Final = frozenset({"smb", "cifs", "afp", "nfs", "sftp", "ssh", "dav", "davs", "webdav"})
_DISCS: Final = frozenset({"cdda", "cd", "dvd", "dvdnav", "bluray"})
_BARE: Final = re.compile(r"([a-z][a-z0-9+.-]+):\S", re.IGNORECASE)
_WWW: Final = re.compile(r"www\.[\w.-]+/", re.IGNORECASE)
_WINDOWS: Final = re.compile(r"/*[a-z][:|]([/\\]|$)", re.IGNORECASE)


def kind_of_location(location: str) -> LocationKind | None:
    """Return the kind of a location that can't be a file here; None for a plain path."""
    location = location.strip()
    address = address_of(location)
    bare = _BARE.match(location)
    scheme = address.scheme or (bare[1].lower() if bare else "")
    for name, known in _SERVICES.items():
        if scheme in known or any(_is_host(address.host, host) for host in known):
            return LocationKind(name, _BUY)
    if scheme in _DISCS:
        return LocationKind("a track of a disc", _RIP)
    return _of_address(address) or _of_path(address)


def _is_host(host: str, known: str) -> bool:
    name = host.rpartition("@")[2].partition(":")[0]
    return "." in known and (name == known or name.endswith(f".{known}"))


def _of_address(address: Address) -> LocationKind | None:
    if address.scheme in _WEB and address.path.partition("?")[0].lower().endswith(".m3u8"):
        return LocationKind("an HLS stream", _SAVE)
    if address.scheme in _STREAMS:
        return LocationKind("a stream", _SAVE)
    if address.scheme in _WEB or _WWW.match(address.path):
        return LocationKind("a web address", _SAVE)
    if address.scheme in _SHARED or (address.is_local and address.host):
        return LocationKind("a file on another computer", _COPY, copied=True)
    if not address.is_local:
        return LocationKind("an address that only another program knows", _FILES_ONLY)
    return None


def _of_path(address: Address) -> LocationKind | None:
    if address.path.startswith(("\\\\", "//")):
        return LocationKind("a Windows path to another computer", _HERE, copied=True)
    if _WINDOWS.match(address.path) or "\\" in address.path:
        return LocationKind("a Windows path", _HERE, copied=True)
    if address.scheme:
        return LocationKind("the address of a file", _HERE, copied=True)
    return None


def place_to_write(location: str) -> str:
    """Return how a file would be named if it lay in the playlist's folder."""
    return address_of(location.strip()).path.replace("\\", "/").rsplit("/", 1)[-1]
