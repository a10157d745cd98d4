"""Decoders in processes of their own, for a test, and the sound that they should give."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from support import faulty_decoders
from support.opened_decks import cut_of, opened, read
from support.sounds import write_wav
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decoders.decoder import ROLE
from kacenv.devices.audio.decoders.room_decoders import RoomDecoders
from kacenv.devices.audio.samples import RATE, Block

LENGTH: Final = 40.0
"""Length (s) of a piece."""
_LOOK_EVERY: Final = Seconds(0.1)


def write_piece(path: Path) -> Path:
    """Write a piece of noise, in which every second is another one."""
    random = np.random.default_rng(5)
    return write_wav(path, 0.1 * random.standard_normal((round(LENGTH * RATE), 2)))


def sound_of(path: Path) -> Block:
    """Return what a deck of this process plays of a piece."""
    with opened(FfmpegDeck(), cut_of(path)) as deck:
        return read(deck, 2 * LENGTH)


@contextmanager
def decoders() -> Iterator[RoomDecoders]:
    """Have a server whose decoders fail over files that are called so."""
    with closing(RoomDecoders(_LOOK_EVERY, faulty_decoders.command)) as made:
        yield made


def decoder_pid(made: RoomDecoders) -> int:
    """Return the process of the only decoder that runs."""
    return wait_until(lambda: pids_of(made, ROLE), "no decoder runs")[-1]


def pids_of(made: RoomDecoders, role: str) -> list[int]:
    """Return the processes of a role."""
    return [pid for name, pid in made.processes() if name == role]


def outcome(deck: Deck) -> str | None:
    """Wait until a deck is ready, which gives None, or has failed; return why."""
    wait_until(lambda: deck.ready or deck.failed)
    return deck.failed
