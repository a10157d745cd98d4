"""Silence fades: heard at once, never steep, and without jumps where one replaces another."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soak.listening import first_sound, listen
from support.decks import OfflineMixer, noise, one_output, playing

from kacenv.core.units import Seconds, amplitude
from kacenv.devices.audio.mixing.silence_fade import AMPLE, FLOOR, STEEPEST, SilenceFade
from kacenv.devices.audio.samples import frames_in
from kacenv.engine.phases import STOPPING
from kacenv.engine.track_changes import FROM_SILENCE
from kacenv.engine.volume import HUSH_FADE, MUTE_FADE
from kacenv.model.commands import AudioCommand, Crossfade, SetHush, SetMute

LOUDNESSES = (-30.0, -20.0, -14.0)
"""Music's levels (dBFS rms), from a soft phase to one that was turned up by 6 dB."""
ends = st.sampled_from([(0.0, 1.0), (1.0, 0.0)])


def swell(origin: float, target: float, duration: float) -> SilenceFade:
    """Return a fade from time 0."""
    return SilenceFade(origin, target, Seconds(0.0), Seconds(duration))


@given(ends, st.floats(AMPLE, 60.0), st.floats(0.0, 1.0))
def test_no_stretch_is_steeper_than_the_bound(
    way: tuple[float, float], duration: float, share: float
) -> None:
    """Between the floor and full, a hundredth of a second changes no more than its part."""
    one = swell(*way, duration)
    gains = [max(one.value_at(share * duration + late), FLOOR) for late in (0.0, 0.01)]
    assert abs(20 * math.log10(gains[1] / gains[0])) <= STEEPEST * 0.01 + 1e-6


@given(ends, st.floats(0.05, 60.0), st.floats(0.0, 1.1), st.floats(0.05, 9.0), st.booleans())
def test_taking_over_never_jumps(
    way: tuple[float, float], duration: float, share: float, other: float, up: bool
) -> None:
    """A swell that takes over begins at the value there is, and ends where it should."""
    before, now = swell(*way, duration), Seconds(share * duration)
    after = before.toward(float(up), now, Seconds(other))
    assert after.value_at(now) == before.value_at(now)
    assert abs(after.value_at(now + 1e-6) - before.value_at(now)) <= FLOOR + 1e-3
    assert after.value_at(now + other + 1e-9) == float(up)


def test_a_fall_is_a_rise_backwards() -> None:
    """Both pass through the same gains, so that both are heard soon."""
    up, down = swell(0.0, 1.0, 8.0), swell(1.0, 0.0, 8.0)
    for time in np.linspace(0.1, 7.9, 40):
        assert up.value_at(time) == pytest.approx(down.value_at(8.0 - time))
    assert up.value_at(0.4) > amplitude(-30.0)
    assert down.value_at(0.1) < amplitude(-0.1)


BACK = Seconds(11.0)
ORDERS: tuple[tuple[AudioCommand, AudioCommand], ...] = (
    (SetMute("room", True, Seconds(1.0), MUTE_FADE), SetMute("room", False, BACK, MUTE_FADE)),
    (SetHush(True, Seconds(1.0), HUSH_FADE), SetHush(False, BACK, HUSH_FADE)),
)


@pytest.mark.parametrize("loudness", LOUDNESSES)
@pytest.mark.parametrize("orders", ORDERS, ids=("mute", "silence"))
def test_what_silences_and_brings_back_never_startles(
    orders: tuple[AudioCommand, AudioCommand], loudness: float
) -> None:
    """Within 50 ms the level moves by less than 3 dB; at music's level it is heard in 0.4 s."""
    mix = playing(one_output(), noise(30.0, 1, amplitude(loudness)))
    for order in orders:
        mix.perform(order)
    sound = mix.render(24.0)
    heard = listen(sound)
    assert heard.rise < 3.0
    assert heard.fall < 3.0
    back = first_sound(sound[frames_in(BACK - 0.1) :])
    assert back is not None
    assert loudness < -20.0 or back < 0.4


@pytest.mark.parametrize("loudness", LOUDNESSES)
def test_the_first_music_and_the_last_never_startle(loudness: float) -> None:
    """Music that begins where none sounds, and a stop, keep the same bound."""
    mix = OfflineMixer(one_output(), noise(30.0, 1, amplitude(loudness)))
    mix.play(1, 0.0, FROM_SILENCE)
    begins = mix.render(8.0)
    mix.perform(Crossfade(None, mix.now, STOPPING))
    ends = mix.render(8.0)
    assert listen(begins).rise < 3.0
    assert listen(ends).fall < 3.0
    assert not mix.render(0.1).any()
