"""A room served to clients of this machine, and the event loop of asynchronous tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.sessions import a_phase, a_timeline
from support.tablet import ServedRoom


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of asynchronous tests."""
    return "asyncio"


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the test's own sockets."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    return tmp_path / "run"


@pytest.fixture
def served(run_folder: Path) -> Iterator[ServedRoom]:
    """A room in the first of two phases, on the socket `room.sock`."""
    run_folder.mkdir()
    with ServedRoom(run_folder, a_timeline(a_phase("onset"), a_phase("return"))) as room:
        yield room
