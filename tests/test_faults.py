"""Broken music in every way we could think of: the session goes on, softly, and says so."""

import numpy as np
import pytest
from soak.listening import first_sound, listen
from soak.simulated import Run, play
from soak.tracks import BROKEN, make_broken, make_good, room_and_session
from support.decks import noise

from kacenv.audio.samples import RATE, frames_in

SPAN = 480.0
UNPLAYABLE = {
    "empty.mp3",
    "text.mp3",
    "list.mp3",
    "head-alone.flac",
    "truncated.m4a",
    "film-without-sound.mp4",
    "silent.flac",
    "vanished.flac",
    "folder.mp3",
}
"""What nobody can play; of the others, something is heard."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Eight simulated minutes with twenty broken tracks and ten good ones."""
    folder = tmp_path_factory.mktemp("music")
    paths = make_good(folder, 10) + make_broken(folder)
    run = play(*room_and_session(paths, SPAN))
    print(run.heard)
    return run


def test_there_are_twenty_ways_to_be_broken() -> None:
    """As many as the fault run promises."""
    assert len(BROKEN) == 20


def test_no_silence_lasts(run: Run) -> None:
    """The dead-air watch acts within 3 s, and what follows has come in by then."""
    assert run.heard.silence < 3.0


def test_nothing_startles(run: Run) -> None:
    """Within 50 ms the level never rises by 4 dB, and nothing is louder than good music."""
    assert run.heard.rise < 4.0
    good = np.sqrt(np.mean(np.square(noise(1.0, 1))))
    assert np.abs(run.sound).max() < 10 * good


def test_staff_are_told_of_each_file_once(run: Run) -> None:
    """Each file that can't be played is named with a reason; no other is blamed."""
    passed_over = [text.split("”")[0].lstrip("“") for text in run.told if "passed over" in text]
    assert sorted(passed_over) == sorted(UNPLAYABLE)


def test_silences_and_steps_are_found() -> None:
    """The measure itself: a hole of 0.7 s and a rise of 6 dB are seen where they are."""
    sound = noise(10.0, 1)
    sound[frames_in(2.0) : frames_in(2.7)] = 0
    sound[frames_in(6.0) :] *= 2
    heard = listen(sound)
    assert heard.silence == pytest.approx(0.7, abs=0.011)
    assert heard.silent_at == pytest.approx(2.0, abs=0.011)
    assert heard.step == pytest.approx(30.0, abs=0.5)
    assert heard.rise == pytest.approx(30.0, abs=0.5)
    assert heard.rise_at == pytest.approx(2.75, abs=0.1)
    assert listen(sound[frames_in(3.0) :]).rise == pytest.approx(6.0, abs=0.5)
    assert listen(noise(3.0, 2)).silence == 0.0
    assert first_sound(sound[frames_in(2.2) :]) == pytest.approx(0.5, abs=0.011)
    assert first_sound(np.zeros((RATE, 2), np.float32)) is None
