"""The page over TLS, by a certificate of the clinic's own."""

import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.access import a_certificate, a_pin
from support.caller import is_closed
from support.tablet import ServedRoom
from support.waiting import PATIENCE

from kacenv.server.http.edge.connection_limit import MOST_OF_ONE


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of the test's own."""
    monkeypatch.setenv("KACENV_STATE", str(tmp_path / "state"))


def secured(folder: Path, **options: Any) -> ServedRoom:
    """A room with a certificate, as the room file says it."""
    certificate, key = a_certificate(folder / "tls", **options)
    tls = {"certificate": str(certificate), "key": str(key)}
    return ServedRoom(folder, access={}, tcp={"tls": tls})


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ServedRoom]:
    """One with a certificate that is good."""
    a_pin()
    with secured(tmp_path) as served:
        yield served


def call(room: ServedRoom, folder: Path, **options: Any) -> http.client.HTTPSConnection:
    """A browser that trusts the clinic's authority."""
    context = ssl.create_default_context(cafile=folder / "tls" / "garden.pem")
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for name, value in options.items():
        setattr(context, name, value)
    return http.client.HTTPSConnection("127.0.0.1", room.port, timeout=30, context=context)


def test_the_room_is_driven_over_tls(room: ServedRoom, tmp_path: Path) -> None:
    """A log-in gets a cookie for this host alone, over TLS alone; it drives the room."""
    with closing(call(room, tmp_path)) as line:
        typed = {"Content-Type": "application/json", "Host": "garden.clinic.lan"}
        typed["Origin"] = "https://garden.clinic.lan"
        line.request("POST", "/v1/login", json.dumps({"pin": "825064"}), typed)
        answer = line.getresponse()
        assert json.load(answer) == {"role": "staff", "name": "tablet pin"}
        cookie = str(answer.headers["Set-Cookie"])
        assert cookie.startswith("__Host-kacenv-garden=")
        assert cookie.endswith("; HttpOnly; SameSite=Strict; Secure")
        line.request("GET", "/v1/status", headers={"Cookie": cookie.partition(";")[0]})
        assert json.load(line.getresponse())["room"] == "garden"


def test_old_tls_and_plain_http_get_nothing(room: ServedRoom, tmp_path: Path) -> None:
    """TLS 1.1 is refused in the handshake; HTTP without TLS has no answer."""
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old = call(room, tmp_path, maximum_version=ssl.TLSVersion.TLSv1_1)
    with closing(old) as line, pytest.raises((ssl.SSLError, ConnectionError)):
        line.request("GET", "/")
    plain = http.client.HTTPConnection("127.0.0.1", room.port, timeout=30)
    with closing(plain):
        plain.request("GET", "/")
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            plain.getresponse()


@pytest.mark.parametrize(
    ("days", "words", "served"),
    [(-2, "No tablet is served: .*has expired", False), (9, "expires on", True)],
)
def test_staff_are_told_of_a_certificate(
    tmp_path: Path, days: int, words: str, *, served: bool
) -> None:
    """An expired one serves nobody, and the session goes on; one that ends soon is told."""
    a_pin()
    with secured(tmp_path, until=timedelta(days=days)) as room:
        told = room.ask(lambda session: [one.text for one in session.status().told])
        assert any(re.search(words, text) for text in told), told
        line = call(room, tmp_path)
        with closing(line):
            if served:
                line.request("GET", "/")
                assert line.getresponse().status == 200
            else:
                with pytest.raises(ConnectionRefusedError):
                    line.request("GET", "/")


def test_a_handshake_that_never_ends_counts_as_a_line(room: ServedRoom, tmp_path: Path) -> None:
    """Whoever opens lines and says nothing takes up no more than an address may."""
    silent = [socket.create_connection(("127.0.0.1", room.port), 5) for _ in range(40)]
    try:
        open_lines, deadline = set(silent), time.monotonic() + PATIENCE
        while len(open_lines) > MOST_OF_ONE and time.monotonic() < deadline:
            open_lines -= {line for line in open_lines if is_closed(line, 0.05)}
        assert len(open_lines) == MOST_OF_ONE
    finally:
        for line in silent:
            line.close()
    assert tmp_path.is_dir()


def test_a_room_without_keys_tells_staff_how_to_begin(tmp_path: Path) -> None:
    """Access without a device that may come is told, with the command."""
    with ServedRoom(tmp_path, access={}) as room:
        told = room.ask(lambda session: [one.text for one in session.status().told])
        assert any("kacenv access add" in text for text in told)
