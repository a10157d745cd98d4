"""Pieces played one after the other, as fast as they decode, and what their process keeps."""

import json
import os
import subprocess
import sys
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from support.own_memory import own_memory
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.decks.thread_runner import ThreadRunner
from kacenv.devices.audio.samples import RATE
from kacenv.model.playlist import Cut


class Kept(NamedTuple):
    """What a process holds while nothing plays, and how much it has played by then."""

    memory: float
    """MB that it has written to."""
    threads: int
    files: int
    played: float
    """Seconds of music."""


def kept_after(paths: list[Path], *rounds: int) -> list[Kept]:
    """Play the paths in turn in a new process, so many pieces a round; what it holds after each."""
    command = [sys.executable, "-m", __name__, *map(str, rounds), *map(str, paths)]
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": tests}
    )
    return [Kept(*json.loads(line)) for line in done.stdout.splitlines()]


def main(words: list[str]) -> None:
    """Play rounds and print what is kept after each."""
    paths = cycle([word for word in words if not word.isdecimal()])
    played = 0.0
    for count in (int(word) for word in words if word.isdecimal()):
        with closing(ThreadRunner()) as runner:
            played += _play(list(islice(paths, count)), runner)
        threads, files = _count("/proc/self/task"), _count("/proc/self/fd")
        print(json.dumps((own_memory(), threads, files, played)), flush=True)


def _count(folder: str) -> int:
    return len(list(Path(folder).iterdir()))


def _play(paths: list[str], runner: ThreadRunner) -> float:
    """Play each to its end while the next is opened, as in a room; seconds that were heard."""
    frames, deck = 0, _opened(paths[0], runner)
    for path in paths[1:]:
        after = _opened(path, runner)
        frames += _heard(deck)
        runner.run(deck.close)
        deck = after
    frames += _heard(deck)
    runner.run(deck.close)
    return frames / RATE


def _opened(path: str, runner: ThreadRunner) -> Deck:
    cut = Cut(path, "title", "artist", Seconds(10_000.0), Seconds(0.0))
    deck = file_deck(cut)
    runner.run(lambda: deck.open(cut))
    return deck


def _heard(deck: Deck) -> int:
    """Read to the end, never all that is decoded; frames."""
    heard = 0
    while deck.ended_in != 0:
        wait_until(lambda: deck.reserve >= RATE or deck.ended_in is not None)
        heard += len(deck.read(RATE // 2))
    return heard


if __name__ == "__main__":
    main(sys.argv[1:])
