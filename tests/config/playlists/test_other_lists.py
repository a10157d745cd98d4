import json
import plistlib

import pytest

from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.other_lists import (
    read_cue,
    read_itunes,
    read_jspf,
    read_media_xml,
    read_pls,
)
from kacenv.core.errors import LoadError

CUE = """REM GENRE Ambient
PERFORMER "Clara Vale"
TITLE "Evenings"
FILE "Evenings, whole.flac" WAVE
  TRACK 01 AUDIO
    TITLE "First"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Second"
    PERFORMER "Jo Doe"
    INDEX 00 04:58:00
    INDEX 01 05:00:15
FILE other.flac WAVE
  TRACK 03 AUDIO
    INDEX 01 00:01:00
"""


def brief(entries: list[PlaylistEntry]) -> list[tuple[str, str, str, int]]:
    """File, title, artist and line of each entry, all of which are foreign."""
    assert all(entry.foreign for entry in entries)
    return [(one.file, one.title, one.artist, one.line) for one in entries]


def test_pls_is_read_by_its_numbers() -> None:
    """Files are in the order of their numbers, with titles of the same; other keys don't count."""
    text = (
        "[playlist]\r\nFile2=b.opus\r\nTitle1=One\r\nfile1=c\\a.opus\r\nLength1=9\r\nVersion=2\r\n"
    )
    assert brief(read_pls(text, "x.pls")) == [("c\\a.opus", "One", "", 4), ("b.opus", "", "", 2)]
    with pytest.raises(LoadError, match="no line"):
        read_pls("File1=a.opus\n", "x.pls")


def test_no_file_of_a_pls_gets_lost() -> None:
    """Two files of one number are both there, and so is one of a great number."""
    text = "[playlist]\nFile99999999=c.opus\nFile1=b.opus\nFile01=a.opus\n"
    assert [one[0] for one in brief(read_pls(text, "x.pls"))] == ["b.opus", "a.opus", "c.opus"]


def test_windows_media_lists_are_read() -> None:
    """WPL names files in `media`, ASX in `ref`, in letters of any size."""
    media = '<media src="..\\a&amp;b.mp3" cid="{1}"/>'
    wpl = f'<?wpl version="1.0"?>\n<smil><body><seq>\n{media}</seq></body></smil>'
    assert brief(read_media_xml(wpl, "x.wpl")) == [("..\\a&b.mp3", "", "", 3)]
    first, second = '<Entry><REF HREF="a.wma"/></Entry>', '<ENTRY><ref href="b.mp3"/></ENTRY>'
    asx = f"<ASX>{first}{second}</ASX>"
    assert [one[0] for one in brief(read_media_xml(asx, "x.asx"))] == ["a.wma", "b.mp3"]
    with pytest.raises(LoadError, match="something that isn't XML"):
        read_media_xml('<asx><ref href="a?b&c"></asx>', "x.asx")


def test_windows_media_lists_give_titles_and_alternatives() -> None:
    """ASX has elements for them, and several places for one track; ZPL has attributes."""
    named = "<Title>One</Title>\n<AUTHOR>Clara</AUTHOR>"
    entry = f'<ENTRY>{named}<Ref href="mms://x/y"/><ref HREF="a.wma"/></ENTRY>'
    (one,) = read_media_xml(f"<ASX>{entry}</ASX>", "x.asx")
    assert brief([one]) == [("mms://x/y", "One", "Clara", 2)]
    assert one.others == ("a.wma",)
    zpl = '<smil><media src="a.wma" trackTitle="One" trackArtist="Clara"/></smil>'
    assert brief(read_media_xml(zpl, "x.zpl")) == [("a.wma", "One", "Clara", 1)]


def test_no_track_of_windows_media_gets_lost() -> None:
    """Another list's name, and a track without a file, are entries that can't be found."""
    asx = '<asx><entryref href="b.asx"/><entry><title>Two</title></entry></asx>'
    assert [one[:2] for one in brief(read_media_xml(asx, "x.asx"))] == [("b.asx", ""), ("", "Two")]
    assert brief(read_media_xml("<smil><media/></smil>", "x.wpl")) == [("", "", "", 1)]


def test_jspf_is_read() -> None:
    """One location is a text or a list; others are kept."""
    tracks = [
        {"location": ["D:/a.opus", "b.opus"], "title": "One", "creator": "Clara"},
        {"location": "c.opus"},
        {"location": [None]},
    ]
    entries = read_jspf(json.dumps({"playlist": {"track": tracks}}), "x.jspf")
    assert brief(entries) == [
        ("D:/a.opus", "One", "Clara", 1),
        ("c.opus", "", "", 1),
        ("", "", "", 1),
    ]
    assert entries[0].others == ("b.opus",)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"playlist": {"track": [1]}}', "[" * 100_000])
