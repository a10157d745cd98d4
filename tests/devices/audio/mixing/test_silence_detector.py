"""The silence detector: unintended silence is reported once, intended silence never."""

import numpy as np
import pytest
from support.decks import Stage, noise, one_output, tone

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.commands import SetHush, SetMute
from kacenv.model.requests import DeadAir


def goes_silent(span: float, silence: float, hiss: float = 0.0) -> Block:
    """Music of `span` seconds, then `silence` seconds of next to nothing."""
    return np.concatenate((noise(span, 1), noise(silence, 2, hiss)))


def playing(*sounds: Block, rise: float = 0.05) -> Stage:
    """A stage on which the first sound begins."""
    stage = Stage(one_output(), *sounds)
    stage.cue(1)
    stage.fade(1, 0.0, rise)
    return stage


@pytest.mark.parametrize("hiss", [0.0, 0.0009])
def test_a_file_that_goes_silent_is_told_within_three_seconds(hiss: float) -> None:
    """Digital silence and hiss below -60 dBFS are told once, with when they began."""
    stage = playing(goes_silent(5.0, 20.0, hiss))
    stage.render(6.9)
    assert not stage.dead_airs
    stage.render(1.1)
    assert [dead.since for dead in stage.dead_airs] == pytest.approx([5.0], abs=0.04)
    stage.render(15.0)
    assert len(stage.dead_airs) == 1


def test_soft_music_is_music() -> None:
    """A passage of -58 dBFS, and one under a slow fade-in, are left alone."""
    stage = playing(noise(60.0, 1, 0.00126), rise=30.0)
    stage.render(50.0)
    assert not stage.dead_airs


def test_a_silent_file_is_told_during_its_fade_in() -> None:
    """A file without any sound is told after two seconds, however slow its fade-in."""
    stage = playing(np.zeros((60 * RATE, 2), np.float32), rise=30.0)
    stage.render(3.0)
    assert len(stage.dead_airs) == 1


def test_a_short_rest_is_music() -> None:
    """Two rests of 1.9 seconds with a note between them are left alone."""
    rest = np.zeros((int(1.9 * RATE), 2), np.float32)
    stage = playing(np.concatenate((tone(1.0), rest, tone(0.1), rest, tone(9.0))))
    stage.render(8.0)
    assert not stage.dead_airs


def test_a_clock_that_runs_on_without_sound_is_no_dead_air() -> None:
    """A rest during which a device was lost for ten seconds is still a short rest."""
    rest = np.zeros((RATE, 2), np.float32)
    stage = playing(np.concatenate((tone(1.0), rest, tone(9.0))))
    stage.render(1.5)
    stage.now = Seconds(stage.now + 10.0)
    stage.render(4.0)
    assert not stage.dead_airs


def test_silence_on_purpose_is_not_told() -> None:
    """A hush over a silent file, and a mute, are meant; after the hush the watch goes on."""
    stage = playing(goes_silent(1.0, 60.0))
    stage.mixer.perform(SetMute("room", True, Seconds(0.0), Seconds(0.1)))
    stage.mixer.perform(SetHush(True, Seconds(0.5), Seconds(1.0)))
    stage.render(20.0)
    assert not stage.dead_airs
    stage.mixer.perform(SetHush(False, stage.now, Seconds(1.0)))
    stage.render(4.0)
    assert [dead.since for dead in stage.dead_airs] == pytest.approx([21.0], abs=0.05)


def test_a_fade_to_nothing_and_an_empty_room_are_not_told() -> None:
    """Before the first track and after the last, silence is meant."""
    stage = Stage(one_output(), noise(60.0, 1))
    stage.render(9.0)
    stage.cue(1)
    stage.fade(1, 9.0, 1.0)
    stage.render(5.0)
    stage.fade(None, stage.now, 3.0)
    stage.render(20.0)
    assert not stage.dead_airs


def test_music_that_ends_with_nothing_after_it_is_told() -> None:
    """A track that is over while nobody asked for silence is dead air, too."""
    stage = playing(noise(4.0, 1))
    stage.render(7.0)
    assert [dead.since for dead in stage.dead_airs] == pytest.approx([4.0], abs=0.04)


def test_a_stalled_deck_is_told() -> None:
    """A decoder from which nothing comes any more is dead air."""
    stage = playing(noise(60.0, 1))
    stage.decks[0].arrived = 3 * RATE
    stage.render(6.0)
    assert [dead.since for dead in stage.dead_airs] == pytest.approx([3.0], abs=0.04)


def test_a_fallback_that_is_silent_too_is_told_again() -> None:
    """Each track that is faded in gets its own watch; one that sounds ends the matter."""
    silent = np.zeros((60 * RATE, 2), np.float32)
    stage = playing(goes_silent(2.0, 60.0), silent, noise(60.0, 3))
    stage.render(2.0)
    for play_id in (2, 3):
        stage.render(3.0)
        assert len(stage.dead_airs) == play_id - 1
        stage.cue(play_id)
        stage.fade(play_id, stage.now, 2.0)
    stage.render(20.0)
    assert stage.dead_airs == [DeadAir(dead.since) for dead in stage.dead_airs[:2]]
