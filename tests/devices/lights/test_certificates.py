"""What is wrong with certificates, said by name and date."""

from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from support.certificates import client_certificate, make_certificates, sign_broker
from support.mosquitto import Mosquitto, free_port

from kacenv.core.units import Seconds
from kacenv.devices.lights import certificates
from kacenv.devices.lights.certificates import LOOK_EVERY, CertificateWatch, examine
from kacenv.model.room import Broker
from kacenv.system.x509 import read_file


def until(certificate: Path) -> str:
    """The last day of a certificate, as it is written for people."""
    return f"{read_file(certificate)[0].until:%d %B %Y}"


def tls(port: int, authority: Path, **more: Any) -> Broker:
    """A broker of a room file."""
    keys = {"host": "127.0.0.1", "port": port, "tls": True, "ca_file": str(authority), **more}
    return Broker.model_validate(keys)


def test_what_is_good_for_long_is_not_worth_a_word(tmp_path: Path) -> None:
    """Broker, authority and our own."""
    made = make_certificates(tmp_path, "clinic")
    certificate, key = client_certificate(made)
    with Mosquitto(tmp_path, certificates=made) as broker:
        own = {"certificate_file": str(certificate), "key_file": str(key)}
        assert examine(tls(broker.port, made.authority, **own)) == (None, ())


def test_what_expires_soon_is_named_with_its_date(tmp_path: Path) -> None:
    """Each of them, before it does."""
    made = make_certificates(tmp_path, "clinic", days=3, authority_days=5)
    certificate, key = client_certificate(made, days=4)
    with Mosquitto(tmp_path, certificates=made) as broker:
        own = {"certificate_file": str(certificate), "key_file": str(key)}
        fault, warnings = examine(tls(broker.port, made.authority, **own))
    assert fault is None
    named = {
        f"The certificate of the light broker at 127.0.0.1:{broker.port}": made.certificate,
        f"The certificate authority {made.authority} of the light broker": made.authority,
        f"kacenv's own certificate {certificate} for the light broker": certificate,
    }
    assert list(warnings) == [
        f"{what} expires on {until(file)}; have it renewed before" for what, file in named.items()
    ]


@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")  # Python's failed handshakes
def test_what_has_expired_is_named_with_its_date(tmp_path: Path) -> None:
    """The broker's, then the authority's, then our own: never merely "isn't trusted"."""
    made = make_certificates(tmp_path, "clinic", days=-1)
    with Mosquitto(tmp_path, certificates=made) as broker:
        fault, _ = examine(tls(broker.port, made.authority))
        assert fault is not None
        assert f":{broker.port} expired on {until(made.certificate)}; have it renewed" in fault
        sign_broker(made)
        certificate, key = client_certificate(made, days=-1)
        broker.stop()
        broker.start()
        own = {"certificate_file": str(certificate), "key_file": str(key)}
        fault, _ = examine(tls(broker.port, made.authority, **own))
    assert fault is not None
    assert (
        f"own certificate {certificate} for the light broker expired on {until(certificate)}"
        in fault
    )


@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")  # as above
def test_an_expired_authority_is_named(tmp_path: Path) -> None:
    """The broker's own certificate may be good for long."""
    made = make_certificates(tmp_path, "clinic", authority_days=-1)
    with Mosquitto(tmp_path, certificates=made) as broker:
        fault, _ = examine(tls(broker.port, made.authority))
    assert fault is not None
    assert (
        f"authority {made.authority} of the light broker expired on {until(made.authority)}"
        in fault
    )


def test_of_two_authorities_with_one_name_the_newer_counts(tmp_path: Path) -> None:
    """The old one may stay in the file until it isn't needed any more."""
    made = make_certificates(tmp_path, "clinic", authority_days=3)
    old = made.authority.read_text()
    made = make_certificates(tmp_path, "clinic")
    made.authority.write_text(old + made.authority.read_text())
    with Mosquitto(tmp_path, certificates=made) as broker:
        assert examine(tls(broker.port, made.authority)) == (None, ())


@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")  # as above
def test_other_faults_are_told_apart(tmp_path: Path) -> None:
    """Another authority, another name, no TLS, a file that is none; and a broker that is away."""
    made = make_certificates(tmp_path, "clinic")
    other = make_certificates(tmp_path, "other", "DNS:printer.clinic.lan")
    away = tls(free_port(), made.authority)
    assert examine(away) == (None, ())
    unusable, _ = examine(away.model_copy(update={"ca_file": "/etc/hostname"}))
    assert unusable is not None
    assert "correct the broker's `ca_file`" in unusable
    with Mosquitto(tmp_path, certificates=other) as broker:
        stranger, _ = examine(tls(broker.port, made.authority))
        printer, _ = examine(tls(broker.port, other.authority))
    assert stranger is not None
    assert f"isn't trusted (it isn't vouched for by {made.authority})" in stranger
    assert printer is not None
    assert "isn't trusted (it is for another name than 127.0.0.1)" in printer


def test_a_connection_is_looked_at_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is asked for; what is found is told, and a fault as what is to come."""
    looks, told = [(None, ("soon",)), ("expired", ()), (None, ())], SimpleQueue[str]()
    monkeypatch.setattr(certificates, "examine", lambda _broker: looks.pop(0))
    watch = CertificateWatch(tls(8883, Path("ca.pem")), told.put)
    for now in (5.0, 6.0, LOOK_EVERY):
        watch.look(Seconds(now))
    assert told.get(timeout=30.0) == "soon"
    for now in (5.0, 6.0):
        watch.look(Seconds(LOOK_EVERY + now))
    assert told.get(timeout=30.0) == "expired; the lamps are led until the connection breaks"
    assert looks == [(None, ())]


def test_a_connection_without_tls_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no certificate."""
    monkeypatch.setattr(certificates, "examine", lambda _broker: 1 / 0)
    CertificateWatch(Broker(host="127.0.0.1"), print).look(Seconds(1.0))
