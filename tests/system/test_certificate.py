"""The clinic's certificate, made by the real OpenSSL."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.access import a_certificate

from kacenv.system.certificate import CertificateError, open_certificate


def test_a_right_one_says_its_names_and_its_end(tmp_path: Path) -> None:
    """TLS 1.2 at least; the names are those that browsers will ask for."""
    found = open_certificate(*a_certificate(tmp_path))
    assert found.names == {"garden.clinic.lan"}
    assert abs(found.until - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=5)
    assert found.context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert found.warning(datetime.now(UTC)) is None


def test_one_that_expires_soon_is_told(tmp_path: Path) -> None:
    """Thirty days before, staff read when."""
    found = open_certificate(*a_certificate(tmp_path, until=timedelta(days=9)))
    assert f"{found.until:%d %B %Y}" in str(found.warning(datetime.now(UTC)))


def test_one_that_has_expired_is_refused(tmp_path: Path) -> None:
    """A browser would refuse it, too, and say less."""
    with pytest.raises(CertificateError, match="has expired"):
        open_certificate(*a_certificate(tmp_path, until=timedelta(days=-2)))


def test_one_that_begins_later_is_refused(tmp_path: Path) -> None:
    """The clock may be wrong; the words say so."""
    with pytest.raises(CertificateError, match="clock of this machine"):
        open_certificate(*a_certificate(tmp_path, until=timedelta(days=400)))


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    """A missing file, a wrong key, no certificate at all."""
    certificate, key = a_certificate(tmp_path / "one")
    _, other = a_certificate(tmp_path / "two")
    with pytest.raises(CertificateError, match="nothing\\.pem isn't there"):
        open_certificate(tmp_path / "nothing.pem", key)
    with pytest.raises(CertificateError, match="don't belong together"):
        open_certificate(certificate, other)
    with pytest.raises(CertificateError, match="in PEM and unencrypted"):
        open_certificate(key, key)
