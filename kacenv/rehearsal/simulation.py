"""Rehearsal: the engine of the live session on simulated time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds, format_clock
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Command
from kacenv.model.mode import Mode
from kacenv.model.request_text import request_words
from kacenv.model.requests import Event, Press, Start
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline

LONGEST = Seconds(24 * 3600.0)
"""Length after which a rehearsal is cut off, as if held and never released."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Press by someone, and the reply."""

    press: Press
    reply: str


class Moment(NamedTuple):
    """Command or press, and its time."""

    at: Seconds
    command: Command | Pressed


class Rehearsal:
    """Session that begins at 0, with `presses` at their times; it advances on request.

    `state` is the engine's, `now` the simulated time.
    """

    def __init__(
        self, room: Room, timeline: Timeline, presses: Sequence[tuple[Seconds, Press]] = ()
    ) -> None:
        self.state, self._first, _ = step(State(room=room), Seconds(0.0), Start(timeline))
        self.now = Seconds(0.0)
        self._pending = sorted(presses, key=lambda press: press[0])

    @property
    def over(self) -> bool:
        """True if the session has ended."""
        return self.state.mode is Mode.IDLE

    def until(self, moment: Seconds) -> Iterator[Moment]:
        """Yield all that happens by `moment`, in order.

        Raises:
            RefusedError: A press makes no sense at its time; the message has the time.
        """
        first, self._first = self._first, ()
        yield from self._moments(first)
        while not self.over:
            pressed = self._pending[0][0] if self._pending else LONGEST
            due = next_due(self.state)
            happens = min(pressed, LONGEST if due is None else due)
            if happens > moment or happens >= LONGEST:
                return
            self.now = max(self.now, happens)
            yield from self._press() if pressed <= happens else self._step(None)
        self._refuse_late()

    def report(self, event: Event, at: Seconds) -> Iterator[Moment]:
        """Pass a device's event to the engine at `at`, and yield what happens then."""
        self.now = max(self.now, at)
        return self._step(event)

    def _step(self, event: Event | None) -> Iterator[Moment]:
        self.state, commands, _ = step(self.state, self.now, event)
        yield from self._moments(commands)

    def _press(self) -> Iterator[Moment]:
        _, press = self._pending.pop(0)
        try:
            self.state, commands, reply = step(self.state, self.now, press)
        except RefusedError as error:
            raise RefusedError(f"{_at(self.now, press)}: {error}") from error
        yield Moment(self.now, Pressed(press, reply))
        yield from self._moments(commands)

    def _moments(self, commands: Sequence[Command]) -> Iterator[Moment]:
        return (Moment(moment_of(command, self.now), command) for command in commands)

    def _refuse_late(self) -> None:
        """Refuse presses after the session's end."""
        for at, press in self._pending:
            raise RefusedError(
                f"{_at(at, press)}: the session has ended at {format_clock(self.now)} by then."
                " Give an earlier time."
            )


def rehearse(
    room: Room, timeline: Timeline, presses: Sequence[tuple[Seconds, Press]] = ()
) -> Iterator[Moment]:
    """Yield every command of a session that begins at 0, with `presses` at their times.

    Raises:
        RefusedError: A press makes no sense at its time; the message has the time.
    """
    return Rehearsal(room, timeline, presses).until(LONGEST)


def moment_of(command: Command, now: Seconds) -> Seconds:
    """Return the time at which a command given `now` takes effect."""
    at = getattr(command, "at", None)
    return now if at is None else Seconds(at)


def _at(at: Seconds, press: Press) -> str:
    return f"At {format_clock(at)}, {request_words(press)}"
