"""Exported playlists name the same music, also to a reader who isn't us."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import pytest
from support.sounds import tone, write_wav

from kacenv.config import House
from kacenv.config.playlists.resolve import listed_tracks
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.config.transfer.export import ExportError, export, house_tracks
from kacenv.core.errors import LoadError

PLAYLIST = """
title: Calm
tracks:
  - file: "a #1 & 50%.wav"
    title: "Wind & <still> Ä"
    artist: "A - B"
    licence: x
    instrumental: yes
  - {file: "deep/c:d.wav", title: Deep, artist: Nobody, licence: x, instrumental: yes}
"""


@pytest.fixture
def calm(house: House) -> House:
    """A house with a playlist of two tracks whose names are hard to write."""
    (house.playlist_folder / "calm.yaml").write_text(PLAYLIST)
    for file in ("a #1 & 50%.wav", "deep/c:d.wav"):
        write_wav(house.playlist_folder / file, tone(40, -20.0, 200.0)[::24], channels=1)
    return house


@pytest.mark.parametrize("suffix", [".m3u8", ".xspf"])
@pytest.mark.parametrize("place", ["playlists", "."])
def test_what_is_exported_can_be_read_back(calm: House, suffix: str, place: str) -> None:
    """Files, titles and artists are the same, from the music's folder and from elsewhere."""
    tracks = house_tracks(calm, "calm")
    target = calm.root / place / f"out{suffix}"
    export(tracks, "calm", target)
    again = listed_tracks(target, calm.playlist_folder, None)
    assert [track.path for track in again] == [track.path for track in tracks]
    assert [track.entry.title for track in again] == [track.entry.title for track in tracks]
    assert again[0].entry.artist in {"A - B", "A, B"}


@pytest.mark.parametrize("suffix", [".m3u8", ".xspf"])
@pytest.mark.parametrize("name", ["two\nlines.wav", " spaces .wav", "#1.wav", "a\u2028b.wav"])
def test_odd_names_are_exported_and_read_back(house: House, suffix: str, name: str) -> None:
    """A line break, spaces and a hash in a name lose nothing."""
    file = house.playlist_folder / name
    write_wav(file, tone(40, -20.0, 200.0)[::24], channels=1)
    quoted = name.replace("\n", "%0A")
    (house.playlist_folder / "all.cue").write_text(
        f'FILE "{quoted}" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n'
    )
    target = house.playlist_folder / f"out{suffix}"
    export(house_tracks(house, "all.cue"), "all", target)
    assert [track.path for track in listed_tracks(target, None, None)] == [file]


@pytest.mark.parametrize("suffix", [".m3u8", ".xspf"])
def test_parts_of_a_file_stay_parts(house: House, suffix: str) -> None:
    """The tracks of a cue sheet aren't the whole file, each, to a player that can play parts."""
    write_wav(house.playlist_folder / "a.wav", tone(40, -20.0, 200.0)[::24], channels=1)
    tracks = "".join(f"TRACK 0{n} AUDIO\nINDEX 01 00:0{n - 1}:15\n" for n in (1, 2))
    (house.playlist_folder / "all.cue").write_text(f'FILE "a.wav" WAVE\n{tracks}')
    target = house.playlist_folder / f"out{suffix}"
    export(house_tracks(house, "all.cue"), "all", target)
    first, second = listed_tracks(target, None, None)
    assert [first.begin, first.end, second.begin] == pytest.approx([0.2, 1.2, 1.2])


def test_other_players_read_the_m3u8(calm: House) -> None:
    """FFmpeg, which knows nothing of us, finds the files as they are named."""
    target = calm.playlist_folder / "out.m3u8"
    export(house_tracks(calm, "calm"), "calm", target)
    named = [line for line in target.read_text().splitlines() if not line.startswith("#")]
    for name in named:
        path = calm.playlist_folder / name
        done = subprocess.run(["ffprobe", "-v", "error", path], capture_output=True, check=False)
        assert done.returncode == 0, name


