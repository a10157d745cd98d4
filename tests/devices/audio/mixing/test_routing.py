"""Routing: each output's own volume, mute, delay, trim and ceiling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.decks import SEATS, OfflineMixer, chime, noise, one_output, playing, rms, tone

from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.samples import RATE, frames_in
from kacenv.model.commands import SetMute, SetVolume
from kacenv.model.room import Output, Role, Room
from kacenv.model.scene import Audience


def test_each_output_hears_its_own() -> None:
    """Speakers hear stereo, a seat on one channel the trimmed mean, staff no music."""
    sound = noise(2.0, seed=3)
    device = playing(SEATS, sound).render(1.0)
    music = sound[4800:52800]
    np.testing.assert_array_equal(device[:, :2], music)
    np.testing.assert_allclose(device[:, 2], music.mean(axis=1) * amplitude(-6.0), atol=1e-6)
    assert not device[:, 3].any()


def test_devices_lie_side_by_side() -> None:
    """Each device has columns of its own, as many as its outputs need; nothing spills over."""
    outputs = (
        Output(id="a", role=Role.SEAT_A, device="left amp", channels=(3, 4), ceiling="0 dB"),
        Output(id="b", role=Role.SEAT_B, device="right amp", ceiling="0 dB"),
        Output(id="c", role=Role.STAFF, device="left amp", channels=(1,)),
    )
    mix = playing(Room(name="test", outputs=outputs), noise(2.0, 1))
    assert mix.mixer.devices == {"left amp": [0, 1, 2, 3], "right amp": [4, 5]}
    device = mix.render(1.0)
    assert device.shape[1] == mix.mixer.channels == 6
    assert not device[:, :2].any()
    assert device[:, 2:4].any()
    np.testing.assert_array_equal(device[:, 2:4], device[:, 4:])


def test_a_volume_touches_one_output() -> None:
    """A seat turned down to silence leaves the speakers alone."""
    mix = playing(SEATS, tone(9.0))
    before = mix.render(0.1)
    mix.perform(SetVolume("left-seat", Decibels(-90.0), mix.now, Seconds(1.0)))
    mix.render(2.0)
    after = mix.render(0.1)
    assert not after[:, 2].any()
    assert rms(after[:, :2]) == pytest.approx(rms(before[:, :2]), rel=1e-2)


def test_a_mute_is_true_silence_on_one_output_alone() -> None:
    """A muted output plays neither music nor chimes, the others play on as before."""
    sound = noise(20.0, 1)
    mix = playing(SEATS, sound)
    mix.perform(SetMute("left-seat", True, mix.now, Seconds(1.0)))
    mix.render(1.1)
    at = frames_in(mix.now)
    device = mix.render(1.0)
    np.testing.assert_array_equal(device[:, :2], sound[at : at + RATE])
    mix.perform(chime(Audience.ROOM, mix.now))
    assert not device[:, 2].any()
    assert not mix.render(1.0)[:, 2].any()
    mix.perform(SetMute("left-seat", False, mix.now, Seconds(1.0)))
    mix.render(10.0)
    at = frames_in(mix.now)
    heard, music = mix.render(1.0)[:, 2], sound[at : at + RATE].mean(axis=1)
    np.testing.assert_allclose(heard, music * amplitude(-6.0), atol=2e-3)


@given(st.sampled_from([0.0, 0.0001, 0.01, 0.5]), st.integers(400, 9999))
@settings(max_examples=20, deadline=None)
def test_a_delay_is_exact_to_the_sample(delay: float, block: int) -> None:
    """A delayed output plays the same samples as another, later by its delay."""
    near = Output(id="near", role=Role.SEAT_A, ceiling="0 dB", delay=f"{delay:.4f}s")
    far = Output(id="far", role=Role.SEAT_B, ceiling="0 dB", channels=(3, 4))
    device = playing(Room(name="test", outputs=(near, far)), noise(2.0, 1)).render(1.0, block)
    late = frames_in(delay)
    np.testing.assert_array_equal(device[late:, :2], device[: len(device) - late, 2:])


def test_outputs_that_share_channels_share_the_lowest_ceiling() -> None:
    """Two outputs on one pair of channels add up below the lower of their ceilings."""
    loud = Output(id="a", role=Role.SPEAKERS, ceiling="0 dB")
    low = Output(id="b", role=Role.SEAT_A, ceiling="-20 dB", channels=(2, 3))
    device = playing(Room(name="test", outputs=(loud, low)), tone(3.0)).render(1.0)
    assert np.abs(device).max() <= amplitude(-20.0)
    assert rms(device[:, 1]) > 1.5 * rms(device[:, 0])


def test_chimes_follow_a_volume_turned_down_but_not_up() -> None:
    """A chime is softer where the music is, and never louder or gone."""
    levels = {}
    for volume in (-60.0, -10.0, 0.0, 12.0):
        mix = OfflineMixer(one_output())
        mix.perform(SetVolume("room", Decibels(volume), Seconds(0.0), Seconds(0.1)))
        mix.render(0.5)
        mix.perform(chime(Audience.ROOM, 0.6))
        levels[volume] = 20 * np.log10(np.abs(mix.render(2.0)).max())
    assert levels == pytest.approx({-60.0: -58.0, -10.0: -48.0, 0.0: -38.0, 12.0: -38.0}, abs=0.1)


def test_meters_tell_each_output_apart() -> None:
    """A tone shows at its level, a trimmed output lower, a silent one at the bottom."""
    mix = playing(SEATS, tone(2.0))
    mix.render(0.5)
    meters = mix.mixer.meters()
    assert meters["speakers"].rms == pytest.approx(-9.03, abs=0.1)
    assert meters["speakers"].peak == pytest.approx(-6.02, abs=0.1)
    assert meters["left-seat"].rms == pytest.approx(-15.03, abs=0.1)
    assert meters["desk"].peak == -120.0
    assert mix.mixer.music_level.rms == pytest.approx(-9.03, abs=0.1)
