"""The thread runner of decks: one deck that hangs delays no other."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.waiting import wait_until

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.decks.thread_runner import ThreadRunner
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import RATE
from kacenv.model.playlist import Cut


@contextmanager
def a_runner() -> Iterator[ThreadRunner]:
    """Return a thread runner for one test."""
    runner = ThreadRunner()
    try:
        yield runner
    finally:
        runner.close()


def test_work_that_hangs_keeps_nobody_waiting() -> None:
    """Five files on a disk that doesn't answer, and the sixth is opened all the same."""
    answers, done = threading.Event(), threading.Event()
    with a_runner() as runner:
        for _ in range(5):
            runner.run(answers.wait)
        runner.run(done.set)
        assert done.wait(30.0)
        answers.set()


def test_work_that_is_done_is_not_kept() -> None:
    """A deck that was closed is freed although no other job follows."""
    deck = VlcDeck()
    freed = weakref.ref(deck)
    with a_runner() as runner:
        runner.run(deck.close)
        del deck
        wait_until(lambda: freed() is None)


def test_work_that_fails_takes_nothing_along() -> None:
    """A deck that can't be closed doesn't end the work on others."""
    done = threading.Event()

    def fail() -> None:
        raise OSError("the disk is gone")

    with a_runner() as runner:
        runner.run(fail)
        runner.run(done.set)
        assert done.wait(30.0)


def test_a_deck_may_be_closed_while_it_opens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody waits for a file that hangs; the deck is closed once that answers."""
    answers, opening, closed = threading.Event(), threading.Event(), threading.Event()

    def hang(_path: str) -> str:
        opening.set()
        answers.wait()
        raise DeviceError("the disk is gone")

    monkeypatch.setattr("kacenv.devices.audio.decks.ffmpeg_deck.open_sound", hang)
    cut = Cut(str(tmp_path), "Gone", "Nobody", Seconds(RATE))
    deck = file_deck(cut)

    def close() -> None:
        deck.close()
        closed.set()

    with a_runner() as runner:
        runner.run(lambda: deck.open(cut))
        assert opening.wait(30.0)
        runner.run(close)
        assert not closed.wait(0.05)
        answers.set()
        assert closed.wait(30.0)
