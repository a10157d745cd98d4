import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.measurements import a_measurement, a_verdict

from kacenv.analysis import MeasurementCache, known_measurements, measurement_cache
from kacenv.analysis.measurement_cache import FileStamp, cache_folder, version_of
from kacenv.analysis.tags import Tags
from kacenv.analysis.verdict import Verdict
from kacenv.core.errors import KacenvError

_VERSION = range(60, 64)
"""Bytes of a SQLite file that hold `user_version` (sqlite.org/fileformat.html)."""


def keep(folder: Path, file: Path, verdict: Verdict) -> None:
    """Keep a verdict on a file that is there."""
    with MeasurementCache(folder) as cache:
        cache.keep(file, FileStamp.of(file), b"content", verdict)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to be known."""
    path = tmp_path / os.fsdecode("Größe.wav".encode("latin-1"))
    path.write_bytes(b"abc")
    return path


def test_what_is_kept_is_known(tmp_path: Path, file: Path) -> None:
    """A measurement comes back exactly, by path and by content."""
    sound = a_measurement(loudness=-17.123, damaged_at=3.5, gaps=b"\0\1\0\0\0\x10\0\0")
    verdict = Verdict(sound, "", a_verdict(starts_at=7.5, seeks=False).form, Tags("T", "A"))
    keep(tmp_path, file, verdict)
    assert known_measurements(tmp_path).verdict(file) == verdict
    assert known_measurements(tmp_path).find(file) == sound
    with MeasurementCache(tmp_path) as cache:
        assert cache.known().verdict(file) == verdict
        assert cache.of_content(b"content") == verdict
        assert cache.of_content(b"other") is None


def test_what_another_command_keeps_meanwhile_stays(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that find no cache, the one that begins it later takes nothing from the other."""

    def look(base: sqlite3.Connection) -> int:
        monkeypatch.undo()
        found = version_of(base)
        keep(tmp_path, file, a_verdict())
        return found

    monkeypatch.setattr(measurement_cache, "version_of", look)
    with MeasurementCache(tmp_path) as cache:
        assert cache.known().verdict(file) == a_verdict()


def test_changed_file_is_unknown(tmp_path: Path, file: Path) -> None:
    """Another size or another time, and nothing is known; a vanished file is unknown too."""
    keep(tmp_path, file, a_verdict())
    known = known_measurements(tmp_path)
    before = file.stat()
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert known.find(file) is None
    file.write_bytes(b"abcd")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert known.find(file) is None
    file.unlink()
    assert known.find(file) is None


@pytest.mark.parametrize(
    "content", [b"", b"no base at all" * 500, b"SQLite format 3\0" + b"x" * 99]
)
def test_damaged_cache_is_rebuilt(tmp_path: Path, file: Path, content: bytes) -> None:
    """Readers know nothing of a damaged cache, and the next scan begins a new one."""
    base = tmp_path / "music.sqlite"
    base.write_bytes(content)
    assert known_measurements(tmp_path).find(file) is None
    with MeasurementCache(tmp_path) as cache:
        assert cache.rebuilt == bool(content)
    keep(tmp_path, file, a_verdict())
    assert known_measurements(tmp_path).verdict(file) == a_verdict()


def test_damage_inside_is_found(tmp_path: Path) -> None:
    """A cache whose pages were overwritten is rebuilt as well."""
    with MeasurementCache(tmp_path) as cache:
        for number in range(500):
            path = tmp_path / f"{number}.wav"
            cache.keep(path, FileStamp(1, number), b"%d" % number, a_verdict())
    base = tmp_path / "music.sqlite"
    content = bytearray(base.read_bytes())
    content[4096 : len(content) - 4096] = b"\xa5" * (len(content) - 8192)
    base.write_bytes(content)
    with MeasurementCache(tmp_path) as cache:
        assert cache.rebuilt


@examples(40)
@given(st.data())
def test_no_damage_stops_a_reader(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever bytes are overwritten, reading and opening go on.

    The version is spared: of a newer one the cache is left alone, and that is said in words.
    """
    folder = tmp_path_factory.mktemp("cache")
    MeasurementCache(folder).__exit__(None, None, None)
    base = folder / "music.sqlite"
    content = bytearray(base.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1).filter(lambda at: at not in _VERSION))
        content[at] = data.draw(st.integers(0, 255))
    base.write_bytes(content)
    known_measurements(folder).find(base)
    with MeasurementCache(folder) as cache:
        cache.known().find(base)


def edit(folder: Path, statement: str) -> None:
    """Change a cache by hand."""
    with closing(sqlite3.connect(folder / "music.sqlite")) as base:
        base.execute(statement)
        base.commit()


def test_older_version_is_measured_anew(tmp_path: Path, file: Path) -> None:
    """What an older version of the program measured isn't used."""
    keep(tmp_path, file, a_verdict())
    edit(tmp_path, "PRAGMA user_version = 3")
    assert known_measurements(tmp_path).find(file) is None
    with MeasurementCache(tmp_path) as cache:
        assert cache.known().find(file) is None


@pytest.mark.parametrize(
    "figure",
    [
        *("loudness = 'loud'", "loudness = 9e99", "loudness = -300.0"),
        *("kind = 3", "seeks = 'yes'", "rates = x'00'", "title = NULL"),
        *("gaps = 'x'", "gaps = x'0000'", "gaps = x'ffffffffffffffff'", "gaps = NULL"),
    ],
)
def test_impossible_figures_are_passed_over(tmp_path: Path, file: Path, figure: str) -> None:
    """A figure, a silence or a fact that nobody found doesn't reach a fader or a page."""
    keep(tmp_path, file, a_verdict())
    edit(tmp_path, f"UPDATE sounds SET {figure}")  # noqa: S608 - from above
    assert known_measurements(tmp_path).find(file) is None


def test_a_fault_is_kept_as_well(tmp_path: Path, file: Path) -> None:
    """What can't be played is known by its content, and has no measurement."""
    keep(tmp_path, file, Verdict(fault="it is text, not music"))
    known = known_measurements(tmp_path)
    assert known.verdict(file) == Verdict(fault="it is text, not music")
    assert known.find(file) is None


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The error says how to choose another folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(KacenvError, match="KACENV_CACHE="):
        MeasurementCache(tmp_path / "file" / "cache")


def test_folder_is_the_one_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`KACENV_CACHE` comes first, then the system's or the user's own."""
    monkeypatch.setenv("KACENV_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("KACENV_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/clinic/.cache")
    own = Path("/var/cache/kacenv") if os.geteuid() == 0 else Path("/home/clinic/.cache/kacenv")
    assert cache_folder() == own
