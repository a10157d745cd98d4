"""Broken music in every way we could think of: the session goes on, softly, and says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from soak.listening import first_sound, listen
from soak.simulated import Run, play
from soak.tracks import BROKEN, make_broken, make_good, room_and_session
from support.decks import ArrayDeck, noise
from support.sessions import a_cut, a_phase, a_queue, a_timeline
from support.shared import once

from kacenv.core.units import Decibels
from kacenv.devices.audio.samples import RATE, frames_in, silence
from kacenv.model.playlist import Cut
from kacenv.model.room import Output, Role, Room
from kacenv.rehearsal.offline_render import OfflineSession

SPAN = 280.0
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
    """Five simulated minutes with twenty broken tracks and ten good ones; most come twice."""
    run = once(tmp_path_factory, "faults", play_broken)
    print(run.heard)
    return run


def play_broken(folder: Path) -> Run:
    """Render the session, whose files lie in `folder`."""
    paths = make_good(folder, 10) + make_broken(folder)
    return play(*room_and_session(paths, SPAN))


def test_there_are_twenty_ways_to_be_broken() -> None:
    """As many as the fault run promises."""
    assert len(BROKEN) == 20


def test_no_silence_lasts(run: Run) -> None:
    """Every one of these faults is known before it is heard, and what follows is in by then."""
    assert run.heard.silence < 0.1


def test_nothing_startles(run: Run) -> None:
    """Within 50 ms the level never moves by 3 dB, and nothing is louder than good music."""
    assert run.heard.rise < 3.0
    assert run.heard.fall < 3.0
    good = np.sqrt(np.mean(np.square(noise(1.0, 1))))
    assert np.abs(run.sound).max() < 10 * good


def test_staff_are_told_of_each_file_once(run: Run) -> None:
    """Each file that can't be played is named with a reason; no other is blamed."""
    passed_over = [text.split("”")[0].lstrip("“") for text in run.told if "passed over" in text]
    assert sorted(passed_over) == sorted(UNPLAYABLE)


class FatedDeck(ArrayDeck):
    """Plays noise until what its cut's title says befalls it."""

    def __init__(self, cut: Cut) -> None:
        sound = noise(5.0 if cut.title == "short" else 10.0, 1)
        if cut.title in {"fine", "falls silent"}:
            rest = noise(50.0, 2) if cut.title == "fine" else silence(50 * RATE)
            sound = np.concatenate((sound, rest))
        super().__init__(sound)

    @property
    def ended_in(self) -> int | None:
        """A torn file never comes to its end."""
        return None if self.failed else super().ended_in

    @property
    def failed(self) -> str | None:
        """A missing file fails at once, a torn one when all of it has been read."""
        title = self.cut.title if self.cut else ""
        torn = title == "torn" and not self.reserve
        return title if torn or title == "gone" else None


ROWS = {
    ("torn", "gone", "gone"): 0.0,
    ("torn", "torn", "short"): 0.0,
    ("short", "gone", "torn"): 0.0,
    ("falls silent", "gone", "gone"): 3.0,
    ("falls silent", "falls silent", "torn"): 3.0,
}
"""Three faults in a row, and how long a silence (s) they may cause."""


@pytest.mark.parametrize("titles", ROWS)
def test_three_faults_in_a_row_cause_no_long_silence(titles: tuple[str, str, str]) -> None:
    """Every fault known ahead is bridged without a hole; a sudden silence lasts less than 3 s."""
    cuts = tuple(a_cut(title, 60.0) for title in (*titles, "fine", "fine"))
    cuts = tuple(replace(cut, path=f"/{place}") for place, cut in enumerate(cuts))
    phase = a_phase("peak", 42.0, queue=replace(a_queue("x"), cuts=cuts), level=Decibels(0.0))
    speakers = Room(name="test", outputs=(Output(id="speakers", role=Role.SPEAKERS),))
    session = OfflineSession(speakers, a_timeline(phase), make_deck=FatedDeck)
    try:
        sound = np.concatenate(list(session.blocks()))[frames_in(2.0) : frames_in(41.0)]
    finally:
        session.close()
    heard = listen(sound)
    assert heard.silence <= ROWS[titles]
    assert heard.rise < 4.0
    assert ROWS[titles] or heard.fall < 1.5


def test_silences_and_steps_are_found() -> None:
    """The measure itself: a hole of 0.7 s and a rise of 6 dB are seen where they are."""
    sound = noise(10.0, 1)
    sound[frames_in(2.0) : frames_in(2.7)] = 0
    sound[frames_in(6.0) :] *= 2
    heard = listen(sound)
    assert heard.silence == pytest.approx(0.7, abs=0.011)
    assert heard.silent_at == pytest.approx(2.0, abs=0.011)
    assert heard.fall == pytest.approx(30.0, abs=0.5)
    assert heard.fall_at == pytest.approx(2.0, abs=0.1)
    assert heard.rise == pytest.approx(30.0, abs=0.5)
    assert heard.rise_at == pytest.approx(2.75, abs=0.1)
    assert listen(sound[frames_in(3.0) :]).rise == pytest.approx(6.0, abs=0.5)
    assert listen(noise(3.0, 2)).silence == 0.0
    assert first_sound(sound[frames_in(2.2) :]) == pytest.approx(0.5, abs=0.011)
    assert first_sound(np.zeros((RATE, 2), np.float32)) is None
