"""A certificate authority of the tests' own, as a clinic would make one."""

import subprocess
from pathlib import Path
from typing import NamedTuple

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


class Certificates(NamedTuple):
    """The authority's certificate, and a broker's certificate and key."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path, name: str, host: str = "IP:127.0.0.1") -> Certificates:
    """Made by openssl for `host`, good for a day."""
    ca, ca_key = folder / f"{name}-ca.pem", folder / f"{name}-ca.key"
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    fresh = ["openssl", "req", "-x509", "-nodes", "-days", "1", *_KEY]
    _run(*fresh, "-subj", f"/CN={name}", "-keyout", ca_key, "-out", ca)
    names = ["-addext", f"subjectAltName={host}", "-subj", "/CN=broker"]
    signed: list[str | Path] = ["-CA", ca, "-CAkey", ca_key, "-keyout", key, "-out", certificate]
    _run(*fresh, *names, "-addext", "basicConstraints=CA:FALSE", *signed)
    return Certificates(ca, certificate, key)


def _run(*words: str | Path) -> None:
    subprocess.run(words, check=True, capture_output=True)
