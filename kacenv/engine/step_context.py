"""Context of one engine step: the state as it changes, and the commands so far."""

from typing import Any

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.model.commands import Command


class StepContext:
    """Collects changes and commands of one step; the initial state isn't mutated."""

    def __init__(self, state: State, now: Seconds) -> None:
        self.state = state
        self.now = now
        self.commands: list[Command] = []

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = self.state.changed(**fields)

    def order(self, *commands: Command) -> None:
        """Append commands for the devices."""
        self.commands.extend(commands)