def test_other_json_is_no_jspf(text: str) -> None:
    """Any other text is refused in plain words."""
    with pytest.raises(LoadError, match="isn't JSPF"):
        read_jspf(text, "x.jspf")


def itunes(*lists: list[int]) -> str:
    """A library with two tracks, and these playlists of them."""
    tracks = {
        "7": {"Location": "file:///Users/x/Music/a%20b.m4a", "Name": "A", "Artist": "Clara"},
        "8": {"Name": "Only in the cloud"},
    }
    items = [{"Playlist Items": [{"Track ID": number} for number in one]} for one in lists]
    return plistlib.dumps({"Tracks": tracks, "Playlists": [{"Name": "None"}, *items]}).decode()


def test_an_exported_itunes_playlist_is_read() -> None:
    """Tracks come in the playlist's order, each at its line; one without a file has none."""
    text = itunes([8, 7])
    (cloud, file) = brief(read_itunes(text, "x.xml"))
    assert cloud[:2] == ("", "Only in the cloud")
    assert file[:3] == ("file:///Users/x/Music/a%20b.m4a", "A", "Clara")
    assert "a%20b.m4a" in text.splitlines()[file[3] - 1]


def test_the_part_that_itunes_plays_is_kept() -> None:
    """Start and stop times of a track are where it begins and ends here, too."""
    name = "<key>Location</key>"
    marks = f"<key>Start Time</key><integer>2500</integer>{name}"
    (begun,) = read_itunes(itunes([7]).replace(name, marks, 1), "x.xml")
    assert (begun.title, begun.cue_in, begun.cue_out) == ("A", 2.5, None)
    (ended,) = read_itunes(itunes([7]).replace(name, marks.replace("Start", "Stop"), 1), "x.xml")
    assert (ended.cue_in, ended.cue_out) == (None, 2.5)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (itunes([7], [8]), "an iTunes library with 2 playlists"),
        (itunes([9]), "isn't a playlist of iTunes"),
        ("<plist><dict/></plist>", "isn't a playlist of iTunes"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><plist>&b;</plist>', "isn't a playlist of iTunes"),
        ("", "isn't a playlist of iTunes"),
    ],
)
def test_what_is_no_itunes_playlist_is_told(text: str, found: str) -> None:
    """A whole library, one with a hole, and other XML are refused with the way out."""
    with pytest.raises(LoadError, match=found) as caught:
        read_itunes(text, "x.xml")
    assert "Export Playlist" in str(caught.value)


def test_a_cue_sheet_gives_parts_of_its_file() -> None:
    """Each track begins at its INDEX 01, and ends where the next of the same file begins."""
    first, second, third = read_cue(CUE, "x.cue")
    assert brief([first, second, third]) == [
        ("Evenings, whole.flac", "First", "Clara Vale", 7),
        ("Evenings, whole.flac", "Second", "Jo Doe", 12),
        ("other.flac", "Track 3", "Clara Vale", 15),
    ]
    assert (first.cue_in, second.cue_out, third.cue_out) == (None, None, None)
    assert first.cue_out == second.cue_in == pytest.approx(300.2)
    assert third.cue_in == 1.0


def test_a_track_may_begin_in_one_file_and_have_its_place_in_the_next() -> None:
    """As EAC writes it where each track's file ends with the pause before the next one."""
    text = """FILE "a b.wav" WAVE
TRACK 01 AUDIO
INDEX 01 00:00:00
TRACK 02 AUDIO
TITLE "Second"
INDEX 00 04:58:00
FILE "b.wav"
INDEX 01 00:00:00
"""
    assert brief(read_cue(text, "x.cue")) == [
        ("a b.wav", "Track 1", "", 3),
        ("b.wav", "Second", "", 8),
    ]


@pytest.mark.parametrize("index", ["INDEX 00 04:58:00", "INDEX 01 99999:00:00", "INDEX 01 1:2"])
def test_a_cue_sheet_loses_no_track(index: str) -> None:
    """A track whose place is missing, or can't be read, is told by its number at its line."""
    with pytest.raises(LoadError, match="track 02 without a place") as caught:
        read_cue(CUE.replace("    INDEX 01 05:00:15", f"    {index}"), "x.cue")
    assert [one.line for one in caught.value.problems] == [8]


def test_a_cue_sheet_without_places_is_told() -> None:
    """A sheet that is cut off gives nothing to play."""
    with pytest.raises(LoadError, match="INDEX 01"):
        read_cue(CUE.partition("    INDEX")[0], "x.cue")
