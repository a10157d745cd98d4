"""The thread runner of decks: one deck that hangs delays no other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.file_deck import FileDeck
from kacenv.devices.audio.decks.thread_runner import ThreadRunner
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import RATE
from kacenv.model.playlist import Cut


@contextmanager
def hands() -> Iterator[ThreadRunner]:
    """Return a thread runner for one test."""
    some = ThreadRunner()
    try:
        yield some
    finally:
        some.close()


def test_work_that_hangs_keeps_nobody_waiting() -> None:
    """Five files on a disk that doesn't answer, and the sixth is opened all the same."""
    answers, done = threading.Event(), threading.Event()
    with hands() as some:
        for _ in range(5):
            some.run(answers.wait)
        some.run(done.set)
        assert done.wait(30.0)
        answers.set()


def test_work_that_fails_takes_nothing_along() -> None:
    """A deck that can't be closed doesn't end the work on others."""
    done = threading.Event()

    def fail() -> None:
        raise OSError("the disk is gone")

    with hands() as some:
        some.run(fail)
        some.run(done.set)
        assert done.wait(30.0)


def test_a_deck_may_be_closed_while_it_opens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Closing never waits for a file that hangs; the deck closes itself once that answers."""
    answers, opening, closed = threading.Event(), threading.Event(), threading.Event()

    def hang(_deck: VlcDeck, _cut: Cut) -> None:
        opening.set()
        answers.wait()

    monkeypatch.setattr(VlcDeck, "open", hang)
    monkeypatch.setattr(VlcDeck, "close", lambda _deck: closed.set())
    deck = FileDeck()
    with hands() as some:
        some.run(lambda: deck.open(Cut(str(tmp_path), "Gone", "Nobody", Seconds(RATE))))
        assert opening.wait(30.0)
        deck.close()
        assert not closed.is_set()
        answers.set()
        assert closed.wait(30.0)
