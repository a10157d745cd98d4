"""The mixer: levels, routing, chimes on the frame, and no sample above a ceiling."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.decks import (
    SEATS,
    OfflineMixer,
    about,
    chime,
    noise,
    one_output,
    playing,
    rms,
    steepest_step,
    tone,
)

from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.mixing import mixer
from kacenv.devices.audio.mixing.bell_synth import ring
from kacenv.devices.audio.mixing.music_schedule import GRACE
from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.model.chime import BELL, BUILT_IN, Phrase
from kacenv.model.commands import (
    Crossfade,
    CueTrack,
    ScheduledCommand,
    SetDuck,
    SetHush,
    SetLevel,
    SetMute,
    SetVolume,
    StrikeChime,
)
from kacenv.model.playlist import Cut
from kacenv.model.requests import TrackStarted
from kacenv.model.room import Output, Role, Room
from kacenv.model.scene import Audience

SOFTEST, LOUDEST = -38.0, -20.0


def test_music_passes_untouched() -> None:
    """One track at no gain reaches the speakers as it is in its file."""
    sound = noise(2.0, seed=1)
    mix = playing(one_output(), sound)
    np.testing.assert_array_equal(mix.render(1.0), sound[4800:52800])


def test_the_same_orders_make_the_same_samples() -> None:
    """Two mixers with the same decks and orders render alike."""

    def take() -> Block:
        mix = playing(SEATS, noise(9.0, 1), noise(9.0, 2))
        mix.play(2, 1.0, 3.0)
        mix.perform(chime(Audience.ROOM, 2.2))
        return mix.render(5.0)

    np.testing.assert_array_equal(take(), take())


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
@settings(max_examples=20)
def test_blocks_of_any_size_join_without_a_seam(sizes: list[int]) -> None:
    """Whatever the device asks for, a tone that is being faded has no step in it."""
    mix = OfflineMixer(one_output(), tone(3.0, level=0.3), tone(3.0, 555.0, 0.3))
    mix.play(1, 0.0, 0.2)
    blocks = [mix.render(size / RATE, size) for size in sizes]
    mix.play(2, mix.now, 0.3)
    blocks += [mix.render(size / RATE, size) for size in reversed(sizes)]
    assert steepest_step(np.concatenate(blocks)) < 0.05


def test_a_level_is_faded_on_every_music_output() -> None:
    """A level of -12 dB arrives on time, and the fade to it has no step."""
    mix = playing(SEATS, tone(9.0))
    mix.perform(SetLevel(Decibels(-12.0), Seconds(1.0), Seconds(2.0)))
    device = mix.render(5.0)
    assert rms(device[:40000, 0]) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)
    assert rms(device[150000:, 0]) == pytest.approx(amplitude(-12.0) * 0.5 / np.sqrt(2), rel=1e-3)
    assert steepest_step(device) < 1.05 * steepest_step(tone(0.1))


def test_an_unknown_output_is_refused() -> None:
    """The error names the outputs there are."""
    order = SetVolume("roof", Decibels(0.0), Seconds(0.0), Seconds(1.0))
    with pytest.raises(DeviceError, match="'roof'; it has: speakers, left-seat, desk"):
        OfflineMixer(SEATS).mixer.perform(order)


@given(st.integers(1, RATE), st.sampled_from(list(BUILT_IN.values())))
@settings(max_examples=25)
def test_a_chime_begins_on_its_frame(frame: int, phrase: Phrase) -> None:
    """What is rendered holds the chime from its very frame on, and nothing before."""
    mix = OfflineMixer(one_output())
    assert mix.perform(chime(Audience.ROOM, frame / RATE, phrase))
    sound = mix.render(2.0)[:, 0]
    assert not sound[:frame].any()
    bell = ring(phrase) * np.float32(amplitude(SOFTEST))
    np.testing.assert_array_equal(sound[frame:], bell[: 2 * RATE - frame])


def test_a_chime_that_is_a_little_late_rings_at_once() -> None:
    """Half a second late is not too late, more than a second is."""
    mix = OfflineMixer(one_output())
    mix.render(10.0)
    mix.perform(chime(Audience.ROOM, 8.5))
    assert not mix.render(1.0).any()
    mix.perform(chime(Audience.ROOM, 10.5))
    assert mix.render(1.0).any()


def test_staff_chimes_sound_for_staff_alone() -> None:
    """A chime for staff reaches the staff output and no other."""
    mix = OfflineMixer(SEATS)
    assert mix.perform(chime(Audience.STAFF, 0.1))
    device = mix.render(3.0)
    assert device[:, 3].any()
    assert not device[:, :3].any()


def test_without_staff_output_staff_chimes_are_silent() -> None:
    """In a room without a staff output the order is refused and nothing sounds."""
    mix = OfflineMixer(one_output())
    assert not mix.perform(chime(Audience.STAFF, 0.1))
    assert not mix.render(3.0).any()


def test_room_chimes_sound_everywhere() -> None:
    """A chime for the room reaches speakers, seats and staff."""
    mix = OfflineMixer(SEATS)
    mix.perform(chime(Audience.ROOM, 0.1))
    assert mix.render(1.0).any(axis=0).all()


def test_room_chimes_duck_the_music() -> None:
    """The music is 3 dB down half a second after the stroke and back after the bell."""
    mix = playing(one_output(), np.full((20 * RATE, 2), 0.25, np.float32))
    mix.perform(chime(Audience.ROOM, 1.0))
    device = mix.render(12.0)[:, 0]
    bell = ring(BELL) * np.float32(amplitude(LOUDEST))
    device[frames_in(0.9) : frames_in(0.9) + len(bell)] -= bell
    ducked, back = device[frames_in(2.0)], device[frames_in(9.0)]
    assert ducked == pytest.approx(0.25 * amplitude(-3.0), rel=1e-3)
    assert back == pytest.approx(0.25, rel=1e-3)
    assert steepest_step(device[:, None]) < 0.001


def test_staff_chimes_do_not_duck_the_music() -> None:
    """What patients hear isn't touched by a chime for staff."""
    sound = noise(4.0, 1)
    mix = playing(SEATS, sound)
    mix.perform(chime(Audience.STAFF, 0.5))
    np.testing.assert_array_equal(mix.render(3.0)[:, :2], sound[4800 : 4800 + 3 * RATE])


