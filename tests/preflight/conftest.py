"""A broker and a sound server for rooms that are looked over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.mosquitto import Mosquitto
from support.pulse import Pulse


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A broker that runs for the whole test session."""
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """A sound server with one stereo device; what it plays is the default microphone's."""
    server = Pulse(tmp_path)
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    with server:
        yield server
