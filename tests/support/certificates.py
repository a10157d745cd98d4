"""A certificate authority of the tests' own, as a clinic would make one."""

import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_DAYS = 90


class Certificates(NamedTuple):
    """The authority's certificate, and a broker's certificate and key."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(
    folder: Path,
    name: str,
    host: str = "IP:127.0.0.1",
    *,
    days: int = _DAYS,
    authority_days: int = _DAYS,
) -> Certificates:
    """Made by openssl for `host`, good for so many days; less than 0 days: expired."""
    ca = folder / f"{name}-ca.pem"
    request = _request(ca, name, "basicConstraints=critical,CA:TRUE")
    _sign(request, ca, authority_days, "-key", ca.with_suffix(".key"))
    made = Certificates(ca, folder / f"{name}.pem", folder / f"{name}.key")
    sign_broker(made, host, days=days)
    return made


def sign_broker(made: Certificates, host: str = "IP:127.0.0.1", *, days: int = _DAYS) -> None:
    """Give the broker a new certificate in place of the one before, and a new key."""
    _request(made.certificate, "broker", "basicConstraints=CA:FALSE", f"subjectAltName={host}")
    _sign_by(made.authority, made.certificate, days)


def client_certificate(made: Certificates, *, days: int = _DAYS) -> tuple[Path, Path]:
    """A client's certificate by the same authority, and its key."""
    certificate = made.certificate.with_name(f"{made.certificate.stem}-client.pem")
    _request(certificate, "kacenv", "basicConstraints=CA:FALSE")
    _sign_by(made.authority, certificate, days)
    return certificate, certificate.with_suffix(".key")


def _request(certificate: Path, name: str, *extensions: str) -> Path:
    request = certificate.with_suffix(".csr")
    more = [part for extension in extensions for part in ("-addext", extension)]
    _run("openssl", "req", *_KEY, "-subj", f"/CN={name}", *more,
         "-keyout", certificate.with_suffix(".key"), "-out", request)  # fmt: skip
    return request


def _sign_by(authority: Path, certificate: Path, days: int) -> None:
    signer = ("-CA", authority, "-CAkey", authority.with_suffix(".key"))
    _sign(certificate.with_suffix(".csr"), certificate, days, *signer)


def _sign(request: Path, certificate: Path, days: int, *signer: str | Path) -> None:
    sign = ["openssl", "x509", "-req", "-copy_extensions", "copyall", *_validity(days)]
    _run(*sign, "-in", request, "-out", certificate, *signer)


def _validity(days: int) -> list[str]:
    """From OpenSSL 3.4 on, what has expired needs a beginning before its end."""
    if days >= 0 or b"-not_after" not in _options():
        return ["-days", str(days)]
    begin, end = (datetime.now(UTC) + timedelta(days=one) for one in (days - _DAYS, days))
    return ["-not_before", f"{begin:%Y%m%d%H%M%SZ}", "-not_after", f"{end:%Y%m%d%H%M%SZ}"]


@cache
def _options() -> bytes:
    return subprocess.run(["openssl", "x509", "-help"], check=False, capture_output=True).stderr


def _run(*words: str | Path) -> None:
    subprocess.run(words, check=True, capture_output=True)
