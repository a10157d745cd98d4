"""The soak's crowd in short: tablets that watch, and a client that sends without end."""

from itertools import count
from pathlib import Path

from soak.tablets import run
from support.busy import least


def test_a_crowd_does_not_make_the_session_late(tmp_path: Path) -> None:
    """Twenty tablets and a flood for three seconds: every order comes before its moment.

    `make soak` has fifty for a minute.
    """
    tries = count()

    def latest() -> float:
        folder = tmp_path / str(next(tries))
        folder.mkdir()
        found = run(folder, tablets=20, rate=100.0, span=3.0)
        print(*found.lines(), sep="\n")
        assert found.orders >= 5
        assert found.heard.watched == 20
        assert found.heard.statuses["200"] >= 10
        assert sum(found.heard.statuses.values()) >= 100
        assert found.grown < 20e6
        return found.late

    assert least(latest, 0.0) < 0.0
