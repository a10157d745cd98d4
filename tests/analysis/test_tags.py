"""Tags of files in every format."""

import shutil
from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen import id3
from support.houses import FOREIGN_MUSIC
from support.sounds import tone, write_wav

from kacenv.analysis.header_cache import Headers
from kacenv.analysis.tags import UNTAGGED, Tags, tags_in


def read_tags(path: Path) -> Tags:
    """The tags of a file."""
    return Headers().find(path).tags


def test_ogg_tags_are_read() -> None:
    """A real Ogg file's title, artist and licence."""
    tags = read_tags(FOREIGN_MUSIC / "breaking_the_chains.ogg")
    assert (tags.title, tags.artist) == ("Breaking the Chains", "Mattias Westlund")
    assert tags.licence == "GPL"


def test_id3_tags_are_read(tmp_path: Path) -> None:
    """A WAV file's ID3 frames; the address of a licence counts for more than a copyright line."""
    path = write_wav(tmp_path / "x.wav", tone(1, -20.0))
    sound = mutagen.File(path)
    sound.add_tags()
    frames: Any = id3
    sound.tags.add(frames.TIT2(encoding=3, text="Still\nWater"))
    sound.tags.add(frames.TPE1(encoding=3, text="A"))
    sound.tags.add(frames.TCOP(encoding=3, text="2020 A"))
    sound.tags.add(frames.WCOP(url="https://creativecommons.org/licenses/by-sa/4.0/"))
    sound.save()
    tags = read_tags(path)
    assert (tags.title, tags.artist, tags.licence) == ("Still Water", "A", "CC-BY-SA-4.0")


def test_public_domain_has_its_short_name(tmp_path: Path) -> None:
    """Creative Commons' address for the public domain is CC0."""
    path = tmp_path / "x.ogg"
    shutil.copy(FOREIGN_MUSIC / "victory.ogg", path)
    sound = mutagen.File(path)
    sound["license"] = "http://creativecommons.org/publicdomain/zero/1.0/"
    sound["title"] = "x" * 200
    sound.save()
    tags = read_tags(path)
    assert tags.licence == "CC0-1.0"
    assert len(tags.title) == 80


def test_a_file_without_tags_has_none(tmp_path: Path) -> None:
    """Nothing is made up."""
    assert read_tags(write_wav(tmp_path / "x.wav", tone(1, -20.0))) == UNTAGGED


@pytest.mark.parametrize(
    ("metadata", "tags"),
    [
        ({"ARTIST": "A", "album_artist": "B"}, Tags(artist="A")),
        ({"artist": " ", "album_artist": "B"}, Tags(artist="B")),
        ({"lyrics-eng": "la"}, Tags(words="lyrics")),
        ({"title": "a\u202eb\nc"}, Tags(title="a b c")),
    ],
)
def test_names_of_every_kind_of_tag(metadata: dict[str, str], tags: Tags) -> None:
    """FFmpeg's names in capitals or not; what is empty doesn't count; a title is one line."""
    assert tags_in([metadata]) == tags
