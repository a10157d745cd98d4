"""Files for TLS that are replaced while kacenv runs."""

import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.certificates import Certificates, client_certificate, make_certificates
from support.mosquitto import Mosquitto

from kacenv.core.errors import DeviceError
from kacenv.devices.lights.tls_context import ReloadingContext
from kacenv.model.room import Broker


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    """Return the certificates of a clinic."""
    return make_certificates(tmp_path, "clinic")


@pytest.fixture
def port(tmp_path: Path, made: Certificates) -> Iterator[int]:
    """Return the port of a broker that shows them."""
    with Mosquitto(tmp_path, certificates=made) as broker:
        yield broker.port


def greets(context: ssl.SSLContext, port: int) -> bool:
    """Whether the broker is trusted."""
    with socket.create_connection(("127.0.0.1", port)) as tcp:
        try:
            context.wrap_socket(tcp, server_hostname="127.0.0.1").close()
        except ssl.SSLCertVerificationError:
            return False
        return True


def test_an_authority_replaced_in_place_is_read(
    tmp_path: Path, made: Certificates, port: int
) -> None:
    """The next connection trusts the new one, and no longer the old one."""
    other = make_certificates(tmp_path, "other").authority
    used = tmp_path / "ca.pem"
    shutil.copy(other, used)
    context = ReloadingContext(Broker(host="127.0.0.1", tls=True, ca_file=str(used)))
    assert not greets(context, port)
    used.write_text(made.authority.read_text())
    assert greets(context, port)
    shutil.copy(other, tmp_path / "new")
    (tmp_path / "new").replace(used)
    assert not greets(context, port)


@pytest.mark.parametrize("text", [None, "", "half a certifi"])
def test_files_that_cannot_be_used_leave_the_old_ones(
    tmp_path: Path, made: Certificates, port: int, text: str | None
) -> None:
    """Gone, or being written just now; once they can be used, they are."""
    used = tmp_path / "ca.pem"
    shutil.copy(made.authority, used)
    context = ReloadingContext(Broker(host="127.0.0.1", tls=True, ca_file=str(used)))
    used.unlink()
    if text is not None:
        used.write_text(text)
    assert greets(context, port)
    shutil.copy(make_certificates(tmp_path, "other").authority, used)
    assert not greets(context, port)


def test_a_certificate_without_its_key_is_refused(tmp_path: Path, made: Certificates) -> None:
    """It says which files, and what is wrong with them, before anything starts."""
    certificate, key = client_certificate(made)
    given = {"host": "127.0.0.1", "tls": True, "certificate_file": str(certificate)}
    for other, why in ((made.key, "don't belong together"), (tmp_path / "none", "No such file")):
        broker = Broker.model_validate({**given, "key_file": str(other)})
        with pytest.raises(DeviceError, match=why):
            ReloadingContext(broker)
    ReloadingContext(Broker.model_validate({**given, "key_file": str(key)}))
