"""A deck begins where it should, in every format: proven by noise that tells its own time."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from support.opened_decks import cut_of, opened, read
from support.sound_kinds import FORMATS, JOINED, SoundKind
from support.telling import LENGTH, Clock

from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import RATE, Block

pytestmark = pytest.mark.real
MakeKind = Callable[[SoundKind], Path]
CUES = (0.5, 12.3456, 29.5)
EXACT = 0.003
LIBVLC = {"plain.wav": 0.003, "plain.flac": 0.003, "plain.ogg": 0.016, "plain.aiff": 0.003}
"""Formats in which libVLC is as exact as is promised (s), of those that it is asked to play."""
NAMED = {form.name: form for form in FORMATS}


class Whole(NamedTuple):
    """What is heard of a whole file: its first second and a half, and how long it lasts (s)."""

    first: Block
    length: float


WholeOf = Callable[[SoundKind], Whole]


@pytest.fixture(scope="module")
def whole_of(in_format: MakeKind) -> WholeOf:
    """Return what plays a file of a kind from its beginning to its end, once."""

    @cache
    def play(form: SoundKind) -> Whole:
        with opened(FfmpegDeck(), cut_of(in_format(form))) as deck:
            assert deck.failed is None
            sound = read(deck, 100.0)
        return Whole(sound[: round(1.5 * RATE)].copy(), len(sound) / RATE)

    return play


def _by_name(form: SoundKind) -> str:
    return form.name


@pytest.mark.parametrize("form", FORMATS, ids=_by_name)
def test_a_deck_begins_at_its_cue_point(form: SoundKind, in_format: MakeKind, clock: Clock) -> None:
    """Near the beginning, inside and near the end, within 3 ms of the place."""
    path = in_format(form)
    for cue in CUES:
        with opened(FfmpegDeck(), cut_of(path, cue)) as deck:
            assert deck.failed is None
            found = clock.place(read(deck, 1.5)[:, 0])
        assert found == pytest.approx(cue - form.delay, abs=EXACT), cue


@pytest.mark.parametrize("form", FORMATS, ids=_by_name)
def test_a_deck_begins_with_its_file(form: SoundKind, whole_of: WholeOf, clock: Clock) -> None:
    """Without a cue point, its first sample is the first of the music, within 3 ms."""
    assert clock.place(whole_of(form).first[:, 0]) == pytest.approx(-form.delay, abs=EXACT)


@pytest.mark.parametrize("form", JOINED, ids=_by_name)
def test_a_joined_file_goes_on_where_it_was(form: SoundKind, in_format: MakeKind) -> None:
    """Where rate or channels change inside, a cue point gives what is heard there anyway."""
    path = in_format(form)
    with opened(FfmpegDeck(), cut_of(path)) as deck:
        whole = read(deck, 100.0)
    assert len(whole) / RATE == pytest.approx(LENGTH, abs=0.3)
    for cue in (0.0, 9.99, 20.7, 28.0):
        with opened(FfmpegDeck(), cut_of(path, cue)) as deck:
            heard = read(deck, 1.0)[:, 0]
        assert abs(_lag(whole[:, 0], heard, cue)) < EXACT, cue


def _lag(whole: Block, heard: Block, cue: float) -> float:
    """Return how far (s) from `cue` a piece is heard, up to half a second."""
    start = max(0, round((cue - 0.5) * RATE))
    around = whole[start : start + len(heard) + RATE]
    size = 1 << 18
    match = np.fft.irfft(np.fft.rfft(around, size) * np.fft.rfft(heard, size).conj(), size)
    return (start + int(match[:RATE].argmax())) / RATE - cue


@pytest.mark.parametrize("name", LIBVLC)
def test_libvlc_begins_at_its_cue_point(name: str, in_format: MakeKind, clock: Clock) -> None:
    """The reserve is as exact as is promised in the formats in which it can be."""
    for cue in (0.0, 0.5, 12.3456):
        with opened(VlcDeck(), cut_of(in_format(NAMED[name]), cue)) as deck:
            assert deck.failed is None
            found = clock.place(read(deck, 1.5)[:, 0])
        assert found == pytest.approx(cue, abs=LIBVLC[name]), cue


@pytest.mark.parametrize("form", FORMATS, ids=_by_name)
def test_a_deck_ends_with_its_file(form: SoundKind, whole_of: WholeOf) -> None:
    """All of a file is heard, and of an encoder's padding no more than its last block."""
    assert whole_of(form).length == pytest.approx(LENGTH, abs=0.08)


@pytest.mark.parametrize("name", ["vbr.mp3", "cbr.mp3", "aac.m4a", "plain.opus", "plain.ogg"])
def test_what_an_encoder_adds_is_left_out(name: str, whole_of: WholeOf) -> None:
    """Files that state their true length last just that, so that an album has no gaps."""
    assert whole_of(NAMED[name]).length == pytest.approx(LENGTH, abs=0.0005)
