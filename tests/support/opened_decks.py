"""Decks that are opened, read and closed for a test."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.samples import Block, frames_in
from kacenv.model.playlist import Cut


def cut_of(path: Path | str, cue_in: float = 0.0, length: float = 1000.0) -> Cut:
    """Return a cut of a file."""
    return Cut(str(path), "title", "artist", Seconds(length), Seconds(cue_in))


@contextmanager
def opened(deck: Deck, cut: Cut) -> Iterator[Deck]:
    """Open a deck; it is ready, at its end, or has failed."""
    deck.open(cut)
    try:
        wait_until(lambda: deck.ready or deck.failed or deck.ended_in is not None)
        yield deck
    finally:
        deck.close()


def read(deck: Deck, span: float) -> Block:
    """Read so many seconds, or less if the deck ends before."""
    left, blocks = frames_in(span), list[Block]()
    while left and deck.ended_in != 0 and deck.failed is None:
        blocks.append(deck.read(min(left, 4800)))
        left -= len(blocks[-1])
        if not len(blocks[-1]):
            time.sleep(0.001)
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)
