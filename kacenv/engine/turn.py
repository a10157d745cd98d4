"""One turn of the engine: a state on its way to the next, and the commands it gives rise to."""

from dataclasses import replace
from typing import Any

from kacenv.commands import Command
from kacenv.engine.state import State
from kacenv.units import Seconds


class Turn:
    """Collects changes and commands; the state it began with is never touched."""

    def __init__(self, state: State, now: Seconds) -> None:
        self.state = state
        self.now = now
        self.commands: list[Command] = []

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def order(self, *commands: Command) -> None:
        """Give commands to the room."""
        self.commands.extend(commands)
