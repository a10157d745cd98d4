"""What playing makes of a measurement: one loudness for every track, and no silent ends."""

from typing import Final

from kacenv.music.sound import Sound
from kacenv.units import Decibels, Seconds

REFERENCE: Final = -20.0
"""The loudness every track is brought to, in LUFS: that of the house music, and low enough that
music with a wide range seldom has to be turned down for its peaks."""
CEILING: Final = Decibels(-1.0)
"""No track passes this, in dBTP, at a level of 0 dB (the limit of EBU R 128)."""
MOST: Final = Decibels(24.0)
"""No track is made louder than this, as none can be by hand: beyond is mostly noise."""
TRIVIAL: Final = Seconds(0.1)
"""Silence that isn't worth skipping."""


def levelled(own: Decibels, sound: Sound | None) -> Decibels:
    """The gain of a track that its playlist plays at `own` dB from the reference.

    Without a measurement it is played as it is, at `own`.
    """
    if sound is None:
        return own
    wanted = own if sound.loudness is None else own + REFERENCE - sound.loudness
    return Decibels(min(wanted, CEILING - sound.true_peak, MOST))


def heard(sound: Sound) -> tuple[Seconds, Seconds]:
    """From where to where in the file there is something to hear."""
    if sound.silent:
        return Seconds(0.0), sound.duration
    begin = sound.head if sound.head > TRIVIAL else Seconds(0.0)
    tail = sound.tail if sound.tail > TRIVIAL else 0.0
    return begin, Seconds(sound.duration - tail)
