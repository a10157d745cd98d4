"""The mixer: levels, routes, chimes on the frame, and no sample above a ceiling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.decks import Stage, noise, one_output, rms, steepest_step, tone

from kacenv.audio.bell import ring
from kacenv.audio.samples import RATE, Block, frames_in
from kacenv.commands import SetLevel, SetVolume, StrikeChime
from kacenv.errors import DeviceError
from kacenv.room import Output, Role, Room
from kacenv.scene import Audience, ChimeName
from kacenv.units import Decibels, Seconds, amplitude

SEATS = Room(
    name="test",
    outputs=(
        Output(id="speakers", role=Role.SPEAKERS, channels=(1, 2), ceiling="0 dB"),
        Output(id="left-seat", role=Role.SEAT_A, channels=(3,), trim="-6 dB", ceiling="0 dB"),
        Output(id="desk", role=Role.STAFF, channels=(4,), ceiling="0 dB"),
    ),
)


def chime(audience: Audience, at: float, name: ChimeName = ChimeName.BELL) -> StrikeChime:
    """A chime for `audience`."""
    return StrikeChime(name, audience, Seconds(at))


def playing(room: Room, *sounds: Block) -> Stage:
    """A stage on which the first sound has just reached its full level."""
    stage = Stage(room, *sounds)
    stage.cue(1)
    stage.fade(1, 0.0, 0.05)
    stage.render(0.1)
    return stage


def test_music_passes_untouched() -> None:
    """One track at no gain reaches the speakers as it is in its file."""
    sound = noise(2.0, seed=1)
    stage = playing(one_output(), sound)
    np.testing.assert_array_equal(stage.render(1.0), sound[4800:52800])


def test_the_same_orders_make_the_same_samples() -> None:
    """Two mixers with the same decks and orders render alike."""

    def take() -> Block:
        stage = playing(SEATS, noise(9.0, 1), noise(9.0, 2))
        stage.cue(2)
        stage.fade(2, 1.0, 3.0)
        stage.mixer.perform(chime(Audience.ROOM, 2.2))
        return stage.render(5.0)

    np.testing.assert_array_equal(take(), take())


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
@settings(max_examples=20)
def test_blocks_of_any_size_join_without_a_seam(sizes: list[int]) -> None:
    """Whatever the device asks for, a tone that is being faded has no step in it."""
    stage = Stage(one_output(), tone(3.0, level=0.3), tone(3.0, 555.0, 0.3))
    stage.cue(1)
    stage.fade(1, 0.0, 0.2)
    blocks = [stage.render(size / RATE, size) for size in sizes]
    stage.cue(2)
    stage.fade(2, stage.now, 0.3)
    blocks += [stage.render(size / RATE, size) for size in reversed(sizes)]
    assert steepest_step(np.concatenate(blocks)) < 0.05


def test_each_output_hears_its_own() -> None:
    """Speakers hear stereo, a seat on one channel the trimmed mean, staff no music."""
    sound = noise(2.0, seed=3)
    device = playing(SEATS, sound).render(1.0)
    music = sound[4800:52800]
    np.testing.assert_array_equal(device[:, :2], music)
    np.testing.assert_allclose(device[:, 2], music.mean(axis=1) * amplitude(-6.0), atol=1e-6)
    assert not device[:, 3].any()


def test_a_level_is_faded_on_every_music_output() -> None:
    """A level of -12 dB arrives on time, and the fade to it has no step."""
    stage = playing(SEATS, tone(9.0))
    stage.mixer.perform(SetLevel(Decibels(-12.0), Seconds(1.0), Seconds(2.0)))
    device = stage.render(5.0)
    assert rms(device[:40000, 0]) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)
    assert rms(device[150000:, 0]) == pytest.approx(amplitude(-12.0) * 0.5 / np.sqrt(2), rel=1e-3)
    assert steepest_step(device) < 1.05 * steepest_step(tone(0.1))


def test_a_volume_touches_one_output() -> None:
    """A seat turned down to silence leaves the speakers alone."""
    stage = playing(SEATS, tone(9.0))
    before = stage.render(0.1)
    stage.mixer.perform(SetVolume("left-seat", Decibels(-90.0), stage.now, Seconds(1.0)))
    stage.render(2.0)
    after = stage.render(0.1)
    assert not after[:, 2].any()
    assert rms(after[:, :2]) == pytest.approx(rms(before[:, :2]), rel=1e-2)


def test_an_unknown_output_is_refused() -> None:
    """The error names the outputs there are."""
    order = SetVolume("roof", Decibels(0.0), Seconds(0.0), Seconds(1.0))
    with pytest.raises(DeviceError, match="'roof'; it has: speakers, left-seat, desk"):
        Stage(SEATS).mixer.perform(order)


@given(st.integers(1, 3 * RATE), st.sampled_from(ChimeName))
@settings(max_examples=25)
def test_a_chime_begins_on_its_frame(frame: int, name: ChimeName) -> None:
    """What is rendered holds the chime from its very frame on, and nothing before."""
    stage = Stage(one_output())
    assert stage.mixer.perform(chime(Audience.ROOM, frame / RATE, name))
    sound = stage.render(4.0)[:, 0]
    assert not sound[:frame].any()
    np.testing.assert_array_equal(sound[frame:], ring(name)[: 4 * RATE - frame])


def test_a_chime_that_is_a_little_late_rings_at_once() -> None:
    """Half a second late is not too late, more than a second is."""
    stage = Stage(one_output())
    stage.render(10.0)
    stage.mixer.perform(chime(Audience.ROOM, 8.5))
    assert not stage.render(1.0).any()
    stage.mixer.perform(chime(Audience.ROOM, 10.5))
    assert stage.render(1.0).any()


def test_staff_chimes_sound_for_staff_alone() -> None:
    """A chime for staff reaches the staff output and no other."""
    stage = Stage(SEATS)
    assert stage.mixer.perform(chime(Audience.STAFF, 0.1))
    device = stage.render(3.0)
    assert device[:, 3].any()
    assert not device[:, :3].any()


def test_without_staff_output_staff_chimes_are_silent() -> None:
    """In a room without a staff output the order is refused and nothing sounds."""
    stage = Stage(one_output())
    assert not stage.mixer.perform(chime(Audience.STAFF, 0.1))
    assert not stage.render(3.0).any()


def test_room_chimes_sound_everywhere() -> None:
    """A chime for the room reaches speakers, seats and staff."""
    stage = Stage(SEATS)
    stage.mixer.perform(chime(Audience.ROOM, 0.1))
    assert stage.render(1.0).any(axis=0).all()


def test_room_chimes_duck_the_music() -> None:
    """The music is 3 dB down half a second after the stroke and back after the bell."""
    stage = playing(one_output(), np.full((20 * RATE, 2), 0.25, np.float32))
    stage.mixer.perform(chime(Audience.ROOM, 1.0))
    device = stage.render(12.0)[:, 0]
    device[frames_in(0.9) : frames_in(0.9) + len(ring(ChimeName.BELL))] -= ring(ChimeName.BELL)
    ducked, back = device[frames_in(2.0)], device[frames_in(9.0)]
    assert ducked == pytest.approx(0.25 * amplitude(-3.0), rel=1e-3)
    assert back == pytest.approx(0.25, rel=1e-3)
    assert steepest_step(device[:, None]) < 0.001


def test_staff_chimes_do_not_duck_the_music() -> None:
    """What patients hear isn't touched by a chime for staff."""
    sound = noise(4.0, 1)
    stage = playing(SEATS, sound)
    stage.mixer.perform(chime(Audience.STAFF, 0.5))
    np.testing.assert_array_equal(stage.render(3.0)[:, :2], sound[4800 : 4800 + 3 * RATE])


