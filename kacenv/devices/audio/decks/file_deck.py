"""Decks for files: FFmpeg's, and libVLC's where FFmpeg itself breaks down.

FFmpeg is the first for every kind: measured on noise, it begins and ends to the sample, while
libVLC leaves out 15 to 72 ms of Vorbis, Opus, MP3 and AAC and up to 100 ms of an end, and takes 2
to 8 times the processor. And what it plays is what was checked: the meter decodes the same way.
"""

from typing import Final

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.fallback_deck import FallbackDeck
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.model.playlist import Cut
from kacenv.system.allocator import give_back_freed_memory

FAR: Final = Seconds(1.0)
"""Cue point (s) up to which a cut must be audible at once; further on, it may begin in a rest.
A piece that joins another's end may do so anyway."""


def file_deck(cut: Cut) -> Deck:
    """Return the deck for a cut; it isn't open yet."""
    give_back_freed_memory()
    audible = must_sound(cut)
    return FallbackDeck((lambda: FfmpegDeck(audible=audible), VlcDeck))


def must_sound(cut: Cut) -> bool:
    """Tell if a cut must be audible at once."""
    return cut.cue_in <= FAR and not cut.gapless
