"""Padding: an encoder's silence behind the music is told from the music."""

import shutil
from pathlib import Path
from typing import Final

import mutagen
import numpy as np
import pytest
import soundfile
from support.ffmpeg import encode

from kacenv.analysis.loudness_meter import measure
from kacenv.analysis.sound_decoder import decoded
from kacenv.analysis.sound_file import open_sound

pytestmark = pytest.mark.real
COUNT: Final = 361_193
"""Samples of music: no encoder's whole number of frames."""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tone of `COUNT` samples, in stereo."""
    path = tmp_path_factory.mktemp("music") / "tone.wav"
    tone = 0.3 * np.sin(2 * np.pi * 437.3 * np.arange(COUNT) / 48_000 + 0.3)
    soundfile.write(path, np.stack((tone, tone), axis=1), 48_000, "PCM_24")
    return path


@pytest.fixture(scope="module")
def plain(music: Path) -> Path:
    """The tone as an M4A file."""
    return encode(music, "m4a")


@pytest.fixture(scope="module")
def listless(music: Path) -> Path:
    """The tone as an M4A file without an edit list."""
    return encode(music, "m4a", "-use_editlist", "0", name="listless")


def samples_of(path: Path, *, seek: float = 0.0) -> int:
    """Decode from a place on, and return at which sample of the file the music ends."""
    with open_sound(str(path)) as sound:
        *_, (place, frame) = decoded(sound, seek)
    assert frame
    return round(place * frame.sample_rate) + frame.samples


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "m4a", "ogg", "opus"])
def test_every_kind_gives_as_many_samples_as_went_in(music: Path, kind: str) -> None:
    """What an encoder put before and behind the music is no part of it."""
    path = encode(music, kind)
    assert samples_of(path) == COUNT
    assert measure(str(path)).duration == pytest.approx(COUNT / 48_000, abs=1e-9)


def test_the_end_is_the_same_from_the_middle(plain: Path) -> None:
    """Where decoding begins doesn't matter."""
    assert samples_of(plain, seek=5.0) == COUNT


@pytest.mark.parametrize("seek", [0.0, 5.0])
def test_itunes_says_where_its_music_ends(listless: Path, tmp_path: Path, seek: float) -> None:
    """A file without an edit list has delay and length in a tag of iTunes' own."""
    path = Path(shutil.copy(listless, tmp_path))
    stated = f" 00000000 00000400 00000000 {COUNT:016X} 00000000 00000000"
    assert samples_of(tagged(path, stated), seek=seek) == COUNT


def tagged(path: Path, words: str) -> Path:
    """Write iTunes' tag into a file."""
    file = mutagen.File(path)
    file["----:com.apple.iTunes:iTunSMPB"] = [words.encode()]
    file.save()
    return path


@pytest.mark.parametrize("tag", ["0 0", "0 0 0 xyz", "0 0 0 0"])
def test_a_tag_that_says_nothing_shortens_nothing(plain: Path, tmp_path: Path, tag: str) -> None:
    """A torn tag is passed over; the last packet says where the music ends."""
    path = Path(shutil.copy(plain, tmp_path))
    assert samples_of(tagged(path, tag)) == COUNT
