"""Keys, log-ins and a certificate for rooms that ask who comes."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.credentials import CredentialStore, key_file

PIN = "825064"


def a_token(name: str = "tablet garden", role: DeviceRole = DeviceRole.STAFF) -> str:
    """A token of a new device in the key file of this state folder."""
    return CredentialStore(key_file()).add_token(name, role)


def a_pin(name: str = "tablet pin", role: DeviceRole = DeviceRole.STAFF, pin: str = PIN) -> str:
    """A PIN of a new device there."""
    CredentialStore(key_file()).add_pin(name, role, pin)
    return pin


def a_certificate(
    folder: Path, *, until: timedelta = timedelta(days=90), name: str = "garden.clinic.lan"
) -> tuple[Path, Path]:
    """A self-signed certificate that is good `until` so long from now, and its key."""
    folder.mkdir(exist_ok=True)
    (folder / "ca.conf").write_text(_AUTHORITY.format(folder=folder, name=name))
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n")
    certificate, key, request = (folder / f"garden.{end}" for end in ("pem", "key", "csr"))
    end = datetime.now(UTC) + until
    begin = end - timedelta(days=365)
    new: list[str] = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    _openssl(*new, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    span = ["-startdate", f"{begin:%Y%m%d%H%M%SZ}", "-enddate", f"{end:%Y%m%d%H%M%SZ}"]
    sign: list[str | Path] = ["ca", "-selfsign", "-batch", "-notext", "-config", folder / "ca.conf"]
    _openssl(*sign, "-keyfile", key, "-in", request, "-out", certificate, *span)
    return certificate, key


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


_AUTHORITY = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:{name},IP:127.0.0.1
"""
