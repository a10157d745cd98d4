"""The music bus: crossfades at constant power, and music that goes on whatever fails."""

from itertools import pairwise

import numpy as np
import pytest
from support.decks import (
    OfflineMixer,
    about,
    noise,
    one_output,
    playing,
    rms,
    started,
    steepest_step,
    tone,
)

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.model.requests import TrackEnded, TrackFailed, TrackStarted


def powers(sound: Block, window: float = 0.5) -> list[float]:
    """Return the level of each window of `window` seconds, in dB."""
    size = frames_in(window)
    stretches = [sound[at : at + size] for at in range(0, len(sound) - size + 1, size)]
    return [20 * np.log10(rms(stretch)) for stretch in stretches]


def orthogonal(count: int, span: float) -> list[Block]:
    """Return tones of the same power, orthogonal over half a second."""
    return [tone(span, pitch=200.0 + 40 * number, level=0.1) for number in range(count)]


def test_power_is_constant_through_a_crossfade() -> None:
    """Two uncorrelated sounds keep their common power within 0.05 dB."""
    mix = started(one_output(), *orthogonal(2, 32.0))
    mix.render(1.0)
    mix.play(2, 5.0, 20.0)
    assert powers(mix.render(30.0)) == pytest.approx([-23.01] * 60, abs=0.05)


def test_power_is_constant_when_crossfades_interrupt() -> None:
    """A third and a fourth track that come too early leave the power within 0.05 dB too."""
    mix = started(one_output(), *orthogonal(4, 32.0))
    mix.render(1.0)
    sounds = []
    for play_id, duration in ((2, 20.0), (3, 9.0), (4, 13.0)):
        mix.play(play_id, mix.now, duration)
        sounds.append(mix.render(5.0))
    sounds.append(mix.render(15.0))
    assert powers(np.concatenate(sounds)) == pytest.approx([-23.01] * 60, abs=0.05)
    assert [deck.closed for deck in mix.decks] == [1, 1, 1, 0]


def test_power_of_noise_is_constant() -> None:
    """Two noises keep their power as well as a window of five seconds can tell."""
    mix = started(one_output(), noise(42.0, 1, 0.05), noise(42.0, 2, 0.05))
    mix.render(1.0)
    mix.play(2, 5.0, 30.0)
    assert powers(mix.render(40.0), 5.0) == pytest.approx([-26.02] * 8, abs=0.05)


def test_a_track_starts_on_its_frame() -> None:
    """The new track's first sample is heard exactly at the time of the order."""
    marked = np.zeros((RATE, 2), np.float32)
    marked[frames_in(0.5)] = 0.5
    mix = OfflineMixer(one_output(), marked)
    mix.play(1, 0.123, 0.05)
    sound = mix.render(1.0)
    assert np.flatnonzero(sound[:, 0]) == [frames_in(0.123) + frames_in(0.5)]
    assert mix.tracks[0] == TrackStarted(1, Seconds(0.123))


def test_a_late_order_fades_from_now() -> None:
    """An order for the past begins now, at the gain that was, and says so."""
    mix = started(one_output(), tone(25.0, level=0.3), tone(25.0, 445.0, 0.3))
    before = mix.render(10.0)[-1:]
    mix.play(2, 4.0, 5.0)
    sound = np.concatenate((before, mix.render(10.0)))
    assert steepest_step(sound) < 0.03
    assert TrackStarted(2, about(10.0, 0.006)) in mix.tracks


def test_the_old_music_goes_on_until_the_new_is_ready() -> None:
    """A deck that is slow delays the crossfade; what plays stays at full level."""
    mix = started(one_output(), tone(20.0), tone(20.0))
    mix.render(1.0)
    mix.cue(2).slow = True
    mix.fade(2, 2.0, 1.0)
    assert powers(mix.render(4.0)) == pytest.approx([-9.03] * 8, abs=0.01)
    mix.decks[1].slow = False
    mix.render(1.0)
    assert TrackStarted(2, about(5.0, 0.02)) in mix.tracks


def test_a_deck_that_never_gets_ready_fails() -> None:
    """Five seconds after it should have started, a track is given up; the old one goes on."""
    mix = started(one_output(), tone(20.0), tone(20.0))
    mix.cue(2).slow = True
    mix.fade(2, 1.0, 1.0)
    mix.render(5.9)
    assert all(event.play_id == 1 for event in mix.tracks)
    sound = mix.render(1.0)
    assert isinstance(mix.tracks[-1], TrackFailed)
    assert powers(sound) == pytest.approx([-9.03] * 2, abs=0.01)
    assert mix.decks[1].closed == 1


