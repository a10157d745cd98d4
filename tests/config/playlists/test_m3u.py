import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.config.playlists.m3u import read_m3u
from kacenv.core.errors import LoadError


def entries(text: str) -> list[tuple[str, str, str, int, bool]]:
    """File, artist, title, line and doubt of each entry."""
    read = read_m3u(text, "x.m3u8")
    return [(one.file, one.artist, one.title, one.line, one.doubtful) for one in read]


def test_titles_comments_and_windows_lines() -> None:
    """Titles belong to the next file; comments and empty lines are passed over."""
    text = "#EXTM3U\r\n# ours\r\n#EXTINF:600,Clara Vale - Evening\r\nmusic/a.wav\r\n\r\nb.wav\r\n"
    assert entries(text) == [
        ("music/a.wav", "Clara Vale", "Evening", 4, False),
        ("b.wav", "", "", 6, False),
    ]


def test_title_without_artist() -> None:
    """A label without a dash is all title."""
    assert entries("#EXTINF:-1,Evening\na.wav\n")[0][1:3] == ("", "Evening")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_line_ends_end_lines(end: str, sign: str) -> None:
    """Lines of Unix, Windows and the old Mac are read; no other sign in a title ends one."""
    text = end.join(["#EXTM3U", f"#EXTINF:31,X - One{sign}Two", "a.opus", "b.opus"])
    assert [one[2] for one in entries(text)] == [f"One{sign}Two", ""]


def test_a_title_stands_for_the_file_that_begins_with_a_hash() -> None:
    """A line between two titles is a file, whatever it begins with, also at the end."""
    text = "#EXTINF:31,X - One\n#1 one.opus\n#EXTINF:31,X - Two\nb.opus\n#EXTINF:3,Three\n#3.mp3\n"
    assert entries(text) == [
        ("#1 one.opus", "X", "One", 2, False),
        ("b.opus", "X", "Two", 4, False),
        ("#3.mp3", "", "Three", 6, False),
    ]


def test_a_remark_that_ends_like_music_is_doubtful() -> None:
    """A line taken out by a hash is perhaps a file; other remarks are none."""
    text = "#old.opus\n# morning\n#EXTINF:31,X - Two\n#EXTVLCOPT:start-time=3\n#b.mp3\nb.opus\n"
    assert [(one[0], one[2], one[4]) for one in entries(text)] == [
        ("#old.opus", "", True),
        ("#b.mp3", "", True),
        ("b.opus", "Two", False),
    ]


def test_the_part_that_vlc_plays_is_kept() -> None:
    """VLC's options are those of the next file alone."""
    text = "#EXTINF:31,One\n#EXTVLCOPT:start-time=3\n#EXTVLCOPT:stop-time=9.5\na.wav\nb.wav\n"
    parts = [(one.cue_in, one.cue_out) for one in read_m3u(text, "x.m3u8")]
    assert parts == [(3.0, 9.5), (None, None)]


def test_a_title_without_a_line_is_a_track_without_a_file() -> None:
    """A line that got lost is told, at the title that stood for it."""
    text = "#EXTINF:31,X - One\n#EXTINF:31,Two\nb.opus\n#EXTINF:31,Three\n\n"
    assert entries(text) == [
        ("", "X", "One", 1, False),
        ("b.opus", "", "Two", 3, False),
        ("", "", "Three", 4, False),
    ]


def test_numbers_count_the_certain_entries() -> None:
    """An entry's number is the one that a person counts."""
    read = read_m3u("#old.opus\na.opus\nb.opus\n", "x.m3u8")
    assert [one.where for one in read] == ["", "track 1", "track 2"]


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        ("#EXTM3U\n#EXT-X-TARGETDURATION:6\na.ts\n", "an HLS stream", 2),
        ("\n <!DOCTYPE html><html></html>", "a page or XML", 1),
        ("#EXTM3U\na\0b.wav\n", "data that isn't text", 1),
    ],
)
def test_what_is_no_list_is_named(text: str, found: str, line: int) -> None:
    """A stream's manifest, a web page and data are told as such, at their line."""
    with pytest.raises(LoadError, match=found) as caught:
        read_m3u(text, "x.m3u8")
    assert caught.value.problems[0].line == line


@given(st.text(max_size=300) | st.text("#EXTINF:,.mp3 \n\r", max_size=200))
def test_every_line_is_read_once(text: str) -> None:
    """Whatever stands in a list, an entry is a line of it, in order, or the list is refused."""
    try:
        read = read_m3u(text, "x.m3u8")
    except LoadError:
        return
    lines = [one.line for one in read]
    assert lines == sorted(set(lines))
