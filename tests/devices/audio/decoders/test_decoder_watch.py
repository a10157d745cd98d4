"""The watch over decoders: it looks at those that it is given, and at no others."""

import os
import threading
from contextlib import closing

import pytest
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.audio.decoders.decoder_watch import DecoderWatch
from kacenv.devices.audio.decoders.server_process import ServerProcess

pytestmark = pytest.mark.real
"""The server is a program."""
_LOOK_EVERY = Seconds(0.01)


class ToldDeck:
    """Deck that counts the looks at it; its decoder is this process."""

    def __init__(self) -> None:
        self.looks = 0
        self.looked = threading.Event()
        self.decoder = (os.getpid(), os.pidfd_open(os.getpid()))

    def check(self) -> None:
        """Do nothing: its decoder runs."""

    def look(self) -> None:
        """Count."""
        self.looks += 1
        self.looked.set()


def test_it_looks_until_a_deck_is_taken_away() -> None:
    """A deck that is watched is looked at again and again; the others of the room, too."""
    decks = [ToldDeck(), ToldDeck()]
    with closing(ServerProcess()) as server, closing(DecoderWatch(server, _LOOK_EVERY)) as watch:
        for deck in decks:
            watch.add(deck)
        assert len(watch.decoders) == 2
        assert all(deck.looked.wait(300.0) for deck in decks)
        watch.remove(decks[0])
        assert len(watch.decoders) == 1
        seen = decks[1].looks
        wait_until(lambda: decks[1].looks > seen)
        for deck in decks:
            os.close(deck.decoder[1])
            watch.remove(deck)


def test_a_watch_that_is_closed_looks_no_more() -> None:
    """Its thread has ended then, and a deck that comes late isn't watched."""
    deck = ToldDeck()
    with closing(ServerProcess()) as server:
        watch = DecoderWatch(server, _LOOK_EVERY)
        watch.add(deck)
        assert deck.looked.wait(300.0)
        watch.close()
        watch.add(ToldDeck())
        watch.close()
        assert len(watch.decoders) == 1
        assert not [one for one in threading.enumerate() if one.name == "decoders"]
    os.close(deck.decoder[1])
