"""The limiter: nothing passes the ceiling, and below it nothing changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.decks import noise, steepest_step, tone

from kacenv.core.units import amplitude
from kacenv.devices.audio.mixing.limiter import LOOK_AHEAD, Limiter
from kacenv.devices.audio.samples import Block

sizes = st.lists(st.integers(1, 700), min_size=1, max_size=8)
levels = st.floats(-40.0, 0.0)


def limited(limiter: Limiter, sound: Block, sizes: list[int]) -> Block:
    """Limit `sound` in blocks of the given sizes, with silence to flush the limiter."""
    edges = np.cumsum(sizes)
    blocks = [limiter.process(part) for part in np.split(sound, edges) if len(part)]
    return np.concatenate([*blocks, limiter.process(np.zeros((LOOK_AHEAD, 2), np.float32))])


@given(sizes, levels, st.floats(0.0, 30.0), st.integers(0, 99))
def test_nothing_passes_the_ceiling(
    sizes: list[int], ceiling: float, loud: float, seed: int
) -> None:
    """No sample of noise, clicks and bursts is above the ceiling."""
    sound = noise(0.1, seed, amplitude(ceiling + loud))
    sound[seed * 40 :: 997] *= 30
    result = limited(Limiter(amplitude(ceiling), 2), sound, sizes)
    assert np.abs(result).max() <= amplitude(ceiling)


@given(
    arrays(np.float32, (300, 2), elements=st.floats(width=32)),
    levels,
)
def test_nothing_at_all_passes_the_ceiling(sound: Block, ceiling: float) -> None:
    """Not even samples that are no numbers, or infinite."""
    result = limited(Limiter(amplitude(ceiling), 2), sound, [100, 100, 100])
    assert np.isfinite(result).all()
    assert np.abs(result).max() <= amplitude(ceiling)


@given(sizes, st.integers(0, 99))
def test_below_the_ceiling_nothing_changes(sizes: list[int], seed: int) -> None:
    """Sound below the ceiling leaves exactly as it came, late by the look-ahead."""
    sound = np.clip(noise(0.05, seed, 0.2), -0.49, 0.49)
    result = limited(Limiter(0.5, 2), sound, sizes)
    np.testing.assert_array_equal(result[LOOK_AHEAD:], sound)


def test_limiting_is_smooth() -> None:
    """A burst 12 dB above the ceiling leaves no step that the sine itself doesn't have."""
    sound = tone(1.0, pitch=200.0, level=0.4)
    sound[16080:31920] *= 4
    result = limited(Limiter(0.5, 2), sound, [480] * 100)
    assert steepest_step(result) < 1.6 * steepest_step(tone(0.1, 200.0, 0.5))


def test_the_level_comes_back() -> None:
    """A second after a burst 12 dB above the ceiling, sound passes untouched again."""
    sound = tone(3.0, level=0.4)
    sound[:4800] *= 4
    result = limited(Limiter(0.5, 2), sound, [480] * 300)
    late = slice(2 * 48000, 3 * 48000)
    np.testing.assert_array_equal(
        result[late.start + LOOK_AHEAD : late.stop], sound[late][:-LOOK_AHEAD]
    )


def test_channels_are_held_together() -> None:
    """Both channels are turned down alike, so the sound doesn't wander sideways."""
    sound = tone(0.5)
    sound[:, 1] *= 0.1
    result = limited(Limiter(0.25, 2), sound, [480] * 50)[LOOK_AHEAD:]
    loud = np.abs(result[:, 0]) > 0.1
    assert result[loud, 1] / result[loud, 0] == pytest.approx(0.1, rel=1e-3)
