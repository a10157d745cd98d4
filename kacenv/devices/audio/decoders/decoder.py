"""Decoder: decodes one piece in a process of its own, whose memory and processor time are bounded.

Whatever it does, the room goes on: it holds seconds of the piece in the ring buffer, and has
another decoder go on behind them.
"""

import json
import resource
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Final, NamedTuple, Self

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import BUFFER
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.decoders.shared_ring import decoder_ring
from kacenv.model.playlist import Cut
from kacenv.system.processes import name_process

ROLE: Final = "decoder"
_MEMORY: Final = 256 << 20
"""Most memory (bytes) that a decoder may take beyond its server's; ordinary files take 20 MB."""
_PROCESSOR: Final = 60
"""Least processor time (s) until a decoder is ended; a longer piece has its own length."""
_LOOK_EVERY: Final = Seconds(0.2)


class Family(StrEnum):
    """Libraries that decode; they don't agree to the sample, so one goes on for its like alone."""

    FFMPEG = "ffmpeg"
    VLC = "vlc"


class DecodeOrder(NamedTuple):
    """Order to decode a cut by a library."""

    family: Family
    path: str
    cue_in: float
    length: float
    audible: bool

    @property
    def cut(self) -> Cut:
        """Return the cut to decode."""
        return Cut(self.path, "", "", Seconds(self.length), Seconds(self.cue_in))

    def packed(self) -> bytes:
        """Return the order as a message."""
        return json.dumps(self).encode()

    @classmethod
    def unpacked(cls, message: bytes) -> Self:
        """Return the order of a message."""
        family, *rest = json.loads(message)
        return cls(Family(family), *rest)


def decode(order: DecodeOrder, memory: int, pipe: int) -> None:
    """Decode a cut into the ring buffer; return once all is written, or the room is gone."""
    name_process("kacenv: decoder", "kacenv-decoder")
    _bound(order.length)
    ring, bell = decoder_ring(BUFFER, memory, pipe)
    if order.family is Family.FFMPEG:
        FfmpegDeck(audible=order.audible, ring=ring).decode(order.cut)
        return
    deck = VlcDeck(ring=ring)
    deck.open(order.cut)
    while not (ring.ended or ring.reason or bell.is_released_within(_LOOK_EVERY)):
        pass


def _bound(length: float) -> None:
    """Bound this process's memory and its processor time, which no piece needs by far.

    RLIMIT_DATA counts what it may write to; RLIMIT_AS would count libraries and files, too.
    """
    seconds = max(_PROCESSOR, round(min(length, 1e6)))
    with suppress(OSError, ValueError):
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_CPU, seconds)
        _limit(resource.RLIMIT_DATA, _data_size() + _MEMORY)


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bound, hard))


def _data_size() -> int:
    """Return the size (bytes) of what this process may write to."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - quick
        words: Sequence[str] = file.read().split()
    return int(words[5]) * resource.getpagesize()