def test_a_failed_deck_is_told_once_and_the_music_goes_on() -> None:
    """The reason is reported as soon as it is known, and the crossfade to it is no news."""
    mix = started(one_output(), tone(20.0), tone(20.0))
    mix.cue(2).reason = "no such file"
    mix.render(1.0)
    mix.fade(2, 2.0, 1.0)
    assert powers(mix.render(4.0)) == pytest.approx([-9.03] * 8, abs=0.01)
    about_two = [event for event in mix.tracks if event.play_id == 2]
    assert about_two == [TrackFailed(2, "no such file")]


def test_a_crossfade_to_a_track_never_cued_fails() -> None:
    """The order is answered with an error, and nothing changes."""
    mix = started(one_output(), tone(20.0))
    mix.render(1.0)
    mix.fade(9, 1.0, 1.0)
    assert powers(mix.render(1.0)) == pytest.approx([-9.03] * 2, abs=0.01)
    assert isinstance(mix.tracks[-1], TrackFailed)


def test_a_repeated_crossfade_does_no_harm() -> None:
    """The same order twice starts the track once and leaves its level alone."""
    mix = started(one_output(), tone(20.0))
    mix.render(1.0)
    mix.fade(1, 1.0, 1.0)
    assert powers(mix.render(2.0)) == pytest.approx([-9.03] * 4, abs=0.01)
    assert mix.tracks.count(TrackStarted(1, Seconds(0.0))) == 1


def test_a_cued_track_can_be_replaced() -> None:
    """A track without a crossfade that is replaced is closed unheard and unreported."""
    mix = started(one_output(), tone(9.0), tone(9.0, 555.0), tone(9.0))
    mix.cue(2)
    mix.render(1.0)
    mix.cue(3)
    mix.render(3.0)
    mix.fade(3, 4.0, 1.0)
    mix.render(1.0)
    heard = [event.play_id for event in mix.tracks if isinstance(event, TrackStarted)]
    assert heard == [1, 3]
    assert all(event.play_id != 2 for event in mix.tracks)
    assert mix.decks[1].closed == 1


def test_a_track_whose_time_has_come_is_not_replaced() -> None:
    """A slow track that should already sound outlives the cueing of the one after it."""
    mix = OfflineMixer(one_output(), tone(9.0), tone(9.0))
    mix.cue(1).slow = True
    mix.fade(1, 0.0, 0.05)
    mix.cue(2)
    mix.render(1.0)
    mix.decks[0].slow = False
    mix.render(1.0)
    assert TrackStarted(1, about(1.0, 0.006)) in mix.tracks
    mix.fade(2, 2.0, 1.0)
    mix.render(2.0)
    assert TrackStarted(2, about(2.0, 0.006)) in mix.tracks


def test_a_track_whose_crossfade_is_ordered_is_not_replaced() -> None:
    """A track that is to sound in a moment outlives the cueing of the one after it."""
    mix = OfflineMixer(one_output(), tone(9.0), tone(9.0))
    mix.play(1, 0.2, 0.05)
    mix.cue(2)
    mix.render(1.0)
    assert TrackStarted(1, about(0.2, 0.006)) in mix.tracks


def test_a_newer_crossfade_gives_up_a_slow_track() -> None:
    """When the next track shall sound, one that still isn't ready is closed unheard."""
    mix = OfflineMixer(one_output(), tone(9.0), tone(9.0))
    mix.cue(1).slow = True
    mix.fade(1, 0.0, 0.05)
    mix.render(1.0)
    mix.play(2, 1.0, 1.0)
    mix.render(1.0)
    assert mix.decks[0].closed == 1
    assert [event.play_id for event in mix.tracks] == [2, 2]


def test_everything_can_be_faded_out() -> None:
    """A crossfade to nothing ends in true silence, its deck closed, without a step."""
    mix = started(one_output(), tone(20.0, 200.0))
    mix.render(1.0)
    mix.fade(None, 1.0, 2.0)
    sound = mix.render(4.0)
    assert not sound[frames_in(2.02) :].any()
    assert steepest_step(sound) < 0.014
    assert mix.decks[0].closed == 1


def test_fading_out_forgets_what_was_to_come() -> None:
    """A fade to nothing now outranks a crossfade that was to begin later."""
    mix = started(one_output(), tone(20.0), tone(20.0))
    mix.play(2, 3.0, 1.0)
    mix.fade(None, 1.0, 1.0)
    mix.render(2.5)
    assert not mix.render(3.0).any()


