"""FFmpeg decks that begin in the middle of a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.ffmpeg import convert, encode
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.playlist import Cut

LENGTH, BEGIN = 40.0, 23.456
KINDS = ("wav", "flac", "ogg", "opus", "mp3", "m4a")


@pytest.fixture(scope="module")
def noise() -> Block:
    """Return noise in which every second is identifiable."""
    random = np.random.default_rng(1)
    return (0.1 * random.standard_normal((round(LENGTH * RATE), 2))).astype(np.float32)


@pytest.fixture(scope="module")
def files(noise: Block, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Encode the noise in every format; return the paths by format."""
    folder = tmp_path_factory.mktemp("noise")
    soundfile.write(folder / "noise.wav", noise, RATE)
    return {kind: str(convert(folder / "noise.wav", kind)) for kind in KINDS}


@contextmanager
def opened(path: str, begin: float, length: float = 10.0) -> Iterator[FfmpegDeck]:
    """Return a deck that is ready, or has failed."""
    deck = FfmpegDeck()
    deck.open(Cut(path, "Noise", "Nobody", Seconds(length), cue_in=Seconds(begin)))
    wait_until(lambda: deck.ready or deck.failed)
    try:
        yield deck
    finally:
        deck.close()


@pytest.mark.parametrize("kind", KINDS)
def test_it_begins_where_it_should(files: dict[str, str], noise: Block, kind: str) -> None:
    """Within 60 ms of its place, in every format; an encoder's own delay is part of that."""
    with opened(files[kind], BEGIN) as deck:
        heard = deck.read(round(0.3 * RATE))[:, 0]
    start = round((BEGIN - 0.5) * RATE)
    around = noise[start : start + round(1.3 * RATE), 0]
    lag = int(np.correlate(around, heard, "valid").argmax())
    assert abs((start + lag) / RATE - BEGIN) < 0.06


def test_a_mono_file_is_as_loud_as_from_its_beginning(noise: Block, tmp_path: Path) -> None:
    """A piece on one channel sounds the same on both, and at the level the room's deck gives it."""
    path = tmp_path / "mono.wav"
    soundfile.write(path, noise[:, 0], RATE)
    with opened(str(path), BEGIN) as deck:
        heard = deck.read(RATE // 4)
    start = round(BEGIN * RATE)
    assert np.abs(heard - noise[start : start + len(heard), :1]).max() < 1e-4


def test_it_ends_with_its_cut(files: dict[str, str]) -> None:
    """It gives as many samples as the cut is long, and then says so."""
    with opened(files["ogg"], BEGIN, 2.0) as deck:
        heard = 0
        while deck.ended_in != 0:
            heard += len(deck.read(4800))
    assert heard == 2 * RATE


def test_beyond_the_end_it_fails(files: dict[str, str]) -> None:
    """A file that has been cut short since is passed over with a reason."""
    with opened(files["flac"], LENGTH + 5) as deck:
        assert deck.failed is not None


def test_a_damaged_stretch_is_left_out(files: dict[str, str], tmp_path: Path) -> None:
    """Three thousand bad bytes in an MP3 cost a moment of it, not the rest."""
    whole = bytearray(Path(files["mp3"]).read_bytes())
    middle = len(whole) * 3 // 4
    whole[middle : middle + 3000] = bytes(3000)
    path = tmp_path / "damaged.mp3"
    path.write_bytes(whole)
    with opened(str(path), 10.0, 28.0) as deck:
        heard = 0
        while deck.ended_in != 0:
            heard += len(deck.read(48000))
    assert heard > 26 * RATE


def test_what_is_no_music_fails(tmp_path: Path) -> None:
    """A text called music is refused before any decoder sees it."""
    path = tmp_path / "song.mp3"
    path.write_text("https://example.org/stream")
    with opened(str(path), 5.0) as deck:
        assert "isn't music" in (deck.failed or "")


def test_a_deck_closed_before_it_opens_stays_shut(files: dict[str, str]) -> None:
    """Closing wins over an opening that comes late."""
    deck = FfmpegDeck()
    deck.close()
    deck.open(Cut(files["wav"], "Noise", "Nobody", Seconds(1.0)))
    assert not deck.ready
    deck.close()


@pytest.mark.real
@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_all_of_its_music(tmp_path: Path, kind: str, rate: int) -> None:
    """From the first sample to the last: no delay of an encoder, and nothing left in a resampler.

    The files of AAC at 8,000 Hz, whose encoder FFmpeg itself starts late, are off by more.
    """
    count = 2 * rate + 617
    wave = 0.3 * np.cos(2 * np.pi * 437.3 * np.arange(count) / rate)
    soundfile.write(tmp_path / "tone.wav", np.stack((wave, wave), axis=1), rate, "PCM_24")
    heard = whole(encode(tmp_path / "tone.wav", kind))
    assert len(heard) == pytest.approx(count * RATE / rate, abs=1)
    middle = np.arange(RATE // 2, RATE * 3 // 2)
    turns = np.exp(-2j * np.pi * 437.3 * middle / RATE)
    late = -np.angle(np.mean(heard[middle, 0] * turns)) / (2 * np.pi * 437.3)
    assert abs(late) < 1e-5


def whole(path: Path) -> Block:
    """Return all that a deck gives of a file."""
    blocks = []
    with opened(str(path), 0.0, 60.0) as deck:
        while deck.ended_in != 0:
            blocks.append(deck.read(4800))
    return np.concatenate(blocks)
