"""What a room file may say of its surfaces."""

from typing import Any

import pytest
from pydantic import ValidationError

from kacenv.model.network import Surfaces

_TLS = {"certificate": "garden.pem", "key": "garden.key"}


def test_nothing_is_served_unless_it_is_said() -> None:
    """Without `tcp` no browser is let in; with it, those of this machine."""
    assert Surfaces().tcp is None
    here = Surfaces.model_validate({"tcp": {}})
    assert here.tcp
    assert here.tcp.is_here
    assert here.access is None


@pytest.mark.parametrize("host", ["192.168.1.20", "garden.local", "::", "0.0.0.0"])  # noqa: S104 - read only
def test_other_machines_need_a_certificate_and_a_key(host: str) -> None:
    """Beyond this machine: first TLS or a loud `none`, then a token or a PIN."""
    with pytest.raises(ValidationError, match="the clinic's certificate"):
        Surfaces.model_validate({"tcp": {"host": host}, "access": {}})
    for tls in (_TLS, "none"):
        with pytest.raises(ValidationError, match="asked for a PIN"):
            Surfaces.model_validate({"tcp": {"host": host, "tls": tls}})
        found = Surfaces.model_validate({"tcp": {"host": host, "tls": tls}, "access": {}})
        assert found.tcp
        assert not found.tcp.is_here


@pytest.mark.parametrize("host", ["127.0.0.1", "127.5.0.1", "::1", "localhost"])
def test_this_machine_needs_neither(host: str) -> None:
    """Loopback is open to whoever is at the machine."""
    assert Surfaces.model_validate({"tcp": {"host": host}})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tls": "yes"}, "or `none`"),
        ({"tls": True}, "or `none`"),
        ({"tls": {"certificate": "a.pem"}}, "key"),
        ({"names": ["Garden"]}, "small letters"),
        ({"names": ["a b"]}, "small letters"),
    ],
)
def test_what_is_wrong_is_said(fields: dict[str, Any], words: str) -> None:
    """Each in plain words."""
    with pytest.raises(ValidationError, match=words):
        Surfaces.model_validate({"tcp": fields})


@pytest.mark.parametrize("tls", [_TLS, "none", None])
def test_a_journal_keeps_them(tls: object) -> None:
    """What was read is read again as it was."""
    found = Surfaces.model_validate({"tcp": {"tls": tls, "names": ["garden.clinic.lan"]}})
    assert Surfaces.model_validate(found.model_dump()) == found