def test_xspf_is_what_the_standard_asks_for(calm: House) -> None:
    """Version 1, its namespace, locations as URLs, lengths in milliseconds."""
    target = calm.playlist_folder / "out.xspf"
    export(house_tracks(calm, "calm"), "calm", target)
    root = ET.fromstring(target.read_text())  # noqa: S314 - written just now
    space = "{http://xspf.org/ns/0/}"
    assert (root.tag, root.get("version")) == (f"{space}playlist", "1")
    assert [node.text for node in root.iter(f"{space}location")] == [
        "a%20%231%20%26%2050%25.wav",
        "deep/c%3Ad.wav",
    ]
    lengths = [int(node.text or "") for node in root.iter(f"{space}duration")]
    assert all(length > 1000 for length in lengths)


def test_nothing_is_overwritten(calm: House) -> None:
    """A name that is taken, a kind that isn't known and a place that isn't there are refused."""
    tracks = house_tracks(calm, "calm")
    taken = calm.root / "mine.m3u8"
    taken.write_text("mine")
    for path, reason in (
        (taken, "there already"),
        (calm.root / "x.pls", r"For example: .*x\.m3u8"),
        (calm.root / "nowhere" / "x.m3u8", "can't be written"),
    ):
        with pytest.raises(ExportError, match=reason):
            export(tracks, "calm", path)
    assert taken.read_text() == "mine"


def test_an_unknown_playlist_is_answered_with_the_right_ones(calm: House) -> None:
    """A wrong name is answered with the names there are."""
    with pytest.raises(LoadError, match="calm"):
        house_tracks(calm, "clam")
    assert Path(calm.root).is_dir()


def test_a_playlist_elsewhere_is_named_by_its_path(calm: House, tmp_path: Path) -> None:
    """A playlist outside the house is exported as one in it."""
    path = tmp_path / "mine.m3u8"
    path.write_text("house/playlists/deep/c:d.wav\n")
    assert [track.path.name for track in house_tracks(calm, str(path))] == ["c:d.wav"]


NAMES = (
    "new\nline.wav",
    " leading.wav",
    "trailing.wav ",
    "nel\x85.wav",
    os.fsdecode(b"caf\xe9.wav"),
)


@pytest.fixture
def odd(house: House) -> list[ResolvedTrack]:
    """Tracks whose names no line of text can hold, and one with a title that drives terminals."""
    (house.playlist_folder / "calm.yaml").write_text(PLAYLIST.split("  - {", maxsplit=1)[0])
    write_wav(house.playlist_folder / "a #1 & 50%.wav", tone(40, -20.0)[::24], channels=1)
    (track,) = house_tracks(house, "calm")
    evil = replace(track.entry, title="a\x1b[31m\n\u202eb", artist="\ud800")
    renamed = [replace(track, path=track.path.with_name(name)) for name in NAMES]
    for one in renamed:
        shutil.copy(track.path, one.path)
    return [replace(track, entry=evil), *renamed]


def test_what_no_line_can_hold_is_written_in_percent_signs(odd: list[ResolvedTrack]) -> None:
    """A line break, a blank at a name's end or a byte that isn't UTF-8 breaks no line."""
    target = odd[0].path.with_name("out.m3u8")
    export(odd, "calm", target)
    head, label, *lines = target.read_text().splitlines()
    assert (head, label) == ("#EXTM3U", r"#EXTINF:2,\ud800 - a\x1b[31m\n\u202eb")
    assert lines[::2] == [
        "a #1 & 50%.wav",
        "new%0Aline.wav",
        "./ leading.wav",
        "trailing.wav%20",
        "nel%C2%85.wav",
        "caf%E9.wav",
    ]


def test_an_address_holds_every_name(odd: list[ResolvedTrack]) -> None:
    """In XSPF nothing is left out: names are bytes in percent signs, and titles are plain text."""
    target = odd[0].path.with_name("out.xspf")
    export(odd, "\x1b", target)
    root = ET.fromstring(target.read_text())  # noqa: S314 - our own
    space = "{http://xspf.org/ns/0/}"
    found = [one.text or "" for one in root.iter(f"{space}location")]
    assert [os.fsdecode(unquote_to_bytes(one)) for one in found[1:]] == [*NAMES]
    assert [one.text for one in root.iter(f"{space}title")][:2] == [
        r"\x1b",
        r"a\x1b[31m\n\u202eb",
    ]
