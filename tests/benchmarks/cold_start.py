"""How long a command takes from nothing, as a multiple of an empty Python's start."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.daemon import Daemon
from support.houses import silent_house

RUNS = 25
KACENV = str(Path(sys.executable).with_name("kacenv"))


def report() -> Iterator[str]:
    """A line for each command: the median of the ratios, taken pair by pair."""
    with _running_room() as environment:
        for name, aim in (("--help", 4), ("status", 6)):
            base, ours = _pairs([KACENV, *name.split()], environment)
            ratio = statistics.median(o / b for o, b in zip(ours, base, strict=True))
            yield (
                f"kacenv {name:<8} {1000 * statistics.median(ours):6.1f} ms, "
                f"python -c pass {1000 * statistics.median(base):5.1f} ms: "
                f"{ratio:.1f} times (aim: at most {aim})"
            )


@contextmanager
def _running_room() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        house = silent_house(Path(folder))
        with Daemon(house, "bench") as daemon:
            yield {**daemon.environment, "PYTHONDONTWRITEBYTECODE": ""}


def _pairs(command: list[str], environment: dict[str, str]) -> tuple[list[float], list[float]]:
    """Seconds of an empty Python and of the command, in turn, after one of each to warm up."""
    empty = [sys.executable, "-c", "pass"]
    base, ours = [], []
    for _ in range(RUNS + 1):
        base.append(_seconds(empty, environment))
        ours.append(_seconds(command, environment))
    return base[1:], ours[1:]


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start
