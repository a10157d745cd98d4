"""Levels of sound: the meters' tenth of a second, and the last three seconds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.decks import noise, tone

from kacenv.devices.audio.mixing.meters import (
    PART,
    LevelMeter,
    RecentLoudness,
    SoundEnergy,
    peak_of,
)
from kacenv.devices.audio.samples import silence


def test_it_measures_the_last_three_seconds() -> None:
    """After three seconds the level is the new music's, whatever came before."""
    recent = RecentLoudness()
    assert recent.level == -120.0
    for block in (noise(5.0, 1, 0.5), noise(3.1, 2, 0.01)):
        for at in range(0, len(block), 777):
            recent.add(SoundEnergy.of(block[at : at + 777]))
    assert recent.level == pytest.approx(-40.0, abs=0.2)


def test_music_that_has_just_begun_counts_in_part() -> None:
    """One second of music among two of silence is 4.8 dB below its level."""
    recent = RecentLoudness()
    recent.add(SoundEnergy.of(noise(1.0, 1, 0.1)))
    assert recent.level == pytest.approx(-24.8, abs=0.1)


def test_recent_music_counts_as_loud_as_it_is_heard() -> None:
    """Music that is heard at half its amplitude is 6 dB softer."""
    recent = RecentLoudness()
    recent.add(SoundEnergy.of(noise(3.0, 1, 0.1)), power=0.25)
    assert recent.level == pytest.approx(-26.0, abs=0.1)


@given(st.integers(1, 9), st.integers(0, PART - 1))
def test_a_part_measures_the_same_alone_and_beside_others(parts: int, rest: int) -> None:
    """Chunks of 20 ms measured one by one, or all at once, give the same figures to the bit."""
    block = noise(0.2, parts)[: parts * PART + rest]
    alone = [SoundEnergy.of(block[at : at + PART]).parts for at in range(0, len(block), PART)]
    assert SoundEnergy.of(block).parts == tuple(part for (part,) in alone)


def test_a_meter_shows_the_last_tenth_of_a_second() -> None:
    """What was louder before doesn't count any more, however long the blocks are."""
    for size in (480, 960, 4800, 7000):
        meter = LevelMeter()
        sound = np.concatenate((noise(1.0, 1, 0.3), tone(1.0, level=0.1)))
        for at in range(0, len(sound), size):
            meter.add(sound[at : at + size])
        assert meter.read() == pytest.approx((-23.0, -20.0), abs=0.05)


def test_a_meter_without_sound_is_at_the_bottom() -> None:
    """Neither a new meter nor one that has had only empty blocks and silence fails."""
    meter = LevelMeter()
    assert meter.read() == (-120.0, -120.0)
    for block in (silence(0), silence(100), silence(0)):
        meter.add(block)
    assert meter.read() == (-120.0, -120.0)


def test_the_peak_is_that_of_either_side() -> None:
    """The lowest sample counts like the highest; one that is no number shows."""
    block = silence(10)
    assert peak_of(block[:0]) == 0.0
    block[3, 1] = -0.5
    assert peak_of(block) == 0.5
    block[4, 0] = np.nan
    assert np.isnan(peak_of(block))
