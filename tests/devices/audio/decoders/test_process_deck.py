"""A deck whose decoder is another process: nothing that the decoder does is heard."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.decoder_processes import (
    LENGTH,
    decoder_pid,
    decoders,
    outcome,
    pids_of,
    sound_of,
    write_piece,
)
from support.ffmpeg import convert
from support.opened_decks import cut_of, opened, read
from support.processes import is_alive
from support.waiting import wait_until

from kacenv.devices.audio.decoders.decoder import ROLE
from kacenv.devices.audio.decoders.room_decoders import RoomDecoders
from kacenv.devices.audio.samples import Block

pytestmark = pytest.mark.real
"""Decoders are programs."""
_RESIDUAL = 10 ** (-60 / 20)
"""Most (of full scale) by which a codec's next decoder may differ for a moment."""


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a piece of music."""
    return write_piece(tmp_path_factory.mktemp("pieces") / "piece.wav")


@pytest.fixture(scope="module")
def whole(piece: Path) -> Block:
    """Return how it sounds."""
    return sound_of(piece)


@pytest.fixture(scope="module")
def made() -> Iterator[RoomDecoders]:
    """Return a room's decoders."""
    with decoders() as found:
        yield found


def test_it_sounds_as_if_it_were_decoded_here(
    made: RoomDecoders, piece: Path, whole: Block
) -> None:
    """Every sample is the same."""
    with opened(made.deck(cut_of(piece)), cut_of(piece)) as deck:
        np.testing.assert_array_equal(read(deck, 2 * LENGTH), whole)
    assert len(whole) / 48_000 == pytest.approx(LENGTH)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP])
def test_a_decoder_that_falls_is_not_heard(
    made: RoomDecoders, piece: Path, whole: Block, number: signal.Signals
) -> None:
    """Another one goes on at the very sample, be it killed, crashed or stuck."""
    with opened(made.deck(cut_of(piece)), cut_of(piece)) as deck:
        heard = [read(deck, 3.0)]
        fallen = decoder_pid(made)
        os.kill(fallen, number)
        heard.append(read(deck, 2 * LENGTH))
        assert deck.failed is None
        assert not is_alive(fallen)
    np.testing.assert_array_equal(np.concatenate(heard), whole)


@pytest.mark.parametrize("format_", ["ogg", "mp3", "m4a", "opus", "flac"])
def test_in_every_format_the_next_decoder_goes_on_at_the_sample(
    made: RoomDecoders, piece: Path, format_: str
) -> None:
    """What it decodes from the middle on is what the first one would have decoded."""
    path = convert(piece, format_)
    expected = sound_of(path)
    with opened(made.deck(cut_of(path)), cut_of(path)) as deck:
        heard = [read(deck, 3.0)]
        os.kill(decoder_pid(made), signal.SIGKILL)
        heard.append(read(deck, 2 * LENGTH))
    sound = np.concatenate(heard)
    assert len(sound) == len(expected)
    assert np.abs(sound - expected).max() < _RESIDUAL


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("crash-on-it.wav", "its decoder crashes over it"),
        ("mute-for-ever.wav", "its decoder gives no answer"),
        ("nonsense-told.wav", "its decoder crashes over it"),
    ],
)
def test_a_piece_that_breaks_every_decoder_is_named(
    made: RoomDecoders, piece: Path, whole: Block, name: str, said: str
) -> None:
    """Its deck fails in plain words, while another piece plays on."""
    bad = piece.with_name(name)
    bad.hardlink_to(piece)
    with opened(made.deck(cut_of(piece)), cut_of(piece)) as good:
        heard = [read(good, 1.0)]
        deck = made.deck(cut_of(bad))
        try:
            deck.open(cut_of(bad))
            assert said in str(outcome(deck))
        finally:
            deck.close()
        heard.append(read(good, 2 * LENGTH))
    np.testing.assert_array_equal(np.concatenate(heard), whole)


def test_a_decoder_that_takes_ever_more_memory_is_ended(made: RoomDecoders, piece: Path) -> None:
    """The piece is played by the other library."""
    bad = piece.with_name("hungry-for-memory.wav")
    bad.hardlink_to(piece)
    with opened(made.deck(cut_of(bad)), cut_of(bad)) as deck:
        assert outcome(deck) is None
        assert len(read(deck, 2.0))


def test_a_deck_that_is_closed_leaves_nothing(made: RoomDecoders, piece: Path) -> None:
    """Its process ends, and its handles are closed, however many pieces were played."""
    with opened(made.deck(cut_of(piece)), cut_of(piece)):
        handles = _handles()
        process = decoder_pid(made)
    wait_until(lambda: not is_alive(process), "a decoder outlives its deck")
    for _ in range(20):
        with opened(made.deck(cut_of(piece)), cut_of(piece)) as deck:
            assert deck.ready
    assert _handles() < handles
    assert pids_of(made, ROLE) == []


def _handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