@given(st.floats(-30.0, 0.0), st.integers(0, 9), st.floats(0.0, 24.0))
@settings(max_examples=25, deadline=None)
def test_no_sample_passes_a_ceiling(ceiling: float, seed: int, gain: float) -> None:
    """Whatever plays, however loud, no sample of the device is above its ceiling."""
    stage = Stage(one_output(round(ceiling, 1)), noise(3.0, seed, 0.5), noise(3.0, seed + 1, 0.5))
    for play_id, at in ((1, 0.0), (2, 0.5)):
        stage.cue(play_id, gain=gain)
        stage.fade(play_id, at, 0.5)
        stage.mixer.perform(chime(Audience.ROOM, at))
        stage.mixer.perform(SetLevel(Decibels(12.0), Seconds(at), Seconds(0.1)))
        device = stage.render(1.0)
        assert np.abs(device).max() <= amplitude(round(ceiling, 1))


def test_outputs_that_share_channels_share_the_lowest_ceiling() -> None:
    """Two outputs on one pair of channels add up below the lower of their ceilings."""
    loud = Output(id="a", role=Role.SPEAKERS, ceiling="0 dB")
    low = Output(id="b", role=Role.SEAT_A, ceiling="-20 dB", channels=(2, 3))
    device = playing(Room(name="test", outputs=(loud, low)), tone(3.0)).render(1.0)
    assert np.abs(device).max() <= amplitude(-20.0)
    assert rms(device[:, 1]) > 1.5 * rms(device[:, 0])


def test_meters_tell_each_output_apart() -> None:
    """A tone shows at its level, a trimmed output lower, a silent one at the bottom."""
    stage = playing(SEATS, tone(2.0))
    stage.render(0.5)
    meters = stage.mixer.meters()
    assert meters["speakers"].rms == pytest.approx(-9.03, abs=0.1)
    assert meters["speakers"].peak == pytest.approx(-6.02, abs=0.1)
    assert meters["left-seat"].rms == pytest.approx(-15.03, abs=0.1)
    assert meters["desk"].peak == -120.0
    assert stage.mixer.music_level.rms == pytest.approx(-9.03, abs=0.1)