def test_the_end_is_told_when_the_decoder_knows_it() -> None:
    """As soon as the last samples have been decoded, their time is told, once."""
    mix = OfflineMixer(one_output(), tone(10.0))
    deck = mix.cue(1)
    deck.arrived = frames_in(9.0)
    mix.fade(1, 1.0, 0.05)
    mix.render(6.0)
    assert len(mix.tracks) == 1
    deck.arrived = frames_in(10.0)
    mix.render(5.0)
    assert mix.tracks[1:] == [TrackEnded(1, about(11.0, 0.001))]
    assert mix.decks[0].closed == 1


def test_only_the_newest_track_tells_its_end() -> None:
    """A track that is being faded out ends without a word."""
    mix = started(one_output(), tone(3.0), tone(20.0), arrived=2.0)
    deck = mix.decks[0]
    mix.render(1.0)
    mix.cue(2).arrived = frames_in(12.0)
    mix.fade(2, 1.0, 10.0)
    mix.render(0.5)
    deck.arrived = frames_in(3.0)
    mix.render(5.0)
    assert [type(event) for event in mix.tracks] == [TrackStarted, TrackStarted]


def test_a_track_that_fades_to_silence_tells_no_end() -> None:
    """Once everything is to fall silent, nobody needs to know where the track would end."""
    mix = started(one_output(), tone(9.0), arrived=5.0)
    deck = mix.decks[0]
    mix.render(1.0)
    mix.fade(None, 1.0, 3.0)
    mix.render(0.5)
    deck.arrived = frames_in(9.0)
    mix.render(5.0)
    assert [type(event) for event in mix.tracks] == [TrackStarted]


def test_a_deck_that_dies_while_it_plays_fails() -> None:
    """When samples stop and the deck says why, the reason is passed on and the deck closed."""
    mix = started(one_output(), tone(9.0), arrived=2.0)
    deck = mix.decks[0]
    mix.render(2.5)
    deck.reason = "no sound came"
    mix.render(1.0)
    assert mix.tracks[1:] == [TrackFailed(1, "no sound came")]
    assert deck.closed == 1


def test_underruns_do_not_click() -> None:
    """Where samples are late the sound sinks and comes back without a step, and is counted."""
    mix = OfflineMixer(one_output(), tone(9.0, 200.0))
    deck = mix.cue(1)
    deck.arrived = frames_in(1.0) + 77
    mix.fade(1, 0.0, 0.05)
    sounds = [mix.render(1.5)]
    assert not sounds[0][frames_in(1.1) :].any()
    deck.arrived = frames_in(9.0)
    sounds.append(mix.render(2.0))
    sound = np.concatenate(sounds)
    assert mix.mixer.underruns == 1
    assert powers(sound[frames_in(2.0) :]) == pytest.approx([-9.03] * 3, abs=0.01)
    assert steepest_step(sound) < 1.2 * steepest_step(tone(1.0, 200.0))


def test_an_abrupt_end_does_not_click() -> None:
    """A track cut off in full sound sinks to rest."""
    mix = started(one_output(), tone(1.001, 200.0))
    sound = mix.render(2.0)
    assert steepest_step(sound) < 1.2 * steepest_step(tone(1.0, 200.0))
    assert mix.mixer.underruns == 0


def test_a_deck_that_raises_takes_no_other_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as failed and let go; what follows it is heard."""
    mix = playing(one_output(), tone(9.0), tone(9.0, 220.0))
    mix.render(1.0)

    def fail(frames: int) -> Block:
        raise OSError(frames)

    monkeypatch.setattr(mix.decks[0], "read", fail)
    mix.render(0.5)
    assert [event for event in mix.tracks if isinstance(event, TrackFailed)] == [
        TrackFailed(1, "its decoder failed")
    ]
    mix.play(2, mix.now, 0.1)
    assert rms(mix.render(1.0)[-RATE // 2 :]) > 0.1


WHOLE = noise(12.0, 7)
"""Sound that is cut in two."""
CUTS = (frames_in(3.0), frames_in(3.0) + 1, frames_in(3.0) + 617, frames_in(3.0) + 959)
"""Where it is cut: on the mixer's chunks, beside them, and within one."""


def cut_in_two(place: int) -> OfflineMixer:
    """A mixer that plays the first part of `WHOLE`, with the second one cued to join it."""
    mix = started(one_output(), WHOLE[:place], WHOLE[place:], noise(9.0, 8))
    mix.cue(2, joins=True)
    return mix


