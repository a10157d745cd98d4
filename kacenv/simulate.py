"""Rehearsal: the same fold over the same engine as the live session, without waiting."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kacenv.commands import Command
from kacenv.engine import Mode, State, next_due, step
from kacenv.requests import Press, Start
from kacenv.room import Room
from kacenv.timeline import Timeline
from kacenv.units import Seconds

LONGEST = Seconds(24 * 3600.0)
"""A rehearsal that is held and never released is cut off here."""


class Moment(NamedTuple):
    """A command, and the moment the engine gave it."""

    at: Seconds
    command: Command


def rehearse(
    room: Room, timeline: Timeline, presses: Sequence[tuple[Seconds, Press]] = ()
) -> Iterator[Moment]:
    """Every command of a session that begins at 0 and meets `presses` at their times."""
    pending = sorted(presses, key=lambda press: press[0])
    state, commands, _ = step(State(room=room), Seconds(0.0), Start(timeline))
    now = Seconds(0.0)
    while True:
        yield from (Moment(_given(command, now), command) for command in commands)
        pressed = [pending[0][0]] if pending else []
        due = [at for at in (next_due(state), *pressed) if at is not None]
        now = min(due, default=LONGEST)
        if state.mode is Mode.IDLE or now >= LONGEST:
            return
        request = pending.pop(0)[1] if pressed and pressed[0] <= now else None
        state, commands, _ = step(state, now, request)


def _given(command: Command, now: Seconds) -> Seconds:
    at = getattr(command, "at", None)
    return now if at is None else Seconds(at)
