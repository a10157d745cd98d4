"""The soak's crowd in short: tablets that watch, and a client that sends without end."""

from pathlib import Path

from soak.tablets import run


def test_a_crowd_does_not_make_the_session_late(tmp_path: Path) -> None:
    """Twenty tablets and a flood for three seconds: every order comes before its moment.

    `make soak` has fifty for a minute.
    """
    found = run(tmp_path, tablets=20, rate=100.0, span=3.0)
    assert found.orders >= 5
    assert found.late < 0.0
    assert found.heard.watched == 20
    assert found.heard.statuses["200"] >= 10
    assert sum(found.heard.statuses.values()) >= 100
    assert found.grown < 20e6
