"""Absurd samples never reach a loudspeaker: the meter and both decks refuse them alike."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.opened_decks import cut_of, opened, read
from support.sounds import tone, write_wav

from kacenv.analysis.absurd_samples import ABSURD
from kacenv.analysis.judge import judge
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import RATE, Block

DECKS = (FfmpegDeck, VlcDeck)


def sine(span: float, amplitude: float) -> Block:
    """A soft tone of `span` seconds, or one that is anything but soft."""
    return (amplitude * np.sin(np.arange(round(span * RATE)) / 20)).astype(np.float32)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a WAV file of floats."""

    def write(*parts: Block) -> Path:
        path = tmp_path / "floats.wav"
        soundfile.write(path, np.concatenate(parts), RATE, subtype="FLOAT")
        return path

    return write


@pytest.mark.parametrize("amplitude", [np.nan, np.inf, 1e30, 32767.0])
def test_all_refuse_a_file_of_them(amplitude: float, written: Callable[..., Path]) -> None:
    """With one reason, which the room gives, too; libVLC takes what is no number for silence."""
    path = written(np.full(2 * RATE, amplitude, np.float32))
    assert judge(str(path)).fault == ABSURD
    for deck in (FfmpegDeck(), file_deck(cut_of(path))):
        with opened(deck, cut_of(path)):
            assert deck.failed == ABSURD
    with opened(VlcDeck(), cut_of(path)) as reserve:
        assert reserve.failed
        assert not read(reserve, 2.0).any()


@pytest.mark.parametrize("make", DECKS)
def test_a_piece_that_turns_absurd_ends_there(
    make: type[FfmpegDeck | VlcDeck], written: Callable[..., Path]
) -> None:
    """What was before is heard as it is, and nothing louder; so says the verdict."""
    path = written(sine(2.0, 0.1), sine(3.0, 1e9), sine(2.0, 0.1))
    sound = judge(str(path)).sound
    assert sound
    assert sound.damaged_at == pytest.approx(2.0, abs=0.1)
    assert sound.duration == pytest.approx(2.0, abs=0.1)
    heard = played(make(), path)
    assert len(heard) / RATE == pytest.approx(2.0, abs=0.1)
    assert np.abs(heard).max() < 0.11


@pytest.mark.parametrize("make", DECKS)
def test_a_single_absurd_sample_is_left_out(
    make: type[FfmpegDeck | VlcDeck], written: Callable[..., Path]
) -> None:
    """The piece goes on without what is around it."""
    torn = sine(4.0, 0.1)
    torn[2 * RATE] = np.nan
    heard = played(make(), written(torn))
    assert len(heard) / RATE == pytest.approx(4.0, abs=0.2)
    assert np.abs(heard).max() < 0.11


@pytest.mark.parametrize("make", DECKS)
def test_loud_floats_play(make: type[FfmpegDeck | VlcDeck], written: Callable[..., Path]) -> None:
    """Peaks 12 dB above full scale are music, and are levelled by what was measured."""
    path = written(sine(2.0, 4.0))
    sound = judge(str(path)).sound
    assert sound
    assert sound.true_peak == pytest.approx(12.0, abs=0.5)
    assert len(played(make(), path)) / RATE == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("rate", [1, 100, 200_000_000, 2_000_000_000])
def test_a_rate_that_no_music_has_is_refused_by_all(rate: int, tmp_path: Path) -> None:
    """Four bytes of a head are wrong, and the file would last for an hour or for no time."""
    path = write_wav(tmp_path / "a.wav", tone(0.1, -20))
    content = bytearray(path.read_bytes())
    content[24:28] = rate.to_bytes(4, "little")
    path.write_bytes(content)
    assert judge(str(path)).fault
    with opened(file_deck(cut_of(path)), cut_of(path)) as deck:
        assert deck.failed
        assert not deck.reserve


def played(deck: Deck, path: Path) -> Block:
    """Return all that a deck plays of a file."""
    with opened(deck, cut_of(path, length=Seconds(100.0))):
        return read(deck, 100.0)
