"""What `kacenv check` says of the way from a tablet to its room."""

from datetime import timedelta
from pathlib import Path

import pytest
from support.access import a_certificate

from kacenv.config import House, warnings_of
from kacenv.config.checks.track_warnings import WarningRule

_ROOM = """\
name: garden
outputs: [{{id: speakers, role: speakers}}]
surfaces:
  access: {{}}
  tcp:
    host: {host}
    tls: {tls}
"""


def said(folder: Path, tls: str, host: str = "192.168.1.20") -> list[str]:
    """The cautions about a room that is served so."""
    (folder / "rooms").mkdir(exist_ok=True)
    (folder / "rooms" / "garden.yaml").write_text(_ROOM.format(host=host, tls=tls))
    found = [one for one in warnings_of(House(folder)) if one.rule is WarningRule.NETWORK]
    assert all((one.line, one.column) == (7, 10) for one in found)
    return [one.text for one in found]


def test_doing_without_tls_is_a_warning(tmp_path: Path) -> None:
    """Where other machines reach the room; on this one alone it doesn't matter."""
    (text,) = said(tmp_path, "none")
    assert "read along" in text
    assert said(tmp_path, "none", "127.0.0.1") == []


@pytest.mark.parametrize(("days", "words"), [(-2, "has expired"), (9, "expires on"), (90, "")])
def test_a_certificate_is_looked_at(tmp_path: Path, days: int, words: str) -> None:
    """Expired, soon to expire, or well; its path begins in the house."""
    a_certificate(tmp_path / "tls", until=timedelta(days=days))
    texts = said(tmp_path, "{certificate: tls/garden.pem, key: tls/garden.key}")
    assert [words in text for text in texts] == ([True] if words else [])
