"""Dates and names of X.509 certificates; Python's `ssl` tells them of trusted ones alone."""

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_UTC_TIME, _VERSION = 0x17, 0xA0
"""Tags of DER: a time with a year of two digits, and the version, which may be left out."""
_EARLIEST_YEAR: Final = 50
"""A year of two digits from here on is of the last century (RFC 5280, 4.1.2.5.1)."""


class X509(NamedTuple):
    """What is known of a certificate without trusting it; the names are in DER."""

    issuer: bytes
    subject: bytes
    begin: datetime
    until: datetime


class _Element(NamedTuple):
    tag: int
    content: bytes


def read_file(path: str | Path) -> list[X509]:
    """Return the certificates of a PEM file; none if it can't be read."""
    try:
        text = Path(path).read_text(encoding="ascii", errors="replace")
        return [read_der(ssl.PEM_cert_to_DER_cert(pem)) for pem in _PEM.findall(text)]
    except (OSError, ValueError, LookupError):
        return []


def read_der(der: bytes) -> X509:
    """Return what a certificate says of itself (RFC 5280, 4.1).

    Raises:
        ValueError, IndexError: It is malformed.
    """
    (whole,) = _elements(der)
    signed, *_ = _elements(whole.content)
    fields = list(_elements(signed.content))
    _serial, _algorithm, issuer, validity, subject = fields[fields[0].tag == _VERSION :][:5]
    begin, until = (_time(one) for one in _elements(validity.content))
    return X509(issuer.content, subject.content, begin, until)


def _elements(der: bytes) -> Iterator[_Element]:
    """Yield the elements of a sequence in DER (X.690, 8.1)."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at : at + size]), at + size
        yield _Element(tag, der[at : at + length])
        at += length


def _time(element: _Element) -> datetime:
    text = element.content.decode("ascii")
    if element.tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= _EARLIEST_YEAR else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
