"""Faults of simulated lamps: command loss, rate limits, and the power-on state."""

from collections import deque
from random import Random
from typing import NamedTuple

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import CommandRate
from kacenv.model.look import Setting


class LampFaults(NamedTuple):
    """Faults of a lamp; none by default."""

    loss: float = 0.0
    """Share of commands lost in transit, 0 to 1."""
    seed: int = 0
    """Seed of the random losses; the same seed loses the same commands."""
    rate: CommandRate | None = None
    """Rate limit above which commands are lost."""
    power_on: Setting = Setting(Level(1.0))
    """Setting after a power cycle."""


class CommandFilter:
    """Filter that drops commands according to `faults`."""

    def __init__(self, faults: LampFaults) -> None:
        self._faults = faults
        self._random = Random(faults.seed)  # noqa: S311 - simulation, not cryptography
        self._taken: deque[Seconds] = deque()

    def accepts(self, now: Seconds) -> bool:
        """Tell if a command received at `now` takes effect."""
        if self._random.random() < self._faults.loss:
            return False
        rate = self._faults.rate
        if rate is None:
            return True
        while self._taken and self._taken[0] <= now - rate.within:
            self._taken.popleft()
        if len(self._taken) >= rate.commands:
            return False
        self._taken.append(now)
        return True
