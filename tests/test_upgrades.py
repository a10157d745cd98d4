"""What an older kacenv keeps is used by this one, and what a newer one keeps is left alone.

`tests/data/kept` was written once, by the code of commit 0d3c414, and never changes; journals
have `tests/session/journal/test_versions.py` of their own.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.houses import write_silence

from kacenv.analysis import MeasurementCache
from kacenv.analysis.header_cache import Headers
from kacenv.analysis.measurement_cache import FileStamp, known_measurements
from kacenv.core.errors import DeviceError, KacenvError, RecordError
from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.credentials import CredentialStore
from kacenv.session.records import RecordStore

KEPT = Path(__file__).parent / "data" / "kept"
TOKEN = "kacenv_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"  # noqa: S105 - of nobody
PIN = "825064"
LAKE = Path("/music/lake.flac")
RECORD = "840e4fe4"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """What was kept then, in a folder of its own."""
    shutil.copytree(KEPT, tmp_path / "kept")
    (tmp_path / "kept" / "access.json").chmod(0o600)
    return tmp_path / "kept"


@pytest.fixture
def found_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the music of then seem to be where it was, unchanged."""
    monkeypatch.setattr(FileStamp, "of", classmethod(lambda cls, _path: cls(1, 2)))


def test_devices_are_let_in_as_before(kept: Path) -> None:
    """A tablet's token and a display's PIN still open the door."""
    ring = CredentialStore(kept / "access.json")
    tablet, display = ring.by_token(TOKEN), ring.by_pin(PIN)
    assert tablet
    assert (tablet.name, tablet.role) == ("tablet garden", DeviceRole.STAFF)
    assert display
    assert (display.name, display.role) == ("wall display", DeviceRole.VIEWER)


def test_records_are_read_as_before(kept: Path) -> None:
    """A session's record is found, and tells its length and outcome."""
    store = RecordStore(kept / "records")
    card = store.card(store.find(RECORD))
    assert (card.scene, card.length, card.outcome) == ("Test session", 2120.0, "whole")


@pytest.mark.usefixtures("found_there")
def test_measurements_are_used_as_before(kept: Path) -> None:
    """They set the level until the next scan, which makes the verdict that is missing."""
    known = known_measurements(kept)
    with MeasurementCache(kept) as cache:
        again = cache.known()
    for verdict in (
        known.verdict(LAKE),
        again.verdict(LAKE),
        known_measurements(kept).verdict(LAKE),
    ):
        assert verdict
        assert verdict.sound
        assert verdict.sound.loudness == -17.25
        assert not verdict.whole


@pytest.mark.usefixtures("found_there")
def test_headers_of_an_older_kacenv_are_read_again(kept: Path) -> None:
    """What mutagen took for a length isn't believed any more."""
    with pytest.raises(DeviceError, match="isn't there"):
        Headers(kept).find(LAKE)


def edited(path: Path, change: Callable[[dict[str, Any]], None]) -> bytes:
    """Change a JSON file; what is in it then."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return path.read_bytes()


def test_a_newer_key_file_is_left_alone(kept: Path) -> None:
    """Nobody is let in, nobody can be added, and the words say what to do."""
    path = kept / "access.json"
    before = edited(path, lambda content: content.update(version=2))
    ring = CredentialStore(path)
    for attempt in (lambda: ring.by_token(TOKEN), lambda: ring.add_token("new", DeviceRole.STAFF)):
        with pytest.raises(KacenvError, match="Install the newer kacenv again"):
            attempt()
    assert path.read_bytes() == before


def test_a_newer_record_is_left_alone(kept: Path) -> None:
    """The list goes without it, and who asks for it is led to its page."""
    store = RecordStore(kept / "records")
    one = store.find(RECORD)
    path = store.folder / one.name(".json")
    before = edited(path, lambda content: content.update(format=2, mood="calm"))
    with pytest.raises(RecordError, match="A newer kacenv has written the record"):
        store.read(one)
    assert store.cards() == [(one, None)]
    assert path.read_bytes() == before


def made_newer(path: Path) -> bytes:
    """Give a base the mark of a later version; what is in its file then."""
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA user_version = 99")
        base.commit()
    return path.read_bytes()


@pytest.mark.usefixtures("found_there")
def test_newer_measurements_are_left_alone(kept: Path) -> None:
    """They are neither used nor thrown away."""
    before = made_newer(kept / "music.sqlite")
    assert known_measurements(kept).find(LAKE) is None
    with pytest.raises(KacenvError, match="measure once more in another folder"):
        MeasurementCache(kept)
    assert (kept / "music.sqlite").read_bytes() == before


def test_newer_headers_are_left_alone(kept: Path) -> None:
    """Headers are read from the music itself then, and nothing is kept of it."""
    before = made_newer(kept / "headers.sqlite")
    sound = write_silence(kept / "second.wav", 1.0)
    headers = Headers(kept)
    assert headers.find(sound).length == 1.0
    headers.keep()
    assert (kept / "headers.sqlite").read_bytes() == before
