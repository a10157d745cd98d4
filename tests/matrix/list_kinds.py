"""Kinds of playlists that other programs write, good and bad."""

from typing import Final, NamedTuple


class ListKind(NamedTuple):
    """List in the folder of playlists, beside music, and what of it should be found.

    `told` matches what check says; without it nothing is said. `titles` are those that a rehearsal
    shows, if they matter. In `content`, `{root}` is the house.
    """

    words: str
    name: str
    content: bytes
    found: tuple[str, ...] = ()
    told: str = ""
    files: tuple[str, ...] = ("a.flac",)
    titles: tuple[str, ...] = ()


def _m3u(words: str, lines: str, *found: str, told: str = "", end: str = "\n") -> ListKind:
    """Return an M3U8 list of lines that leads to these files, which are there."""
    content = f"#EXTM3U\n{lines}\n".replace("\n", end).encode()
    return ListKind(words, "list.m3u8", content, found, told, found or ("a.flac",))


def _xspf(words: str, track: str, *found: str, head: str = "", told: str = "") -> ListKind:
    """Return an XSPF list of one track that leads to these files, which are there."""
    head = head or 'xmlns="http://xspf.org/ns/0/"'
    text = f'<playlist version="1" {head}><trackList><track>{track}</track></trackList></playlist>'
    return ListKind(words, "list.xspf", text.encode(), found, told, found or ("a.flac",))


_AT: Final = "<location>{0}</location>".format
_ESCAPES: Final = "#EXTINF:31,X - \x1b]0;owned\x07\x1b[31mRed\na.flac"
_BIDI: Final = "<title>Red&#x9b;31m&#x202e;</title>"
_ITUNES: Final = (
    '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN"'
    ' "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict><key>Tracks'
    "</key><dict><key>7</key><dict><key>Track ID</key><integer>7</integer><key>Name</key><string>"
    "A</string><key>Location</key><string>file:///Users/x/Music/calm/a.flac</string></dict></dict>"
    "<key>Playlists</key><array><dict><key>Name</key><string>Calm</string><key>Playlist Items"
    "</key><array><dict><key>Track ID</key><integer>7</integer></dict></array></dict></array>"
    "</dict></plist>"
)

