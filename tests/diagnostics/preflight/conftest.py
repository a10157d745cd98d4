"""A broker and a sound server for rooms that are looked over."""

from collections.abc import Iterator

import pytest
from support.mosquitto import Mosquitto
from support.pulse import Pulse


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A broker that runs for the whole test session."""
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulse]:
    """A sound server that runs for the whole test session."""
    with Pulse(tmp_path_factory.mktemp("pulse")) as one:
        yield one


@pytest.fixture
def pulse(server: Pulse, monkeypatch: pytest.MonkeyPatch) -> Pulse:
    """It has one stereo device; what it plays is the default microphone's."""
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    return server
