"""The silence detector: unintended silence is reported once, intended silence never."""

import numpy as np
import pytest
from support.decks import OfflineMixer, noise, one_output, tone

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.commands import SetHush, SetMute
from kacenv.model.requests import DeadAir


def goes_silent(span: float, silence: float, hiss: float = 0.0) -> Block:
    """Music of `span` seconds, then `silence` seconds of next to nothing."""
    return np.concatenate((noise(span, 1), noise(silence, 2, hiss)))


def begun(*sounds: Block, rise: float = 0.05) -> OfflineMixer:
    """A mixer whose first sound begins with a fade of `rise` seconds."""
    mix = OfflineMixer(one_output(), *sounds)
    mix.play(1, 0.0, rise)
    return mix


@pytest.mark.parametrize("hiss", [0.0, 0.0009])
def test_a_file_that_goes_silent_is_told_within_three_seconds(hiss: float) -> None:
    """Digital silence and hiss below -60 dBFS are told once, with when they began."""
    mix = begun(goes_silent(5.0, 20.0, hiss))
    mix.render(6.9)
    assert not mix.dead_airs
    mix.render(1.1)
    assert [dead.since for dead in mix.dead_airs] == pytest.approx([5.0], abs=0.04)
    mix.render(15.0)
    assert len(mix.dead_airs) == 1


def test_soft_music_is_music() -> None:
    """A passage of -58 dBFS, and one under a slow fade-in, are left alone."""
    mix = begun(noise(60.0, 1, 0.00126), rise=30.0)
    mix.render(50.0)
    assert not mix.dead_airs


def test_a_silent_file_is_told_during_its_fade_in() -> None:
    """A file without any sound is told after two seconds, however slow its fade-in."""
    mix = begun(np.zeros((60 * RATE, 2), np.float32), rise=30.0)
    mix.render(3.0)
    assert len(mix.dead_airs) == 1


def test_a_short_rest_is_music() -> None:
    """Two rests of 1.9 seconds with a note between them are left alone."""
    rest = np.zeros((int(1.9 * RATE), 2), np.float32)
    mix = begun(np.concatenate((tone(1.0), rest, tone(0.1), rest, tone(9.0))))
    mix.render(8.0)
    assert not mix.dead_airs


def test_a_clock_that_runs_on_without_sound_is_no_dead_air() -> None:
    """A rest during which a device was lost for ten seconds is still a short rest."""
    rest = np.zeros((RATE, 2), np.float32)
    mix = begun(np.concatenate((tone(1.0), rest, tone(9.0))))
    mix.render(1.5)
    mix.now = Seconds(mix.now + 10.0)
    mix.render(4.0)
    assert not mix.dead_airs


def test_silence_on_purpose_is_not_told() -> None:
    """A hush over a silent file, and a mute, are meant; after the hush the watch goes on."""
    mix = begun(goes_silent(1.0, 60.0))
    mix.perform(SetMute("room", True, Seconds(0.0), Seconds(0.1)))
    mix.perform(SetHush(True, Seconds(0.5), Seconds(1.0)))
    mix.render(20.0)
    assert not mix.dead_airs
    mix.perform(SetHush(False, mix.now, Seconds(1.0)))
    mix.render(4.0)
    assert [dead.since for dead in mix.dead_airs] == pytest.approx([21.0], abs=0.05)


def test_a_fade_to_nothing_and_an_empty_room_are_not_told() -> None:
    """Before the first track and after the last, silence is meant."""
    mix = OfflineMixer(one_output(), noise(60.0, 1))
    mix.render(9.0)
    mix.play(1, 9.0, 1.0)
    mix.render(5.0)
    mix.fade(None, mix.now, 3.0)
    mix.render(20.0)
    assert not mix.dead_airs


def test_music_that_ends_with_nothing_after_it_is_told() -> None:
    """A track that is over while nobody asked for silence is dead air, too."""
    mix = begun(noise(4.0, 1))
    mix.render(7.0)
    assert [dead.since for dead in mix.dead_airs] == pytest.approx([4.0], abs=0.04)


def test_a_stalled_deck_is_told() -> None:
    """A decoder from which nothing comes any more is dead air."""
    mix = begun(noise(60.0, 1))
    mix.decks[0].arrived = 3 * RATE
    mix.render(6.0)
    assert [dead.since for dead in mix.dead_airs] == pytest.approx([3.0], abs=0.04)


def test_a_fallback_that_is_silent_too_is_told_again() -> None:
    """Each track that is faded in gets its own watch; one that sounds ends the matter."""
    silent = np.zeros((60 * RATE, 2), np.float32)
    mix = begun(goes_silent(2.0, 60.0), silent, noise(60.0, 3))
    mix.render(2.0)
    for play_id in (2, 3):
        mix.render(3.0)
        assert len(mix.dead_airs) == play_id - 1
        mix.play(play_id, mix.now, 2.0)
    mix.render(20.0)
    assert mix.dead_airs == [DeadAir(dead.since) for dead in mix.dead_airs[:2]]
