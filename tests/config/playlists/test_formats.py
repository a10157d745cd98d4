import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.config.playlists.formats import local, read_m3u8, read_xspf
from kacenv.core.errors import LoadError

XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/">
  <title>Evening</title>
  <trackList>
    <track>
      <location>music/Abend%20lied.wav</location>
      <title>Abendlied &amp; more</title>
      <creator>Clara Vale</creator>
    </track>
    <track><location>file:///srv/music/two.wav</location></track>
  </trackList>
</playlist>
"""


def test_m3u8_with_titles_comments_and_windows_lines() -> None:
    """Titles belong to the next file; comments and empty lines are passed over."""
    text = "#EXTM3U\r\n# ours\r\n#EXTINF:600,Clara Vale - Evening\r\nmusic/a.wav\r\n\r\nb.wav\r\n"
    first, second = read_m3u8(text)
    assert (first.file, first.artist, first.title, first.line) == (
        "music/a.wav",
        "Clara Vale",
        "Evening",
        4,
    )
    assert (second.file, second.artist, second.title, second.line) == ("b.wav", "", "b", 6)


def test_m3u8_title_without_artist() -> None:
    """A label without a dash is all title."""
    assert read_m3u8("#EXTINF:-1,Evening\na.wav\n")[0].title == "Evening"


def test_xspf_tracks() -> None:
    """Locations are percent-decoded; titles and creators are read; a bare file names itself."""
    first, second = read_xspf(XSPF, "x.xspf")
    assert (first.file, first.title, first.artist, first.line) == (
        "music/Abend lied.wav",
        "Abendlied & more",
        "Clara Vale",
        6,
    )
    assert (second.file, second.title) == ("/srv/music/two.wav", "two")


@pytest.mark.parametrize("declaration", ["<!DOCTYPE a []>", "<!ENTITY a 'b'>", "<! doctype a>"])
def test_xspf_declarations_are_refused_before_parsing(declaration: str) -> None:
    """Nothing that could declare an entity reaches the XML parser."""
    with pytest.raises(LoadError, match="without declarations"):
        read_xspf(f"<?xml version='1.0'?>\n{declaration}\n<playlist/>", "x.xspf")


def test_only_files_of_this_machine_are_local() -> None:
    """File addresses of this machine become paths; all else stays and is refused later."""
    assert local("file:///a%20b.wav") == "/a b.wav"
    assert local("file://localhost/a.wav") == "/a.wav"
    assert local("file://nas/a.wav") == "file://nas/a.wav"


@given(st.text(max_size=300) | st.text("<>/!&;?=playlisttracklocation \n#", max_size=200))
def test_random_text_raises_nothing_else(text: str) -> None:
    """Whatever stands in a playlist of another program, it loads or is explained."""
    read_m3u8(text)
    with contextlib.suppress(LoadError):
        read_xspf(text, "x.xspf")
