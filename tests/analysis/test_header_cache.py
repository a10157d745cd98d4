"""Headers are read once, and again only where a file has changed."""

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from support.houses import write_silence

from kacenv.analysis.header_cache import Headers
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds


@pytest.fixture
def track(tmp_path: Path) -> Path:
    """A minute of silence."""
    return write_silence(tmp_path / "a.wav", 60, rate=100)


def test_a_kept_header_opens_no_file(tmp_path: Path, track: Path) -> None:
    """What was read is known the next time, by its stamp alone."""
    cache, headers = tmp_path / "cache", Headers(tmp_path / "cache")
    assert headers.find(track).length == Seconds(60.0)
    headers.keep()
    stamp = track.stat()
    track.write_bytes(b"x" * stamp.st_size)
    os.utime(track, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert Headers(cache).find(track).length == Seconds(60.0)
    with pytest.raises(DeviceError, match=r"isn't music|text"):
        Headers().find(track)


def test_a_changed_file_is_read_again(tmp_path: Path, track: Path) -> None:
    """Another size or another time means another file."""
    cache, headers = tmp_path / "cache", Headers(tmp_path / "cache")
    headers.find(track)
    headers.keep()
    write_silence(track, 90, rate=100)
    assert Headers(cache).find(track).length == Seconds(90.0)


def test_a_cache_that_is_damaged_or_older_only_costs_time(tmp_path: Path, track: Path) -> None:
    """Garbage in its place is replaced, and nobody hears of it."""
    cache = tmp_path / "cache"
    cache.mkdir()
    file = cache / "headers.sqlite"
    file.write_bytes(b"no database" * 100)
    headers = Headers(cache)
    assert headers.find(track).length == Seconds(60.0)
    headers.keep()
    base = sqlite3.connect(file)
    assert base.execute("SELECT length FROM headers").fetchall() == [(60.0,)]
    base.execute("PRAGMA user_version = 99")
    base.close()
    again = Headers(cache)
    assert again.find(track).length == Seconds(60.0)
    again.keep()


def test_a_place_that_cannot_be_written_is_no_trouble(tmp_path: Path, track: Path) -> None:
    """Where the cache's folder can't be, all is read each time."""
    (tmp_path / "file").write_text("")
    headers = Headers(tmp_path / "file" / "cache")
    assert headers.find(track).length == Seconds(60.0)
    headers.keep()


def test_a_length_that_no_header_tells_is_decoded(tmp_path: Path) -> None:
    """A FLAC file from a pipe doesn't know how long it is."""
    piped = tmp_path / "piped.flac"
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=7", "-f", "flac", "-"]
    piped.write_bytes(subprocess.run(made, capture_output=True, check=True).stdout)
    assert Headers().find(piped).length == pytest.approx(7.0, abs=0.01)
