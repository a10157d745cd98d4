"""The decoder server as the room sees it: it may fall, and is there again."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from support.decoder_processes import decoders, pids_of, sound_of, write_piece
from support.opened_decks import cut_of, opened, read
from support.processes import is_alive
from support.waiting import wait_until

from kacenv.devices.audio.decoders import server

pytestmark = pytest.mark.real
"""The server is a program."""


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a piece of music."""
    return write_piece(tmp_path_factory.mktemp("pieces") / "piece.wav")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_falls_is_not_heard(piece: Path, number: signal.Signals) -> None:
    """What it has begun plays on, and the next piece has a decoder of another server."""
    with decoders() as made, opened(made.deck(cut_of(piece)), cut_of(piece)) as deck:
        heard = [read(deck, 1.0)]
        (first,) = pids_of(made, server.ROLE)
        os.kill(first, number)
        with opened(made.deck(cut_of(piece)), cut_of(piece)) as other:
            assert other.ready
        assert pids_of(made, server.ROLE) != [first]
        heard.append(read(deck, 60.0))
    np.testing.assert_array_equal(np.concatenate(heard), sound_of(piece))


def test_a_server_is_started_again_before_it_is_needed(piece: Path) -> None:
    """Who watches the decoders notices its end, so that no piece waits for it."""
    with decoders() as made, opened(made.deck(cut_of(piece)), cut_of(piece)):
        (first,) = pids_of(made, server.ROLE)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: pids_of(made, server.ROLE) != [first], "it isn't started again")


def test_all_of_it_ends_with_the_room(piece: Path) -> None:
    """Neither server nor decoder outlives the room's decoders."""
    with decoders() as made:
        deck = made.deck(cut_of(piece))
        deck.open(cut_of(piece))
        wait_until(lambda: deck.ready)
        left = [pid for _, pid in made.processes()]
        deck.close()
    assert len(left) == 2
    wait_until(lambda: not any(map(is_alive, left)), "a process outlives its room")
