"""Envelopes: equal power and no jumps, however often a crossfade is interrupted."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Seconds
from kacenv.devices.audio.mixing.crossfade import (
    SHORTEST,
    CrossfadeCurve,
    FadeInCurve,
    FadeOutCurve,
    GainEnvelope,
)

Steps = list[tuple[float, float, float, float]]
spans = st.floats(0.0, 30.0)
steps = st.lists(st.tuples(spans, st.floats(0.0, 60.0), spans, spans), min_size=1, max_size=8)


def play(crossfades: Steps) -> list[GainEnvelope]:
    """The voices after crossfades, each `wait` after the one before and `duration` long.

    After `haste` each is told to be complete in `rest`.
    """
    voices, now = [GainEnvelope(CrossfadeCurve(Seconds(-9.0), Seconds(1.0)))], 0.0
    for wait, duration, haste, rest in crossfades:
        now += wait
        crossing = CrossfadeCurve(Seconds(now), Seconds(duration))
        voices = [voice.with_fade_out(crossing) for voice in voices]
        voices.append(GainEnvelope(crossing))
        crossing.shorten(Seconds(now + haste), Seconds(now + haste + rest))
    return voices


def power(voices: list[GainEnvelope], time: float) -> float:
    """Return the power of uncorrelated tracks of power 1."""
    return sum(voice.gain_at(time) ** 2 for voice in voices)


@given(steps, st.floats(0.0, 300.0))
def test_power_stays_constant(crossfades: Steps, time: float) -> None:
    """However crossfades interrupt each other and are hastened, the common power stays 1."""
    assert power(play(crossfades), time) == pytest.approx(1.0, abs=1e-9)


@given(steps, st.floats(0.0, 300.0))
def test_gains_never_jump(crossfades: Steps, time: float) -> None:
    """In one millisecond no gain moves further than the shortest fades explain."""
    bound = 0.001 * math.pi / 2 / SHORTEST * len(crossfades) + 1e-9
    for voice in play(crossfades):
        assert abs(voice.gain_at(time + 0.001) - voice.gain_at(time)) <= bound


@given(steps)
def test_a_silent_voice_stays_silent(crossfades: Steps) -> None:
    """From `silent_from` on, a voice's gain is nought."""
    for voice in play(crossfades)[:-1]:
        assert voice.silent_from is not None
        assert voice.gain_at(voice.silent_from) == pytest.approx(0.0, abs=1e-12)
        assert voice.gain_at(voice.silent_from + 1.0) == pytest.approx(0.0, abs=1e-12)


def test_no_fade_is_quicker_than_the_shortest() -> None:
    """A fade of no length is given the shortest one."""
    rising = GainEnvelope(CrossfadeCurve(Seconds(1.0), Seconds(0.0)))
    assert rising.gain_at(1.0) == 0.0
    assert 0.6 < rising.gain_at(1.0 + SHORTEST / 2) < 0.8
    assert rising.gain_at(1.0 + SHORTEST) == 1.0


def test_the_way_into_silence_is_heard_at_once() -> None:
    """It is as good as even in amplitude, also after it was hastened, and ends in silence."""
    leaving = FadeOutCurve(Seconds(0.0), Seconds(6.0))
    voice = GainEnvelope(CrossfadeCurve(Seconds(-10.0), Seconds(1.0)), (leaving,))
    even = pytest.approx([1.0, 0.75, 0.5], abs=0.02)
    assert [voice.gain_at(time) for time in (0.0, 1.5, 3.0)] == even
    leaving.shorten(Seconds(3.0), Seconds(4.0))
    even = pytest.approx([0.5, 0.25, 0.0], abs=0.02)
    assert [voice.gain_at(time) for time in (3.0, 3.5, 4.0)] == even
    assert voice.gain_at(4.0) == 0.0


def test_the_way_out_of_silence_joins_the_one_of_every_crossfade() -> None:
    """It begins softer than a sine, and is one before half a second has passed."""
    arriving, plain = (kind(Seconds(1.0), Seconds(6.0)) for kind in (FadeInCurve, CrossfadeCurve))
    assert arriving.rise_at(1.0) == 0.0
    assert 0.0 < arriving.rise_at(1.1) < plain.rise_at(1.2)
    for time in (1.5, 3.0, 5.0, 7.0):
        assert arriving.rise_at(time) == pytest.approx(plain.rise_at(time), abs=0.03)


@given(st.floats(0.0, 60.0), st.floats(0.0, 60.0), st.floats(0.0, 90.0))
def test_haste_goes_on_from_where_it_is(duration: float, now: float, end: float) -> None:
    """A hastened crossfade doesn't jump, ends when it should, and never later than before."""
    plain, hastened = (CrossfadeCurve(Seconds(1.0), Seconds(duration)) for _ in range(2))
    hastened.shorten(Seconds(now), Seconds(end))
    assert hastened.share_at(now) == pytest.approx(plain.share_at(now), abs=1e-9)
    assert hastened.end == min(plain.end, max(end, max(now, 1.0) + SHORTEST))
    for time in (now, now + 0.5, now + 5.0):
        assert hastened.share_at(time) >= plain.share_at(time) - 1e-9
    assert hastened.share_at(hastened.end) == 1.0
