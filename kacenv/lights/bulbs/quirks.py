"""What real lamps do beside obeying: they lose commands, and forget when the power goes."""

from collections import deque
from random import Random
from typing import NamedTuple

from kacenv.lights.bulbs.hearing import Rate
from kacenv.look import Setting
from kacenv.units import Level, Seconds


class Quirks(NamedTuple):
    """A lamp's failings; as it stands, it has none."""

    loss: float = 0.0
    """The share of commands that are lost on the way, from 0 to 1."""
    seed: int = 0
    """Which ones; the same seed loses the same."""
    rate: Rate | None = None
    """More commands than this are lost."""
    power_on: Setting = Setting(Level(1.0))
    """What it shows when the power comes back."""


class Gate:
    """Lets through the commands that reach a lamp with `quirks`."""

    def __init__(self, quirks: Quirks) -> None:
        self._quirks = quirks
        self._random = Random(quirks.seed)  # noqa: S311 - a lamp keeps no secrets
        self._taken: deque[Seconds] = deque()

    def admits(self, now: Seconds) -> bool:
        """Whether a command that comes at `now` reaches the lamp."""
        if self._random.random() < self._quirks.loss:
            return False
        rate = self._quirks.rate
        if rate is None:
            return True
        while self._taken and self._taken[0] <= now - rate.within:
            self._taken.popleft()
        if len(self._taken) >= rate.commands:
            return False
        self._taken.append(now)
        return True
