"""The soak's crowd in short: tablets that watch, and a client that sends without end."""

from pathlib import Path

from soak.tablets import run


def test_a_crowd_leaves_the_session_going(tmp_path: Path) -> None:
    """Twenty tablets and a flood for two seconds: all hear, it is answered, the plan goes on.

    How punctual its orders are then, with fifty tablets for a minute: `make soak RUNS=tablets`.
    """
    found = run(tmp_path, tablets=20, rate=50.0, span=2.0)
    print(*found.lines(), sep="\n")
    assert found.orders >= 1
    assert found.heard.watched == 20
    assert found.heard.statuses["200"] >= 1
    assert found.grown < 20e6
