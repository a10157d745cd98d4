"""Decks for files: libVLC's, or FFmpeg's for a cut that begins far into its file."""

from typing import Final

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.model.playlist import Cut

FAR: Final = Seconds(1.0)
"""Cue point (s) up to which libVLC decodes at once, and is exact."""


def file_deck(cut: Cut) -> Deck:
    """Return the deck for a cut, by the decoder that suits its cue point; it isn't open yet."""
    return FfmpegDeck() if cut.cue_in > FAR else VlcDeck()
