"""A decoder server whose decoders fail over some files, by the files' names."""

import mmap
import os
import sys
import time
from pathlib import Path

from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decoders import decoder, server
from kacenv.devices.audio.decoders.decoder import DecodeOrder
from kacenv.model.playlist import Cut

_FOR_EVER = 1e6
_sound_decode = decoder.decode


def command(line: int) -> list[str]:
    """Return the command of such a server."""
    return [sys.executable, "-P", __file__, str(line)]


class HungryDeck(FfmpegDeck):
    """Deck whose decoder takes all the memory that it gets."""

    def decode(self, cut: Cut) -> None:
        """Take memory for ever."""
        taken = []
        while cut:
            taken.append(b"." * (8 << 20))


def decode(order: DecodeOrder, memory: int, pipe: int) -> None:
    """Decode, or fail in the way that the file's name says."""
    match Path(order.path).name.partition("-")[0]:
        case "crash":
            os.abort()
        case "mute":
            time.sleep(_FOR_EVER)
        case "nonsense":
            mmap.mmap(memory, mmap.PAGESIZE)[:8] = (1 << 60).to_bytes(8, "little")
            time.sleep(_FOR_EVER)
        case "hungry":
            setattr(decoder, "FfmpegDeck", HungryDeck)  # noqa: B010 - as in a test's patch
    _sound_decode(order, memory, pipe)


if __name__ == "__main__":
    setattr(server, "decode", decode)  # noqa: B010 - as in a test's patch
    server.main(sys.argv[1:])
