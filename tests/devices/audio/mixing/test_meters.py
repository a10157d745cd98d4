"""The level meter over the last three seconds."""

import pytest
from support.decks import noise

from kacenv.devices.audio.mixing.meters import RecentLoudness


def test_it_measures_the_last_three_seconds() -> None:
    """After three seconds the level is the new music's, whatever came before."""
    recent = RecentLoudness()
    assert recent.level == -120.0
    for block in (noise(5.0, 1, 0.5), noise(3.1, 2, 0.01)):
        for at in range(0, len(block), 777):
            recent.add(block[at : at + 777])
    assert recent.level == pytest.approx(-40.0, abs=0.2)


def test_music_that_has_just_begun_counts_in_part() -> None:
    """One second of music among two of silence is 4.8 dB below its level."""
    recent = RecentLoudness()
    recent.add(noise(1.0, 1, 0.1))
    assert recent.level == pytest.approx(-24.8, abs=0.1)
