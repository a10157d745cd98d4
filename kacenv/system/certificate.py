"""The clinic's TLS certificate: loaded, and its dates checked before a browser does."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from kacenv.core.errors import KacenvError
from kacenv.system.setting_file import UnfitFileError, require_readable

SOON: Final = timedelta(days=30)
"""Remaining validity below which staff are warned."""
_WAY_OUT: Final = "correct `tls` in the room file (surfaces: tcp:), or put the right file there"
_EXPIRED, _NOT_YET = 10, 9
"""X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID (OpenSSL's x509_vfy.h)."""


class CertificateError(KacenvError):
    """Certificate that can't be used; the message says what to do instead.

    `fault` and `way_out` are the parts of the message. Time alone causes or cures one `of_time`;
    one that `is_denied` may be another user's to read.
    """

    def __init__(self, fault: str, *, of_time: bool = False, is_denied: bool = False) -> None:
        super().__init__(f"{fault}. {_WAY_OUT[:1].upper()}{_WAY_OUT[1:]}.")
        self.fault, self.way_out = fault, _WAY_OUT
        self.of_time = of_time
        self.is_denied = is_denied


class Certificate(NamedTuple):
    """Certificate ready to serve; `names` are its DNS names."""

    context: ssl.SSLContext
    names: frozenset[str]
    until: datetime

    def warning(self, now: datetime) -> str | None:
        """Return the warning for staff; None if the certificate isn't about to expire."""
        left = self.until - now
        if left > SOON:
            return None
        return (
            f"The tablet's certificate expires on {self.until:%d %B %Y}. "
            "The technician should renew it before."
        )


def open_certificate(certificate: Path, key: Path) -> Certificate:
    """Load the certificate from one PEM file and its key from another; TLS 1.2 and 1.3 alone.

    Raises:
        CertificateError: A file is missing or malformed, they don't belong together, or the
            certificate has expired.
    """
    for path in (certificate, key):
        _require(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, OSError) as error:
        mismatch = "MISMATCH" in str(error)
        what = (
            f"{certificate} and {key} don't belong together"
            if mismatch
            else f"{certificate} and {key} are no certificate and its key, in PEM and unencrypted"
        )
        raise CertificateError(what) from None
    return _examined(context, certificate)


def _require(path: Path) -> None:
    try:
        require_readable(path)
    except UnfitFileError as error:
        fault = f"{path} can't be read ({error})" if path.exists() else f"{path} isn't there"
        raise CertificateError(fault, is_denied=error.is_denied) from None


def _no_password() -> str:
    """Return no password: a daemon has no terminal to ask at."""
    return ""


def _examined(context: ssl.SSLContext, path: Path) -> Certificate:
    """Validate the certificate by a handshake within this process, as a browser would."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(path)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(back, there)
    server = context.wrap_bio(there, back, server_side=True)
    try:
        _shake_hands(caller, server)
    except ssl.SSLCertVerificationError as error:
        raise CertificateError(f"{path} {_fault(error)}", of_time=_is_of_time(error)) from None
    except ssl.SSLError as error:
        raise CertificateError(f"{path} can't be served ({error.reason})") from None
    found = caller.getpeercert() or {}
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
    entries = [tuple(entry) for entry in found.get("subjectAltName", ())]
    names = frozenset(str(name).lower() for kind, name in entries if kind == "DNS")
    return Certificate(context, names, until)


def _shake_hands(caller: ssl.SSLObject, server: ssl.SSLObject) -> None:
    done: set[ssl.SSLObject] = set()
    for _ in range(10):
        for side in (caller, server):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
        if len(done) == 2:
            return
    raise ssl.SSLError("the handshake doesn't end")


def _fault(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "has expired"
    if error.verify_code == _NOT_YET:
        return "isn't valid yet; is the clock of this machine right"
    return f"isn't sound ({error.verify_message})"


def _is_of_time(error: ssl.SSLCertVerificationError) -> bool:
    return error.verify_code in {_EXPIRED, _NOT_YET}
