"""Decks that end too soon: their sound is faded out, and what follows fills the place in time."""

from typing import Literal

import numpy as np
import pytest
from support.decks import OfflineMixer, about, noise, one_output, rms, started, tone

from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.model.requests import TrackEnded, TrackFailed

LEVEL = -23.01
"""The level of `music`, in dBFS."""


def music(span: float, number: int) -> Block:
    """Return tones of equal power, orthogonal over 50 ms."""
    return tone(span, pitch=200.0 + 40 * number, level=0.1)


def levels(sound: Block) -> list[float]:
    """Return the level of each 50 ms, in dBFS, at least -60."""
    parts = np.split(sound[: len(sound) // 2400 * 2400], len(sound) // 2400)
    return [max(-60.0, 20 * np.log10(rms(part) + 1e-9)) for part in parts]


def steepest(sound: Block, way: Literal["rise", "fall"]) -> float:
    """Return the greatest change of level from one 50 ms to the next."""
    changes = np.diff(levels(sound))
    return float(changes.max() if way == "rise" else -changes.min())


def stalled(*others: Block) -> OfflineMixer:
    """A mixer whose first deck gets nothing any more, with four seconds still to play."""
    mix = started(one_output(), music(60.0, 0), *others, arrived=50.0)
    mix.render(5.0)
    mix.decks[0].arrived = 9 * RATE
    return mix


def test_a_decoder_that_gets_stuck_is_told_in_time() -> None:
    """What it has left is 2.5 s when it's told; the next piece then takes over at one level."""
    mix = stalled(music(60.0, 1))
    sound = [mix.render(1.4)]
    assert len(mix.tracks) == 1
    sound.append(mix.render(0.2))
    assert [type(event) for event in mix.tracks[1:]] == [TrackFailed]
    mix.play(2, mix.now, 12.0)
    sound.append(mix.render(4.0))
    assert levels(np.concatenate(sound)) == pytest.approx([LEVEL] * 112, abs=0.1)
    assert mix.decks[0].closed == 1


def test_a_decoder_that_comes_back_goes_on() -> None:
    """Samples that come before the last moment are played as if nothing had been."""
    mix = stalled()
    sound = [mix.render(2.2)]
    mix.decks[0].arrived = 50 * RATE
    sound.append(mix.render(5.0))
    assert levels(np.concatenate(sound)) == pytest.approx([LEVEL] * 144, abs=0.01)
    assert mix.mixer.underruns == 0


def test_a_deck_that_breaks_off_fades_out() -> None:
    """With nothing to follow, what is left is played and falls by at most 6 dB in 50 ms."""
    mix = stalled()
    sound = mix.render(6.0)
    assert levels(sound[: frames_in(2.4)]) == pytest.approx([LEVEL] * 48, abs=0.01)
    assert steepest(sound, "fall") < 6.0
    assert not sound[frames_in(4.05) :].any()
    assert mix.decks[0].closed == 1


def test_a_dead_deck_plays_what_it_has() -> None:
    """A deck that says at once that it's dead is told at once, and still heard to its end."""
    mix = stalled()
    mix.decks[0].reason = "torn"
    sound = mix.render(2.4)
    assert mix.tracks[1:] == [TrackFailed(1, "torn")]
    assert levels(sound) == pytest.approx([LEVEL] * 48, abs=0.01)


@pytest.mark.parametrize("known", [0.7, 3.0, 9.0])
def test_a_piece_that_ends_inside_its_crossfade_leaves_no_hole(known: float) -> None:
    """However late the end is `known`, down to half a second, both keep their common power."""
    mix = OfflineMixer(one_output(), music(14.0, 0), music(60.0, 1))
    first = mix.cue(1, 60.0)
    mix.fade(1, 0.0, 0.05)
    mix.play(2, 9.0, 12.0)
    mix.render(1.0)
    first.arrived = frames_in(13.999)
    sound = [mix.render(13.0 - known)]
    first.arrived = frames_in(14.0)
    sound.append(mix.render(10.0 + known))
    assert levels(np.concatenate(sound)) == pytest.approx([LEVEL] * 460, abs=0.1)


def test_a_short_piece_inside_two_crossfades_leaves_no_hole() -> None:
    """One that ends while it still rises gives its place to the next, at one level."""
    mix = started(one_output(), *(music(span, n) for n, span in enumerate((60.0, 2.0, 60.0))))
    mix.cue(2, 20.0)
    mix.fade(2, 5.0, 4.0)
    sound = [mix.render(5.2)]
    assert TrackEnded(2, about(7.0, 0.01)) in mix.tracks
    mix.play(3, 5.3, 4.0)
    sound.append(mix.render(6.0))
    assert levels(np.concatenate(sound)[4800:]) == pytest.approx([LEVEL] * 222, abs=0.1)


def test_what_comes_too_late_to_fill_the_hole_rises_gently() -> None:
    """Where an end comes without a warning, the next piece makes haste to 6 dB per second."""
    mix = OfflineMixer(one_output(), music(11.0, 0), music(60.0, 1))
    first = mix.cue(1, 60.0)
    mix.fade(1, 0.0, 0.05)
    mix.play(2, 9.0, 12.0)
    while mix.now < 10.9:
        first.arrived = frames_in(mix.now + 0.1)
        mix.render(0.1)
    first.arrived = frames_in(11.0)
    mix.render(0.15)
    sound = mix.render(9.0)
    assert levels(sound)[0] == pytest.approx(LEVEL - 11.0, abs=1.0)
    assert 0.2 < steepest(sound, "rise") < 0.32
    assert levels(sound[frames_in(7.0) :]) == pytest.approx([LEVEL] * 40, abs=0.01)


def test_a_planned_end_fades_shortly() -> None:
    """The last half second alone is faded, where a piece is as long as it said."""
    mix = started(one_output(), music(10.0, 0))
    mix.render(1.0)
    sound = mix.render(10.0)
    assert levels(sound[: frames_in(8.5)]) == pytest.approx([LEVEL] * 170, abs=0.01)
    assert not sound[frames_in(9.01) :].any()


def test_a_dead_deck_that_waits_is_told_before_it_is_needed() -> None:
    """A cued deck that dies is passed over, though it has sound in hand."""
    mix = OfflineMixer(one_output(), noise(60.0, 1), noise(60.0, 2))
    mix.cue(1).arrived = 50 * RATE
    mix.fade(1, 0.0, 0.05)
    mix.cue(2)
    mix.render(1.0)
    mix.decks[1].reason = "torn"
    mix.render(0.1)
    assert mix.tracks[1:] == [TrackFailed(2, "torn")]
    assert mix.decks[1].closed == 1
