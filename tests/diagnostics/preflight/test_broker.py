"""The broker's answer, and how soon."""

from pathlib import Path

import pytest
from support.certificates import make_certificates
from support.mosquitto import Mosquitto, free_port

from kacenv.core.units import Seconds
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight import broker as brokers
from kacenv.diagnostics.preflight.broker import broker
from kacenv.diagnostics.probe_messages import Progress
from kacenv.model.room import Room


def room(port: int, **more: object) -> Room:
    """A room at a broker."""
    return Room.model_validate(
        {
            "name": "lit",
            "outputs": [{"id": "speakers", "role": "speakers"}],
            "broker": {"host": "127.0.0.1", "port": port, **more},
        }
    )


def asked(place: Room) -> Finding:
    """What the broker's probe finds."""
    *steps, found = broker(place)
    assert all(isinstance(step, Progress) for step in steps)
    assert isinstance(found, Finding)
    return found


def test_a_message_comes_back(mosquitto: Mosquitto) -> None:
    """The median of nine round trips is told, and none of them stays."""
    found = asked(room(mosquitto.port))
    assert found.mark in {Severity.FINE, Severity.NOTE}
    assert "ms of 9" in found.found


def test_a_broker_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """No-go, with where it should be."""
    monkeypatch.setattr(brokers, "WITHIN", Seconds(1.0))
    port = free_port()
    found = asked(room(port))
    assert (found.mark, found.found) == (Severity.WRONG, f"127.0.0.1:{port} doesn't answer")
    assert "switched on" in found.todo


def test_a_broker_that_refuses(tmp_path: Path) -> None:
    """The password is what to look at."""
    (tmp_path / "password").touch(0o600)
    (tmp_path / "password").write_text("wrong")
    with Mosquitto(tmp_path, "kacenv", "right") as strict:
        keys = {"user": "kacenv", "password_file": str(tmp_path / "password")}
        found = asked(room(strict.port, **keys))
    assert found.mark is Severity.WRONG
    assert "password" in found.todo
    missing = asked(room(1, user="kacenv", password_file=str(tmp_path / "nowhere")))
    assert missing.mark is Severity.WRONG
    assert "can't be read" in missing.todo


def test_a_certificate_that_expires_soon_is_noted(tmp_path: Path) -> None:
    """The broker answers today; it says until when."""
    made = make_certificates(tmp_path, "clinic", days=3)
    with Mosquitto(tmp_path, certificates=made) as broker_:
        *_, found = broker(room(broker_.port, tls=True, ca_file=str(made.authority)))
    assert isinstance(found, Finding)
    assert (found.what, found.mark) == ("broker's certificate", Severity.NOTE)
    assert found.found.startswith("The certificate of the light broker at 127.0.0.1")
    assert "expires on" in found.found
    assert found.todo == "Have it renewed before"


@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")  # paho drops failed handshakes
def test_a_certificate_that_has_expired_is_the_reason(tmp_path: Path) -> None:
    """In the words that the daemon has for it, without what it says of the session."""
    made = make_certificates(tmp_path, "clinic", days=-1)
    with Mosquitto(tmp_path, certificates=made) as broker_:
        found = asked(room(broker_.port, tls=True, ca_file=str(made.authority)))
    assert found.mark is Severity.WRONG
    assert found.todo.startswith("The certificate of the light broker at 127.0.0.1")
    assert found.todo.endswith("; have it renewed")


@pytest.mark.parametrize(
    ("trips", "mark"),
    [
        ([0.002, 0.003, 0.9], Severity.FINE),
        ([0.3, 0.3, 0.3], Severity.NOTE),
        ([0.002, 0.002, None], Severity.NOTE),
        ([1.5, 1.2, None], Severity.WRONG),
        ([None, None], Severity.NOTE),
    ],
)
def test_how_soon_is_soon_enough(trips: list[Seconds | None], mark: Severity) -> None:
    """One slow message is nothing; half of them slow, or some lost, is told."""
    found = brokers.judged("here", trips)
    assert found.mark is mark
    assert bool(found.todo) is (mark is not Severity.FINE)
