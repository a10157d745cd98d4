"""What is nobody's business is masked; everything else stays."""

import pytest

from kacenv.system.redact import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mqtt://anna:geheim@10.0.0.2:1883", "mqtt://***@10.0.0.2:1883"),
        ("password: geheim, next", "password: ***, next"),
        ("{'password': 'ge heim', 'a': 1}", "{'password': ***, 'a': 1}"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("token=abc&x", "token=***"),
        ("/home/anna/music/Stille.flac", "/home/***/music/Stille.flac"),
        ("“/home/anna” and /run/user/1000/kacenv", "“/home/***” and /run/user/***/kacenv"),
        ("write to anna.k@clinic.example", "write to ***"),
    ],
)
def test_secrets_and_names_are_masked(text: str, shown: str) -> None:
    """Logins, passwords, tokens, mail addresses and home folders."""
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "The light broker at 10.0.0.2:1883 can't be reached",
        "add `user` beside it in the room file, for example: user: kacenv",
        "/etc/kacenv/rooms/garden.yaml:3:1",
        "session 1:02 @ 3 dB",
    ],
)
def test_what_helps_stays(text: str) -> None:
    """Addresses, places in files and levels are left as they are."""
    assert redact(text) == text
