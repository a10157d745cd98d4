"""Keys, log-ins and a certificate for rooms that ask who comes."""

import subprocess
from pathlib import Path

from kacenv.access import DeviceRole, KeyRing, key_file

PIN = "825064"


def a_token(name: str = "tablet garden", role: DeviceRole = DeviceRole.STAFF) -> str:
    """A token of a new device in the key file of this state folder."""
    return KeyRing(key_file()).add_token(name, role)


def a_pin(name: str = "tablet pin", role: DeviceRole = DeviceRole.STAFF, pin: str = PIN) -> str:
    """A PIN of a new device there."""
    KeyRing(key_file()).add_pin(name, role, pin)
    return pin


def a_certificate(folder: Path, days: int = 90, name: str = "garden.clinic.lan") -> tuple[Path, Path]:
    """A self-signed certificate and its key; with negative days, one that has expired."""
    certificate, key = folder / "garden.pem", folder / "garden.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-keyout", str(key), "-out", str(certificate), "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"]
    begin, end = ("20200101000000Z", "20200201000000Z") if days < 0 else ("", "")
    span = ["-not_before", begin, "-not_after", end] if days < 0 else ["-days", str(days)]
    subprocess.run([*command, *span], check=True, capture_output=True)
    return certificate, key
