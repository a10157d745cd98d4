"""A journal, a store and a record; days are those of Greenwich, wherever the machine stands."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.lives import PLAN, lived

from kacenv.session.records import RecordBundle, RecordStore, build_record


@pytest.fixture(autouse=True)
def _greenwich() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Where the room's journal is."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder / "test.journal"


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    """An empty store, whose folder isn't there yet."""
    return RecordStore(tmp_path / "state" / "records")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> RecordBundle:
    """A session of 15 January 2027 in the room test, kept until 14 February."""
    return build_record(lived(tmp_path_factory.mktemp("life") / "test.journal", PLAN))
