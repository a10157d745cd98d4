import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.config.playlists.readings import Address, address_of, readings


@pytest.mark.parametrize(
    ("location", "parts"),
    [
        ("music/a.opus", ("", "", "music/a.opus")),
        ("Symphony: I.opus", ("", "", "Symphony: I.opus")),
        ("spotify:track:1", ("", "", "spotify:track:1")),
        (r"C:\Music\a.opus", ("", "", r"C:\Music\a.opus")),
        ("file:a.opus", ("file", "", "a.opus")),
        ("file:/srv/a.opus", ("file", "", "/srv/a.opus")),
        ("file:///srv/a.opus", ("file", "", "/srv/a.opus")),
        ("FILE://LocalHost/srv/a.opus", ("file", "", "/srv/a.opus")),
        ("file://nas/music/a.opus", ("file", "nas", "/music/a.opus")),
        ("file:///C:/a.opus", ("file", "", "/C:/a.opus")),
        ("file://C:/a.opus", ("file", "", "/c:/a.opus")),
        (r"file:\\\C:\a.opus", ("file", "", r"\C:\a.opus")),
        ("smb://nas/music/a.opus", ("smb", "nas", "/music/a.opus")),
        ("https://x.example/a.opus?b#c", ("https", "x.example", "/a.opus?b#c")),
    ],
)
def test_addresses_are_parted(location: str, parts: tuple[str, str, str]) -> None:
    """Scheme and host are told from the path; a colon in a name, or after a drive, is neither."""
    assert address_of(location) == Address(*parts)


def paths(location: str) -> list[str]:
    """The paths that a location may mean."""
    return [reading.path for reading in readings(location)]


@pytest.mark.parametrize(
    ("location", "meant"),
    [
        ("music/a.opus", ["music/a.opus"]),
        ("a%20%28b%29.opus", ["a%20%28b%29.opus", "a (b).opus"]),
        ("100%.opus", ["100%.opus"]),
        (r"calm\a.opus", [r"calm\a.opus", "calm/a.opus"]),
        ("calm%5Ca.opus", ["calm%5Ca.opus", r"calm\a.opus", "calm/a.opus"]),
        (" a .opus ", ["a .opus", " a .opus "]),
        ("a  b.opus", ["a  b.opus", "a b.opus"]),
        ("file:a.opus", ["a.opus"]),
        ("file://localhost/srv/m/a.opus", ["/srv/m/a.opus", "srv/m/a.opus", "m/a.opus"]),
        ("file://nas/m/a.opus", ["m/a.opus"]),
        ("smb://nas/m/a.opus", ["m/a.opus"]),
        ("file:///C:/Music/a.opus", ["Music/a.opus"]),
        ("file:///C|/Music/a.opus", ["Music/a.opus"]),
        (r"C:\a.opus", []),
        ("/a.opus", ["/a.opus"]),
        ("../m/a.opus", ["../m/a.opus", "m/a.opus"]),
        ("..m/a.opus", ["..m/a.opus"]),
        ("x/y/a.opus", ["x/y/a.opus", "y/a.opus"]),
        ("http://x.example/m/a.opus", []),
        ("data:audio/wav;base64,AAAA", ["data:audio/wav;base64,AAAA"]),
    ],
)
def test_every_way_to_read_a_location(location: str, meant: list[str]) -> None:
    """Escapes, backslashes, spaces, drives, hosts and moved folders each give a path."""
    assert paths(location) == meant


def test_a_windows_path_may_have_been_moved_with_its_folders() -> None:
    """The last folders of a path may be here; its name alone would be a guess."""
    found = readings(r"D:\Audio\..\Music\Calm\a.opus")
    moved = [reading.path for reading in found if reading.moved]
    assert moved == ["Music/Calm/a.opus", "Calm/a.opus"]
    assert [reading.path for reading in found if not reading.moved] == []


def test_long_locations_have_few_readings() -> None:
    """A path with thousands of folders doesn't give thousands of readings."""
    assert len(readings("/a" * 2000)) == 1 + 12
    assert readings("/a" * 10_000) == ()


def test_a_windows_share_is_a_path_like_any_other() -> None:
    """A host after two backslashes begins a path whose last folders may be here."""
    assert "music/a.opus" in paths(r"\\nas\music\a.opus")


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "cp1251", "cp932", "gb18030"])
def test_old_encodings_are_readings(encoding: str) -> None:
    """Bytes that aren't UTF-8 are read by each old encoding, also where they are escaped."""
    name = {"cp1251": "вечер", "cp932": "夕方", "gb18030": "黄昏"}.get(encoding, "Été")
    raw = f"{name}.opus".encode(encoding)
    escaped = "".join(f"%{byte:02X}" for byte in raw)
    for location in (raw.decode("utf-8", "surrogateescape"), escaped):
        assert (f"{name}.opus") in paths(location)
    assert raw.decode("utf-8", "surrogateescape") in paths(escaped)


@given(st.text(max_size=80) | st.text("./\\%2e5cC:file ~", max_size=40))
def test_nothing_raises_and_moved_paths_never_climb(location: str) -> None:
    """Any text has readings, each once; those of moved folders begin below and stay there."""
    found = readings(location)
    assert len({reading.path for reading in found}) == len(found)
    for reading in found:
        if reading.moved:
            assert not reading.path.startswith("/")
            assert ".." not in posixpath.normpath(reading.path).split("/")