KINDS: Final = (
    _m3u("M3U8", "#EXTINF:31,X - One\na.flac", "a.flac")._replace(titles=("One",)),
    _m3u("M3U8 with `\\` between folders", "calm\\a.flac", "calm/a.flac"),
    _m3u("M3U8 with a drive of Windows", "C:\\Users\\x\\Music\\calm\\a.flac", "calm/a.flac"),
    _m3u("M3U8 with a drive, whose music isn't there", "C:\\Music\\x.flac", told="Windows path"),
    _m3u("M3U8 with a network share of Windows", "\\\\nas\\music\\calm\\a.flac", "calm/a.flac"),
    _m3u("M3U8 of VLC, with `%20`", "calm%20music/a%20%28b%29.flac", "calm music/a (b).flac"),
    _m3u("M3U8 with other capitals", "Calm/A.FLAC", "calm/a.flac"),
    _m3u(
        "M3U8 with an entry that begins with `#`",
        "#EXTINF:31,X - One\n#1 one.flac\n#EXTINF:31,X - Two\nb.flac",
        *("#1 one.flac", "b.flac"),
    ),
    _m3u("M3U8 with a remark", "# for the morning\na.flac", "a.flac"),
    _m3u(
        "M3U8 with commas in its titles, from Windows",
        "#EXTINF:31,A, B - C, D\na.flac",
        "a.flac",
        end="\r\n",
    )._replace(titles=("C, D",)),
    _m3u("M3U8 of an old Mac", "#EXTINF:31,One\na.flac\nb.flac", "a.flac", "b.flac", end="\r"),
    ListKind(
        "M3U8 with a byte order mark",
        "list.m3u8",
        b"\xef\xbb\xbf#EXTM3U\r\na.flac\r\n",
        ("a.flac",),
    ),
    ListKind("M3U8 in UTF-16", "list.m3u8", "a.flac\n".encode("utf-16"), ("a.flac",)),
    ListKind("M3U8 with a name in capitals", "LIST.M3U8", b"a.flac\n", ("a.flac",)),
    ListKind(
        "M3U in Latin-1",
        "list.m3u",
        "Été.flac\n".encode("latin-1"),
        ("Été.flac",),
        files=("Été.flac",),
    ),
    _m3u("M3U8 with escapes for terminals in a title", _ESCAPES, "a.flac")._replace(
        titles=(r"\x1b]0;owned\x07\x1b[31mRed",)
    ),
    _m3u("M3U8 with a line sign in a title", "#EXTINF:31,X - One\u2028Two\na.flac", "a.flac"),
    _m3u("M3U8 with the whole path of a file here", "{root}/playlists/a.flac", "a.flac"),
    _m3u(
        "M3U8 with a piece that lasts a moment",
        "a.flac\nclick.flac\nb.flac",
        *("a.flac", "click.flac", "b.flac"),
        told="too short for crossfades",
    ),
    _m3u("M3U8 with a file that isn't there", "gone.flac", told="no file gone.flac"),
    _m3u("M3U8 with a file outside", "../../etc/passwd", told="passwd"),
    _m3u("M3U8 with a Spotify link", "spotify:track:6rqhFgbbKwnb9MLmUQDhG6", told="a Spotify link"),
    _m3u("M3U8 with a radio station", "http://radio.example/live", told="a web address"),
    _m3u(
        "M3U8 of an HLS stream",
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://x.example/a.m3u8",
        told="an HLS stream",
    ),
    _m3u("M3U8 without an entry", "", told="no tracks|no music|nothing|empty"),
    _xspf("XSPF", f"{_AT('a.flac')}<title>One</title>", "a.flac")._replace(titles=("One",)),
    _xspf("XSPF with two places, both there", _AT("a.flac") + _AT("b.flac"), "a.flac"),
    _xspf(
        "XSPF with two places, the first of Windows",
        _AT("file:///D:/Music/x.flac") + _AT("a.flac"),
        "a.flac",
    ),
    _xspf("XSPF with an address of Windows", _AT("file:///C:/x/calm/a.flac"), "calm/a.flac"),
    _xspf("XSPF with `file:` and a name", _AT("file:a.flac"), "a.flac"),
    _xspf(
        "XSPF with a base",
        _AT("a.flac"),
        "calm/a.flac",
        head='xmlns="http://xspf.org/ns/0/" xml:base="calm/"',
    ),
    _xspf(
        "XSPF whose namespace lacks its slash",
        _AT("a.flac"),
        "a.flac",
        head='xmlns="http://xspf.org/ns/0"',
    ),
    _xspf("XSPF with two spaces in a name", _AT("a  b.flac"), "a  b.flac"),
    _xspf("XSPF with a name in Latin-1, as `%C9`", _AT("%C9t%E9.flac"), "Été.flac"),
    _xspf("XSPF with signs that turn writing round", _AT("a.flac") + _BIDI, "a.flac")._replace(
        titles=(r"Red\x9b31m\u202e",)
    ),
    ListKind("XSPF that is a web page", "list.xspf", b"<html><body>404</body></html>", (), "page"),
    ListKind(
        "JSPF",
        "list.jspf",
        b'{"playlist": {"track": [{"location": ["a.flac"], "title": "One"}]}}',
        ("a.flac",),
        titles=("One",),
    ),
    ListKind("PLS", "list.pls", b"[playlist]\nFile1=a.flac\nNumberOfEntries=1\n", ("a.flac",)),
    ListKind(
        "WPL of Windows Media Player",
        "list.wpl",
        b'<?wpl version="1.0"?><smil><body><seq><media src="calm\\a.flac"/></seq></body></smil>',
        ("calm/a.flac",),
        files=("calm/a.flac",),
    ),
    ListKind(
        "ASX of Windows Media Player",
        "list.asx",
        b'<asx version="3.0"><entry><ref href="a.flac"/></entry></asx>',
        ("a.flac",),
    ),
    ListKind(
        "XML of iTunes",
        "list.xml",
        _ITUNES.encode(),
        ("calm/a.flac",),
        files=("calm/a.flac",),
        titles=("A",),
    ),
    ListKind(
        "cue sheet",
        "list.cue",
        b'FILE "a.flac" WAVE\n  TRACK 01 AUDIO\n    TITLE "One"\n    INDEX 01 00:00:00\n',
        ("a.flac",),
        titles=("One",),
    ),
)