def assert_whole(sound: Block) -> None:
    """Assert that nothing was lost, added or turned up or down, once the first fade is over."""
    np.testing.assert_allclose(sound[RATE // 2 :], WHOLE[RATE // 2 : len(sound)], atol=1e-7)


@pytest.mark.parametrize("place", CUTS)
@pytest.mark.parametrize("block", [1440, 1001])
def test_a_track_joins_another_at_its_last_sample(place: int, block: int) -> None:
    """Cued to join, it begins by itself where the sound before it ends, and says when."""
    mix = cut_in_two(place)
    assert_whole(mix.render(11.0, block))
    assert mix.tracks[1:3] == [
        TrackEnded(1, about(place / RATE, 1e-6)),
        TrackStarted(2, about(place / RATE, 1e-6)),
    ]
    assert [deck.closed for deck in mix.decks] == [1, 0, 0]


@pytest.mark.parametrize("error", [-0.4, -0.001, 0.0, 0.001, 0.2])
def test_an_order_to_join_need_not_know_the_sample(error: float) -> None:
    """An order to join that is early waits for the last sample; a late one finds it done."""
    mix = started(one_output(), WHOLE[: CUTS[2]], WHOLE[CUTS[2] :])
    mix.cue(2, joins=True)
    mix.fade(2, CUTS[2] / RATE + error, 0.0)
    assert_whole(mix.render(11.0))


def test_joined_tracks_keep_the_gain_of_a_fade_that_goes_on() -> None:
    """Where a join lies within a long rise out of silence, the rise goes on evenly."""
    steady = tone(20.0, 200.0)
    plain, joined = (OfflineMixer(one_output(), *parts) for parts in (
        [steady], [steady[: CUTS[2]], steady[CUTS[2] :]]
    ))  # fmt: skip
    for mix in (plain, joined):
        mix.cue(1)
        mix.fade(1, 0.0, 8.0)
    joined.cue(2, joins=True)
    np.testing.assert_allclose(joined.render(10.0), plain.render(10.0), atol=1e-4)


def test_a_crossfade_before_the_end_outranks_the_join() -> None:
    """A piece that is to come sooner flows in as ever, and the cued one is let go unheard."""
    mix = cut_in_two(frames_in(9.0))
    mix.render(1.0)
    mix.play(3, 3.0, 2.0)
    sound = mix.render(5.0)
    assert playing_ids(mix) == [1, 3]
    assert min(powers(sound)) > -20.5
    assert mix.decks[1].closed == 1


def test_silence_outranks_the_join() -> None:
    """After a fade to nothing no piece begins by itself."""
    mix = cut_in_two(frames_in(4.0))
    mix.render(1.0)
    mix.fade(None, 3.5, 1.0)
    mix.render(4.5)
    assert not mix.render(2.0).any()


def test_a_join_that_is_not_ready_is_a_gentle_crossfade() -> None:
    """What opens too late to join begins as soon as it can, and never abruptly."""
    steady = tone(20.0, 200.0, 0.2)
    mix = started(one_output(), steady[: frames_in(3.0)], steady)
    mix.cue(2, joins=True).slow = True
    mix.fade(2, 3.0, 0.0)
    sound = [mix.render(3.2)]
    mix.decks[1].slow = False
    sound.append(mix.render(2.0))
    assert steepest_step(np.concatenate(sound)) < 1.2 * steepest_step(steady)
    assert rms(sound[1][-RATE // 2 :]) == pytest.approx(0.2 / 2**0.5, rel=0.01)


def test_a_track_that_has_no_end_in_sight_is_not_waited_for() -> None:
    """Half a second after the time ordered, the next one flows in over half a second."""
    mix = started(one_output(), *orthogonal(2, 20.0), arrived=12.0)
    mix.cue(2, joins=True)
    mix.fade(2, 3.0, 0.0)
    assert powers(mix.render(6.0))[1:] == pytest.approx([-23.01] * 11, abs=0.05)
    assert mix.tracks[1] == TrackStarted(2, about(3.5, 0.03))


def test_an_album_of_many_short_tracks_is_one() -> None:
    """Five tracks of a second and some samples are heard as if they were never cut."""
    places = [0, *(RATE + 101 * number + RATE * number for number in range(5)), len(WHOLE)]
    parts = [WHOLE[begin:end] for begin, end in pairwise(places)]
    mix = started(one_output(), *parts)
    sounds, cued = [], 1
    while mix.now < 11.0:
        if cued < len(parts) and cued == len(playing_ids(mix)):
            cued += 1
            mix.cue(cued, joins=True)
        sounds.append(mix.render(0.03))
    assert_whole(np.concatenate(sounds))


def playing_ids(mix: OfflineMixer) -> list[int]:
    """Return the tracks that have begun."""
    return [event.play_id for event in mix.tracks if isinstance(event, TrackStarted)]