def test_a_duck_lowers_the_music_on_every_output_and_back() -> None:
    """12 dB lower after a second, back after ten, evenly in dB and without a step."""
    mix = playing(SEATS, tone(30.0))
    before = rms(mix.render(0.4)[:, :2])
    mix.perform(SetDuck(Decibels(12.0), mix.now, Seconds(1.0)))
    down, low = mix.render(1.0), mix.render(1.0)
    mix.perform(SetDuck(Decibels(0.0), mix.now, Seconds(10.0)))
    up, back = mix.render(10.0), mix.render(1.0)
    assert rms(low[:, :2]) == pytest.approx(before * amplitude(-12.0), rel=1e-2)
    assert rms(low[:, 2]) == pytest.approx(before * amplitude(-18.0), rel=1e-2)
    assert rms(back[:, :2]) == pytest.approx(before, rel=1e-2)
    half = down[frames_in(0.495) : frames_in(0.505), 0]
    assert rms(half) == pytest.approx(before * amplitude(-6.0), rel=0.05)
    assert steepest_step(np.concatenate((down, low, up, back))) < 1.01 * steepest_step(tone(0.1))


def test_a_hush_is_true_silence_and_the_tracks_run_on() -> None:
    """Hushed music is zero to the last bit; brought back, the track is where it would be."""
    sound = noise(20.0, 1)
    mix = playing(SEATS, sound)
    mix.perform(SetHush(True, mix.now, Seconds(3.0)))
    mix.render(3.1)
    assert not mix.render(2.0).any()
    mix.perform(SetHush(False, mix.now, Seconds(3.0)))
    mix.render(3.1)
    at = frames_in(mix.now)
    np.testing.assert_array_equal(mix.render(1.0)[:, :2], sound[at : at + RATE])


ORDERS = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.floats(-0.5, 0.5), st.floats(0.5, 3.0)),
    min_size=1,
    max_size=12,
)


