"""What a certificate says of itself, trusted or not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.certificates import make_certificates

from kacenv.system.x509 import X509, read_file


@pytest.mark.parametrize("days", [-1, 9, 20_000])
def test_dates_and_names_are_read(tmp_path: Path, days: int) -> None:
    """Expired, good, or beyond the year 2050, from which on years have four digits."""
    made = make_certificates(tmp_path, "clinic", days=days, authority_days=100)
    (authority,), (broker,) = read_file(made.authority), read_file(made.certificate)
    assert broker.issuer == authority.subject == authority.issuer != broker.subject
    now = datetime.now(UTC)
    assert abs(broker.until - now - timedelta(days=days)) < timedelta(hours=1)
    assert abs(authority.until - now - timedelta(days=100)) < timedelta(hours=1)
    assert abs(authority.begin - now) < timedelta(hours=1)


def test_a_file_may_hold_several(tmp_path: Path) -> None:
    """An old authority beside the new one, with words between."""
    old, new = (make_certificates(tmp_path, name).authority for name in ("old", "new"))
    both = tmp_path / "both.pem"
    both.write_text(f"the old one\n{old.read_text()}the new one, für später\n{new.read_text()}")
    assert read_file(both) == [*read_file(old), *read_file(new)]


@pytest.mark.parametrize(
    "text",
    ["", "no certificate", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"],
)
def test_what_is_no_certificate_is_none(tmp_path: Path, text: str) -> None:
    """Empty, prose, or torn; a file that isn't there, too."""
    path = tmp_path / "file.pem"
    assert read_file(path) == []
    path.write_text(text)
    found: list[X509] = read_file(path)
    assert found == []
