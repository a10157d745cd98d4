"""A surround file is as loud as was measured, from every place, and never clips."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from support.ffmpeg import ebur128
from support.opened_decks import cut_of, opened, read

from kacenv.analysis.loudness_meter import measure
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.samples import RATE

pytestmark = pytest.mark.real
SPAN = 30.0
FRONT, CENTRE, LFE, REAR = (0, 1), (2,), (3,), (4, 5)
CASES = {"rear": REAR, "centre": CENTRE, "front": FRONT, "all": (*FRONT, *CENTRE, *LFE, *REAR)}


def _surround(folder: Path, sounding: tuple[int, ...], amplitude: float) -> Path:
    """Write noise of 5.1 channels, of which some sound."""
    random = np.random.default_rng(5)
    sound: NDArray[np.float64] = np.zeros((round(SPAN * RATE), 6))
    sound[:, sounding] = amplitude * random.uniform(-1, 1, (len(sound), len(sounding)))
    path = folder / "surround.flac"
    soundfile.write(path, sound, RATE)
    return path


@pytest.mark.parametrize("name", CASES)
def test_surround_sounds_as_loud_as_it_was_measured(name: str, tmp_path: Path) -> None:
    """From the beginning, and from a place inside, as after a resume: within 0.2 LU."""
    path = _surround(tmp_path, CASES[name], 0.25)
    measured = measure(str(path)).loudness
    assert measured is not None
    for cue in (0.0, 0.7, 12.5):
        with opened(FfmpegDeck(), cut_of(path, cue)) as deck:
            soundfile.write(tmp_path / "heard.wav", read(deck, 15.0), RATE, "FLOAT")
        assert ebur128(tmp_path / "heard.wav").loudness == pytest.approx(measured, abs=0.2)


def test_the_loudest_surround_does_not_clip(tmp_path: Path) -> None:
    """Six channels at full scale stay below it."""
    path = tmp_path / "loud.flac"
    square = np.sign(np.sin(np.arange(3 * RATE) * 0.01)) * 0.999
    soundfile.write(path, np.repeat(square[:, None], 6, axis=1), RATE)
    with opened(FfmpegDeck(), cut_of(path)) as deck:
        heard = read(deck, 3.0)
    assert 0.99 < np.abs(heard).max() < 1.0


@pytest.mark.parametrize("channels", [1, 2])
def test_one_and_two_channels_stay_as_they_are(channels: int, tmp_path: Path) -> None:
    """Mono is heard on both sides at its own level, and stereo as it is."""
    path = tmp_path / "plain.wav"
    wave = 0.5 * np.sin(np.arange(RATE) * 0.05)
    soundfile.write(path, np.repeat(wave[:, None], channels, axis=1), RATE)
    with opened(FfmpegDeck(), cut_of(path)) as deck:
        heard = read(deck, 1.0)
    assert np.abs(heard - wave[:, None]).max() < 1e-4
