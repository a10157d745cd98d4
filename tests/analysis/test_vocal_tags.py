import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mutagen import id3
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4FreeForm

from kacenv.analysis.header_cache import Headers

Make = Callable[[str], Path]


FREE_FORM: Any = MP4FreeForm


def words_of(file: Path) -> str:
    """The tag that speaks of words."""
    return Headers().find(file).tags.words


def write_tags(kind: Any, file: Path, tags: dict[str, Any]) -> None:
    """Write tags into a file."""
    sound = kind(file)
    for key, value in tags.items():
        sound[key] = value
    sound.save()


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a second of sound of a kind."""

    def made(suffix: str) -> Path:
        file = tmp_path / f"a.{suffix}"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", file], check=True)
        return file

    return made


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"lyrics": "La la la"}, "lyrics"),
        ({"LYRICIST": "Jane Doe"}, "lyricist: Jane Doe"),
        ({"language": "eng"}, "language: eng"),
        ({"genre": "Vocal Jazz"}, "genre: Vocal Jazz"),
        ({"genre": "Hip-Hop"}, "genre: Hip-Hop"),
        ({"genre": "Instrumental Hip-Hop"}, None),
        ({"genre": "Ambient"}, None),
        ({"language": "zxx"}, None),
        ({"lyrics": "[Instrumental]"}, None),
        ({"title": "Opera", "comment": "vocals"}, None),
        ({"lyricist": "a\u202eb" + "c" * 99}, "lyricist: a b" + "c" * 36 + "…"),
    ],
)
def test_vorbis_tags(make: Make, tags: dict[str, str], told: str | None) -> None:
    """Lyrics, lyricist, language and genre speak of words; titles and comments don't."""
    file = make("flac")
    write_tags(FLAC, file, tags)
    assert words_of(file) == (told or "")


@pytest.mark.parametrize(
    ("name", "fields", "told"),
    [
        ("USLT", {"lang": "eng", "desc": "", "text": "La la"}, "lyrics"),
        ("TEXT", {"text": "Jane"}, "lyricist: Jane"),
        ("TLAN", {"text": "deu"}, "language: deu"),
        ("TCON", {"text": "Choral"}, "genre: Choral"),
        ("TXXX", {"desc": "LANGUAGE", "text": "fra"}, "language: fra"),
        ("SYLT", {"lang": "eng", "format": 2, "type": 1, "text": [("La", 1)]}, "lyrics"),
        ("TXXX", {"desc": "MOOD", "text": "fra"}, None),
    ],
)
def test_id3_tags(make: Make, name: str, fields: dict[str, Any], told: str | None) -> None:
    """The same in MP3 files."""
    file = make("mp3")
    frame = id3.Frames[name](encoding=3, **fields)
    write_tags(MP3, file, {frame.HashKey: frame})
    assert words_of(file) == (told or "")


def test_mp4_tags(make: Make) -> None:
    """The same in M4A files, also where the tag is one of iTunes' own."""
    file = make("m4a")
    write_tags(MP4, file, {"----:com.apple.iTunes:LYRICIST": [FREE_FORM(b"Jane")]})
    assert words_of(file) == "lyricist: Jane"


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"stik": [2]}, "media kind: audiobook"),
        ({"stik": [21]}, "media kind: podcast"),
        ({"stik": [1]}, None),
        ({"pcst": True}, "podcast"),
        ({"pcst": False}, None),
    ],
)
def test_media_kinds_of_itunes(make: Make, tags: dict[str, Any], told: str | None) -> None:
    """A book that is read aloud, and a podcast, are full of words; music isn't."""
    file = make("m4a")
    write_tags(MP4, file, tags)
    assert words_of(file) == (told or "")


def test_untagged_files_say_nothing(make: Make) -> None:
    """The language that every MP4 and Matroska file names by itself is nobody's tag."""
    for suffix in ("wav", "m4a", "mka"):
        assert not words_of(make(suffix))
