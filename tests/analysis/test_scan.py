import os
import shutil
import signal
from pathlib import Path

import pytest
from support.sounds import tone, write_wav

from kacenv.analysis import MeasurementCache, known_measurements
from kacenv.analysis.judge import judge
from kacenv.analysis.scan import ScanResult, Worker, scan
from kacenv.analysis.verdict import Verdict

pytestmark = pytest.mark.real
"""Scans have processes of their own, of which some break down."""


def judge_or_die(path: str) -> Verdict | str:
    """A decoder that breaks down over a file with `crash` in its name."""
    if Path(path).name == "crash.wav":
        os.kill(os.getpid(), signal.SIGKILL)
    return judge(path)


def judge_or_fail(path: str) -> Verdict | str:
    """A decoder with an error of its own over a file with `crash` in its name."""
    if Path(path).name == "crash.wav":
        raise RuntimeError("on purpose")
    return judge(path)


def never(path: str) -> Verdict | str:
    """A decoder that must not be asked."""
    raise AssertionError(path)


def tones(folder: Path, *names: str) -> list[Path]:
    """Short files, each of its own loudness."""
    return [write_wav(folder / name, tone(2, -20.0 - number)) for number, name in enumerate(names)]


def test_second_scan_measures_nothing(tmp_path: Path, cache: MeasurementCache) -> None:
    """What was measured once is known, in the same order and with the same figures."""
    files = tones(tmp_path, "a.wav", "b.wav", "c.wav")
    first = {one.path: one.verdict for one in scan(files, cache)}
    assert set(first) == set(files)
    again = list(scan([*files, *files], cache, never))
    assert again == [ScanResult(file, first[file], known=True) for file in files]


def test_copied_and_touched_files_are_known_by_content(
    tmp_path: Path, cache: MeasurementCache
) -> None:
    """A file that moves, or whose time alone changes, isn't measured again."""
    (file,) = tones(tmp_path, "a.wav")
    (first,) = scan([file], cache)
    moved = Path(shutil.copy(file, tmp_path / "b.wav"))
    os.utime(file, ns=(0, 0))
    for one in scan([moved, file], cache, never):
        assert one.known
        assert one.sound == first.sound


def test_changed_file_is_measured_again(tmp_path: Path, cache: MeasurementCache) -> None:
    """New content under an old name gets new figures."""
    (file,) = tones(tmp_path, "a.wav")
    (before,) = scan([file], cache)
    write_wav(file, tone(2, -40))
    (after,) = scan([file], cache)
    assert before.sound
    assert after.sound
    assert not after.known
    assert before.sound.true_peak - after.sound.true_peak == pytest.approx(20.0, abs=0.1)


def test_unreadable_files_are_named(tmp_path: Path, cache: MeasurementCache) -> None:
    """What can't be played is told with its reason, now and the next time; the rest is measured."""
    good, other = tones(tmp_path, "good.wav", "other.wav")
    text = tmp_path / "text.mp3"
    text.write_text("hello")
    away = tmp_path / "away.ogg"
    results = {one.path: one for one in scan([text, good, away, other], cache)}
    assert results[good].sound
    assert results[other].sound
    assert results[text].reason == "it is text, not music"
    assert "isn't there" in results[away].reason
    assert cache.known().find(text) is None
    assert cache.known().verdict(away) is None
    (again,) = scan([text], cache, never)
    assert (again.reason, again.known) == ("it is text, not music", True)


def test_pipe_does_not_hold_a_scan_up(tmp_path: Path, cache: MeasurementCache) -> None:
    """What isn't a file is told, not waited for."""
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    (one,) = scan([pipe], cache)
    assert "isn't there" in one.reason


@pytest.mark.parametrize("worker", [judge_or_die, judge_or_fail])
def test_crash_of_a_decoder_names_its_file_alone(
    worker: Worker, tmp_path: Path, cache: MeasurementCache
) -> None:
    """A file that kills its process is named; the files beside it are measured all the same."""
    files = tones(tmp_path, "a.wav", "crash.wav", "b.wav", "c.wav")
    results = {one.path.name: one for one in scan(files, cache, worker)}
    assert len(results) == 4
    assert "broke down" in results.pop("crash.wav").reason
    assert all(one.sound for one in results.values())


def test_interrupted_scan_keeps_what_it_had(tmp_path: Path, cache: MeasurementCache) -> None:
    """Leaving off after the first result loses nothing of it, and the next scan goes on."""
    files = tones(tmp_path, *(f"{number}.wav" for number in range(6)))
    running = scan(files, cache)
    first = next(running)
    running.close()  # type: ignore[attr-defined]  # a generator, as the caller leaves it
    assert known_measurements(tmp_path / "cache").find(first.path) == first.sound
    results = list(scan(files, cache))
    assert [one.path for one in results if one.known][:1] == [first.path]
    assert len(results) == 6


def test_file_that_changes_meanwhile_is_not_kept(tmp_path: Path, cache: MeasurementCache) -> None:
    """A file still being copied is measured the next time."""
    (file,) = tones(tmp_path, "a.wav")
    (one,) = scan([file], cache, grow_then_judge)
    assert one.sound is None
    assert "scan again" in one.reason
    assert cache.known().find(file) is None


def grow_then_judge(path: str) -> Verdict | str:
    """A decoder under whose hands the file grows."""
    with Path(path).open("ab") as file:
        file.write(b"\0\0\0\0")
    return judge(path)
