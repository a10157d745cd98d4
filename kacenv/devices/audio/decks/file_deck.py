"""Decks for files: libVLC's, or FFmpeg's for a cut far into its file, or one without gaps.

libVLC can't join two files: it begins each with a millisecond of silence, leaves in the delay of
LAME and AAC, and loses what its decoder still holds at the end: 24 ms of MP3, 13 ms of WAV, up to
93 ms of Opus.
"""

from typing import Final

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.model.playlist import Cut

FAR: Final = Seconds(1.0)
"""Cue point (s) up to which libVLC decodes at once, and is exact."""


def file_deck(cut: Cut) -> Deck:
    """Return the deck for a cut, by the decoder that suits its ends; it isn't open yet."""
    return FfmpegDeck() if cut.gapless or cut.cue_in > FAR else VlcDeck()
