"""The loudness curve of measured music is the music's own, at the level of the plan."""

import os
from pathlib import Path

import numpy as np
import pytest
from support.sessions import a_phase, a_queue, a_room, a_timeline
from support.sounds import tone, write_wav

from kacenv.analysis import KnownMeasurements, Measurement
from kacenv.analysis.loudness_curve import packed
from kacenv.analysis.loudness_meter import measure
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.analysis.verdict import Verdict
from kacenv.core.units import Decibels, Seconds
from kacenv.model.playlist import Cut
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.plot import Arc, arc_of
from kacenv.rehearsal.simulation import rehearse


def a_scene(path: Path, gain: float) -> Timeline:
    """One phase at -6 dB that plays the file of two minutes."""
    cut = Cut(str(path), "x", "Nobody", Seconds(120.0), gain=Decibels(gain))
    queue = a_queue("x", [120.0])
    queue = type(queue)(queue.name, (cut,), queue.crossfade, repeat=True)
    return a_timeline(a_phase("peak", 100.0, queue=queue, level=Decibels(-6.0)))


def arc(path: Path, sound: Measurement, gain: float = 0.0) -> Arc:
    """The arc of that scene, with the file measured so."""
    known = KnownMeasurements({os.fsencode(path): (FileStamp.of(path), Verdict(sound))})
    room, timeline = a_room(), a_scene(path, gain)
    return arc_of(room, timeline, rehearse(room, timeline), known)


@pytest.fixture
def steps(tmp_path: Path) -> tuple[Path, Measurement]:
    """A file whose second minute is 10 dB quieter than its first, measured for real."""
    path = tmp_path / "steps.wav"
    write_wav(path, np.concatenate([tone(60, -20.0), tone(60, -30.0)]))
    return path, measure(str(path))


def test_the_course_of_a_file_is_its_loudness_each_second(steps: tuple[Path, Measurement]) -> None:
    """A tone at -20 LUFS and then at -30 LUFS is kept as just that, to a third of a LU."""
    course = np.frombuffer(steps[1].course, np.uint8) / 3 - 70
    assert len(course) == pytest.approx(120, abs=2)
    np.testing.assert_allclose(course[5:55], -20.0, atol=0.4)
    np.testing.assert_allclose(course[65:115], -30.0, atol=0.4)


def test_real_music_stands_above_and_below_its_level(steps: tuple[Path, Measurement]) -> None:
    """With 5 dB of gain, -20 LUFS is 5 LU above the plan's -6 dB, and -30 LUFS 5 LU below."""
    measured = {point.at: point.level for point in arc(*steps, gain=5.0).measured}
    heard = {at: level for at, level in measured.items() if 20 < at < 55}
    assert heard
    assert list(heard.values()) == pytest.approx([-1.0] * len(heard), abs=0.4)
    quiet = [level for at, level in measured.items() if 65 < at < 95]
    assert quiet
    assert quiet == pytest.approx([-11.0] * len(quiet), abs=0.4)


def test_unmeasured_music_has_no_curve_of_its_own(tmp_path: Path) -> None:
    """Where no scan has been, there is the plan alone."""
    write_wav(tmp_path / "x.wav", tone(9, -20.0))
    room, timeline = a_room(), a_scene(tmp_path / "x.wav", 0.0)
    assert arc_of(room, timeline, rehearse(room, timeline)).measured == ()


def test_a_course_stays_within_what_a_byte_can_say() -> None:
    """Silence is the lowest step, and no loudness wraps round."""
    course = packed(np.array([-120.0] * 20 + [40.0] * 20))
    assert (course[0], course[-1]) == (0, 255)