@given(ORDERS)
@settings(max_examples=30, deadline=None)
def test_orders_on_orders_never_jump(orders: list[tuple[int, bool, float, float]]) -> None:
    """Ducks, hushes and mutes that interrupt or repeat each other, late or early, are smooth."""
    mix = playing(one_output(), np.full((9 * RATE, 2), 0.5, np.float32))
    played = [mix.render(0.2)]
    for kind, on, late, duration in orders:
        at, span = Seconds(mix.now + late), Seconds(duration)
        for order in (
            SetDuck(Decibels(12.0 if on else 0.0), at, span),
            SetHush(on, at, span),
            SetMute("room", on, at, span),
        )[kind % 3 : kind % 3 + 1 + kind // 3]:
            mix.perform(order)
            mix.perform(order)
        played.append(mix.render(0.3))
    played.append(mix.render(4.0))
    assert steepest_step(np.concatenate(played)) < 0.5 * 2 * np.pi / (0.5 * RATE)


@cache
def loud_noise(seed: int) -> Block:
    """Three seconds of noise, made once."""
    return noise(3.0, seed, 0.5)


@given(
    st.floats(-30.0, 0.0), st.integers(0, 9), st.floats(0.0, 24.0), st.floats(0.0, 0.5), st.data()
)
@settings(max_examples=30, deadline=None)
def test_no_sample_passes_a_ceiling(
    ceiling: float, seed: int, gain: float, delay: float, data: st.DataObject
) -> None:
    """Whatever plays, however loud, delayed or faded, no sample is above its ceiling."""
    ceiling = round(ceiling, 1)
    outputs = (
        Output(id="a", role=Role.SPEAKERS, ceiling=f"{ceiling} dB", trim=f"{gain:.1f} dB"),
        Output(id="b", role=Role.SEAT_A, delay=f"{delay:.4f}s", channels=(2, 3)),
    )
    mix = OfflineMixer(Room(name="test", outputs=outputs), loud_noise(seed), loud_noise(seed + 1))
    for play_id, at in ((1, 0.0), (2, 0.5)):
        mix.cue(play_id, gain=gain)
        mix.fade(play_id, at, 0.5)
        mix.perform(chime(Audience.ROOM, at))
        quickly, moment = Seconds(0.1), Seconds(at)
        mix.perform(SetLevel(Decibels(12.0), moment, quickly))
        mix.perform(SetVolume("b", Decibels(12.0), moment, quickly))
        mix.perform(SetDuck(Decibels(data.draw(st.floats(0, 12))), moment, quickly))
        mix.perform(SetHush(data.draw(st.booleans()), moment, quickly))
        mix.perform(SetMute("b", data.draw(st.booleans()), moment, quickly))
        device = mix.render(1.0)
        assert np.abs(device[:, :2]).max() <= amplitude(ceiling)
        assert np.abs(device[:, 2]).max() <= amplitude(-3.0)


@pytest.mark.parametrize(
    ("level", "peak"), [(0.0, -38.0), (0.003, -38.0), (0.02, -30.98), (0.05, -23.02), (0.5, -20.0)]
)
def test_a_chime_is_as_loud_as_the_music_lets_it(level: float, peak: float) -> None:
    """Its peak is 3 dB above the music of the last three seconds, from -38 to -20 dBFS."""
    mix = playing(SEATS, noise(9.0, 1, level))
    mix.render(4.0)
    mix.perform(chime(Audience.STAFF, mix.now))
    heard = np.abs(mix.render(1.0)[:, 3]).max()
    assert 20 * np.log10(heard) == pytest.approx(peak, abs=0.2)


def test_music_makes_room_for_a_chime_struck_elsewhere() -> None:
    """Asked to, the music falls as for its own bell, though nothing is struck."""
    mix = playing(one_output(), np.full((20 * RATE, 2), 0.25, np.float32))
    mix.mixer.duck_for_chime(Seconds(1.0))
    device = mix.render(12.0)[:, 0]
    assert device[frames_in(2.0)] == pytest.approx(0.25 * amplitude(-3.0), rel=1e-3)
    assert device[frames_in(9.0)] == pytest.approx(0.25, rel=1e-3)


ORDERS = st.one_of(
    st.builds(
        SetVolume,
        st.sampled_from(["speakers", "left-seat", "desk"]),
        st.sampled_from([Decibels(-30.0), Decibels(0.0), Decibels(5.0)]),
        st.just(Seconds(0.0)),
        st.sampled_from([Seconds(0.5), Seconds(40.0)]),
    ),
    st.builds(chime, st.sampled_from(list(Audience)), st.just(0.0)),
    st.none(),
)
"""Orders at the time when they are given: of volumes, of chimes, and that the next deck plays."""

Ordered = tuple[SetVolume | StrikeChime | None, float]


def rendered(orders: list[Ordered], *, rests: int) -> tuple[Block, int]:
    """What is heard with a time after each order, and how often the mixer was at rest after one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixer, "REST_AFTER", rests)
        mix = OfflineMixer(SEATS, *(noise(2.0, seed) for seed in range(4)))
        blocks, rested = [mix.render(0.5)], 0
        for number, (order, span) in enumerate(orders, 1):
            if order is None:
                mix.play(number, mix.now, 0.5)
                mix.fade(None, mix.now + 1.0, 0.5)
            else:
                mix.perform(replace(order, at=mix.now))
            blocks.append(mix.render(span))
            rested += mix.mixer.is_at_rest
        return np.concatenate(blocks), rested


@given(st.lists(st.tuples(ORDERS, st.sampled_from([0.3, 3.0, 30.0])), min_size=1, max_size=4))
@settings(max_examples=10)
def test_a_rest_is_never_heard(orders: list[Ordered]) -> None:
    """Whatever is ordered after a rest sounds as if the mixer had worked on, to the sample."""
    worked, none = rendered(orders, rests=10**9)
    rested, _ = rendered(orders, rests=10 * RATE)
    assert none == 0
    np.testing.assert_array_equal(rested, worked)


def test_a_room_with_nothing_to_play_rests() -> None:
    """Ten seconds after the last sound nothing is worked out; the next order ends that."""
    mix = OfflineMixer(one_output())
    mix.render(9.0)
    assert not mix.mixer.is_at_rest
    mix.render(2.0)
    assert mix.mixer.is_at_rest
    mix.perform(chime(Audience.ROOM, 11.5))
    assert not mix.mixer.is_at_rest
    assert mix.render(1.0).any()


CUE_NEXT = CueTrack(2, Cut("/x", "x", "x", Seconds(9.0)))
FADE_TO_NEXT = Crossfade(2, Seconds(4.0), Seconds(2.0))
AHEAD = (ScheduledCommand(Seconds(2.0), CUE_NEXT), ScheduledCommand(Seconds(4.0), FADE_TO_NEXT))


def test_the_next_track_comes_though_nobody_orders_it() -> None:
    """It crossfades at its time, a little late, from the track that plays, without a hole."""
    mix = playing(one_output(), noise(6.0, 1), noise(9.0, 2))
    mix.mixer.schedule(AHEAD)
    sound = mix.render(7.9)
    began = [event for event in mix.tracks if isinstance(event, TrackStarted)]
    assert began == [TrackStarted(1, Seconds(0.0)), TrackStarted(2, about(4.0 + GRACE, 0.05))]
    levels = [rms(sound[at : at + 4800]) for at in range(0, len(sound) - 4800, 4800)]
    assert levels == pytest.approx([0.1] * len(levels), rel=0.05)


def test_a_track_ordered_in_time_and_told_ahead_is_opened_once() -> None:
    """The same samples as without the plan."""

    def take(*, is_ahead: bool) -> Block:
        mix = playing(one_output(), noise(6.0, 1), noise(9.0, 2))
        if is_ahead:
            mix.mixer.schedule(AHEAD)
        before = mix.render(1.8)
        mix.perform(CUE_NEXT)
        between = mix.render(2.0)
        mix.perform(FADE_TO_NEXT)
        return np.concatenate((before, between, mix.render(3.9)))

    np.testing.assert_array_equal(take(is_ahead=True), take(is_ahead=False))


def test_orders_that_come_after_all_change_nothing() -> None:
    """Each was performed by then; the deck that came with one is closed unheard."""

    def take(*, comes: bool) -> OfflineMixer:
        mix = playing(one_output(), noise(6.0, 1), noise(9.0, 2), noise(9.0, 3))
        mix.mixer.schedule(AHEAD)
        sounds.append(mix.render(5.0))
        if comes:
            mix.perform(CUE_NEXT)
            mix.perform(FADE_TO_NEXT)
        sounds.append(mix.render(3.0))
        return mix

    sounds: list[Block] = []
    late = take(comes=True)
    take(comes=False)
    np.testing.assert_array_equal(sounds[1], sounds[3])
    assert [deck.closed for deck in late.decks] == [1, 0, 1]


def test_a_plan_that_is_withdrawn_is_not_followed() -> None:
    """The track that plays goes on to its end."""
    mix = playing(one_output(), tone(6.0), tone(9.0))
    mix.mixer.schedule(AHEAD)
    mix.render(3.5)
    mix.mixer.schedule(())
    mix.render(2.0)
    assert [event.play_id for event in mix.tracks if isinstance(event, TrackStarted)] == [1]
