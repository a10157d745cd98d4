"""Several devices with independent clocks, heard in sync."""

from dataclasses import replace

import numpy as np
import pytest
from support.decks import rms, steepest_step
from support.simulated_devices import Make, SimDevice, SimulatedOutput, apart

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE, Block

HOUR = 3600.0
TOGETHER = 0.005
"""Seconds by which devices may be apart."""
FAST, SLOW = Make(speed=200.0), Make(speed=-200.0)
IN_BURSTS = Make(speed=200.0, block=480, burst=4)
MUTE = Make(speed=-200.0, latency=0.24, tells=False, late=0.002)
"""A device that says nothing about its latency."""
STEEPEST = 0.5 * 2 * np.pi * 440 / RATE


class SineSource:
    """A sine of 440 Hz on each channel, without end; counts its frames."""

    def __init__(self, channels: int) -> None:
        self.channels, self.frames = channels, 0

    def __call__(self, frames: int, heard_in: Seconds) -> Block:
        """Return the next frames, without blocking."""
        assert 0 <= heard_in < 0.5
        if not self.channels:
            self.frames += frames
            return np.zeros((frames, 0), np.float32)
        time = np.arange(self.frames, self.frames + frames) / RATE
        self.frames += frames
        wave = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
        return np.repeat(wave[:, None], self.channels, axis=1)


def sound_of(device: SimDevice) -> Block:
    """Return all that a device has played."""
    return np.concatenate(device.sound)


def recorded_sines(makes: tuple[Make, ...]) -> SimulatedOutput:
    """Return recording devices of one channel each."""
    room = SimulatedOutput(makes, SineSource(len(makes)), channels=1)
    for device in room.devices:
        device.keeps_sound = True
    return room


@pytest.mark.parametrize(
    ("makes", "span"),
    [
        (tuple(replace(make, block=5760, latency=0.24) for make in (FAST, SLOW)), HOUR),
        ((SLOW, IN_BURSTS), HOUR / 12),
        ((FAST, MUTE), HOUR / 12),
    ],
)
def test_an_hour_leaves_devices_together(makes: tuple[Make, ...], span: float) -> None:
    """Clocks 400 parts per million apart (1.4 s an hour) are heard within 5 ms all the time.

    The devices watch for over- and underruns themselves: none ever runs dry.
    """
    music = SineSource(0)
    room = SimulatedOutput(makes, music)
    room.play(span)
    away = np.abs(apart(room.devices))
    settled = np.abs(apart(room.devices, after=30.0))
    print(f"apart by at most {away.max() * 1000:.2f} ms, later {settled.max() * 1000:.2f} ms")
    assert len(away) > 8 * span
    assert away.max() < TOGETHER
    assert settled.max() < TOGETHER / 2
    assert music.frames == pytest.approx(span * RATE, rel=210e-6, abs=RATE)
    assert room.ensemble.errors == 0


def test_a_steady_leader_plays_the_samples_themselves() -> None:
    """The device that leads is not resampled; the others have no audible steps."""
    room = recorded_sines((FAST, SLOW))
    room.play(30.0)
    assert room.ensemble.errors == 0
    first, second = (sound_of(device) for device in room.devices)
    expected = SineSource(1)(len(first), Seconds(0.1))
    leads, follows = (first, second) if first[:RATE].any(axis=1).mean() > 0.9 else (second, first)
    np.testing.assert_array_equal(leads, expected[: len(leads)])
    assert steepest_step(follows) < 1.01 * STEEPEST
    steady = follows[5 * RATE :]
    assert rms(steady) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)


def test_all_devices_fade_in_after_a_silence() -> None:
    """After 0.4 s without sound, leader and follower come back together, without a step."""
    room = recorded_sines((FAST, SLOW))
    room.play(20.0)
    places = [len(sound_of(device)) for device in room.devices]
    room.ensemble.fade_in()
    room.play(5.0)
    for device, place in zip(room.devices, places, strict=True):
        sound = sound_of(device)
        assert not sound[
            place + device.make.block : place + round(0.4 * RATE) - device.make.block
        ].any()
        assert rms(sound[-RATE:]) == pytest.approx(0.5 / 2**0.5, rel=0.01)
        assert steepest_step(sound[place - RATE :]) < STEEPEST * 1.05


def test_a_lost_leader_is_not_heard_by_the_others() -> None:
    """When the leader goes and comes back, the other plays on without a step or a dip."""
    room = recorded_sines((SLOW, FAST))
    room.play(10.0)
    leader = [reader is room.ensemble.leader for reader in room.ensemble.readers].index(True)
    other = room.devices[1 - leader]
    room.lose(leader)
    room.play(5.0)
    assert room.ensemble.leader is other.reader
    room.bring_back(leader, SLOW)
    back = room.devices[leader]
    back.keeps_sound = True
    room.play(30.0)
    assert room.ensemble.leader is other.reader
    steady = sound_of(other)[2 * RATE :]
    assert steepest_step(steady) < 1.01 * STEEPEST
    levels = [rms(part) for part in np.split(steady[: 40 * RATE], 200)]
    assert levels == pytest.approx([0.5 / np.sqrt(2)] * 200, rel=2e-3)
    assert np.abs(apart((other, back))).max() < TOGETHER
    returned = sound_of(back)
    assert steepest_step(returned) < 1.01 * STEEPEST
    begins = int(np.flatnonzero(returned)[0])
    whole = next(n for n in range(0, len(returned), 480) if rms(returned[n : n + 480]) > 0.34)
    print(f"whole again {whole / RATE:.2f} s after the device")
    assert whole / RATE < 1.2
    assert (whole - begins) / RATE > 0.4


def test_all_lost_the_music_goes_on() -> None:
    """With every device away nothing plays, the buffer runs in time, and any return leads on."""
    room = SimulatedOutput((FAST, SLOW), music := SineSource(0))
    room.play(5.0)
    room.lose(0)
    room.lose(1)
    room.play(60.0)
    assert music.frames / RATE == pytest.approx(room.time, abs=0.5)
    room.bring_back(1, SLOW)
    room.play(5.0)
    room.bring_back(0, FAST)
    room.play(60.0)
    assert room.ensemble.errors == 0
    assert room.ensemble.leader is room.devices[1].reader
    assert music.frames / RATE == pytest.approx(room.time, abs=0.5)
    assert np.abs(apart(room.devices)).max() < TOGETHER


def test_a_device_that_stalls_is_put_back_in_its_place() -> None:
    """A follower that loses a tenth of a second fades out, and in again where the others are."""
    room = recorded_sines((FAST, replace(SLOW, latency=0.2), SLOW))
    room.play(5.0)
    late = next(one for one in room.devices if one.reader is not room.ensemble.leader)
    late.stall(0.1)
    room.play(10.0)
    others = [device for device in room.devices if device is not late]
    assert np.abs(apart(others)).max() < TOGETHER
    assert np.abs(apart((late, others[0]), after=room.time - 7.0)).max() < TOGETHER
    assert steepest_step(sound_of(late)) < 1.01 * STEEPEST


def test_a_device_that_never_knows_is_taken_at_its_estimate() -> None:
    """A server that never tells its latency leaves nobody in silence."""
    room = SimulatedOutput((FAST, replace(MUTE, tells=None)), SineSource(0))
    room.play(30.0)
    assert len(room.devices[1].heard) > 400
    assert np.abs(apart(room.devices, after=5.0)).max() < TOGETHER
