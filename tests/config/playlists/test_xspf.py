import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.config.playlists.list_text import legible, list_text
from kacenv.config.playlists.xspf import read_xspf
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


def track(body: str, head: str = 'xmlns="http://xspf.org/ns/0/"') -> str:
    """A list with one track."""
    return f"<playlist {head}><trackList><track>{body}</track></trackList></playlist>"


def test_tracks() -> None:
    """Locations are kept as written; titles and creators are read if there are any."""
    first, second = read_xspf(XSPF, "x.xspf")
    assert (first.file, first.title, first.artist, first.line) == (
        "music/Abend%20lied.wav",
        "Abendlied & more",
        "Clara Vale",
        6,
    )
    assert (second.file, second.title, second.where) == (
        "file:///srv/music/two.wav",
        "",
        "track 2",
    )


def test_all_locations_are_kept_in_order() -> None:
    """Each location of a track is one to try; a comment in one is no part of it."""
    text = track("<location>a<!-- x -->.opus</location><location/><location>b.opus</location>")
    (entry,) = read_xspf(text, "x.xspf")
    assert (entry.file, entry.others) == ("a.opus", ("b.opus",))


@pytest.mark.parametrize(
    "head",
    [
        'xmlns="http://xspf.org/ns/0/"',
        'xmlns="http://xspf.org/ns/0"',
        'xmlns="https://xspf.org/ns/1/"',
        "",
    ],
)
def test_any_namespace_will_do(head: str) -> None:
    """A list is read by its names, in whatever namespace, or none; only those of the list's own."""
    body = '<title xmlns="urn:other">No</title><location>a.opus</location><title>Yes</title>'
    (entry,) = read_xspf(track(body, head), "x.xspf")
    assert (entry.file, entry.title) == ("a.opus", "Yes")


def test_prefixed_names_are_read() -> None:
    """A prefix for the namespace changes nothing."""
    text = track("<location>a.opus</location>", 'xmlns:x="http://xspf.org/ns/0/"')
    for name in ("playlist", "trackList", "track", "location"):
        text = text.replace(f"<{name}", f"<x:{name}").replace(f"</{name}", f"</x:{name}")
    assert [one.file for one in read_xspf(text, "x.xspf")] == ["a.opus"]


@pytest.mark.parametrize(
    ("outer", "inner", "location", "wanted"),
    [
        ("calm/", "", "a.opus", ("calm/a.opus", "a.opus")),
        ("calm/", "deep/", "a.opus", ("calm/deep/a.opus", "a.opus")),
        ("file:///C:/Music/", "", "calm/a.opus", ("file:///C:/Music/calm/a.opus", "calm/a.opus")),
        ("http://x.example/", "", "a.opus", ("http://x.example/a.opus", "a.opus")),
        ("http://[", "", "a.opus", ("a.opus",)),
        ("calm/", "", "file:///srv/a.opus", ("file:///srv/a.opus",)),
    ],
)
def test_bases_complete_locations(
    outer: str, inner: str, location: str, wanted: tuple[str, ...]
) -> None:
    """`xml:base` of each element around completes a location, which is also kept as written."""
    base = f' xml:base="{inner}"' if inner else ""
    text = track(f"<location{base}>{location}</location>", f'xml:base="{outer}"')
    (entry,) = read_xspf(text, "x.xspf")
    assert (entry.file, *entry.others) == wanted


def test_bytes_of_old_encodings_reach_the_entries() -> None:
    """Bytes that aren't UTF-8, without a declared encoding, are kept for who finds the file."""
    raw = track("<location>Été.opus</location><title>Été</title>").encode("latin-1")
    (entry,) = read_xspf(list_text(raw), "x.xspf")
    assert (entry.file, legible(entry.title)) == ("\udcc9t\udce9.opus", "Été")


@pytest.mark.parametrize("declaration", ["<!DOCTYPE a []>", "<!ENTITY a 'b'>", "<! doctype a>"])
def test_declarations_are_refused_before_parsing(declaration: str) -> None:
    """Nothing that could declare an entity reaches the XML parser."""
    with pytest.raises(LoadError, match="without declarations"):
        read_xspf(f"<?xml version='1.0'?>\n{declaration}\n<playlist/>", "x.xspf")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<html><body>404</body></html>", "a web page"),
        ("<smil/>", "XML of another kind: smil"),
        ("<playlist>", "something that isn't XML"),
        ("", "something that isn't XML"),
        ("<playlist>" + "<a>" * 60, "XML nested too deeply"),
    ],
)
def test_what_is_no_xspf_is_named(text: str, found: str) -> None:
    """A web page, other XML and torn XML are told as such."""
    with pytest.raises(LoadError, match=found):
        read_xspf(text, "x.xspf")


@given(st.text(max_size=300) | st.text("<>/!&;?=playlisttracklocation \n#", max_size=200))
def test_random_text_raises_nothing_else(text: str) -> None:
    """Whatever stands in a playlist of another program, it loads or is explained."""
    with contextlib.suppress(LoadError):
        read_xspf(text, "x.xspf")


def test_the_part_that_vlc_plays_is_kept() -> None:
    """VLC writes options into an extension of the track."""
    space = 'xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/"'
    option = f"<extension><vlc:option {space}>start-time=3</vlc:option></extension>"
    track = (
        f"<track><location>a.wav</location>{option}</track><track><location>b</location></track>"
    )
    entries = read_xspf(f"<playlist><trackList>{track}</trackList></playlist>", "x.xspf")
    assert [(one.cue_in, one.cue_out) for one in entries] == [(3.0, None), (None, None)]
