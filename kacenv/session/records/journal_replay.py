"""Replay of a past session: its journal folded through the engine."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine.resume import was_long
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Command, Crossfade, EnterPhase, Prompt
from kacenv.model.requests import Press, Request, Resume
from kacenv.rehearsal.simulation import Moment, Pressed, moment_of
from kacenv.session.journal import UnfinishedSession

BROKEN_OFF = Seconds(0.05)
"""Length of the fade by which the music's breaking off is drawn."""


class ReplayedStep(NamedTuple):
    """Engine step at its time; `heard` is False during an outage."""

    at: Seconds
    before: State
    after: State
    commands: tuple[Command, ...]
    request: Request | None = None
    reply: str = ""
    heard: bool = True


def replayed_steps(past: UnfinishedSession) -> Iterator[ReplayedStep]:
    """Yield every step from the session's start to its end, or to its last sign of life.

    An entry that is refused, because one before it was lost, is skipped.
    """
    state = past.base
    for at, request, request_id, refused in past.entries:
        if refused:
            continue
        until = request.since if isinstance(request, Resume) else at
        for turn in _lived(state, until):
            state = turn.after
            yield turn
        seen = state
        if isinstance(request, Resume) and not was_long(state, until, at):
            for turn in _lived(state, at):
                seen = turn.after
                yield turn._replace(heard=False)
        try:
            after, commands, reply = step(state, at, request, request_id)
        except RefusedError:
            continue
        yield ReplayedStep(at, seen, after, commands, request, reply)
        state = after
    yield from _lived(state, past.since)


def _lived(state: State, until: Seconds) -> Iterator[ReplayedStep]:
    """Yield the engine's own steps until a time, each at its own time."""
    while (due := next_due(state)) is not None and due <= until:
        after, commands, _ = step(state, due)
        yield ReplayedStep(due, state, after, commands)
        state = after


def moments_of(turns: Iterable[ReplayedStep], begin: Seconds) -> Iterator[Moment]:
    """Yield commands and presses as moments of a rehearsal, with times from the session's start.

    During an outage there are phases and check-ins alone; the music breaks off at its beginning.
    """
    for turn in turns:
        if isinstance(turn.request, Resume):
            gone = Seconds(turn.request.since - begin)
            yield Moment(gone, Crossfade(None, gone, BROKEN_OFF))
        if isinstance(turn.request, Press):
            yield Moment(Seconds(turn.at - begin), Pressed(turn.request, turn.reply))
        for command in turn.commands:
            if turn.heard or isinstance(command, EnterPhase | Prompt):
                moved = _from(begin, command)
                yield Moment(moment_of(moved, Seconds(turn.at - begin)), moved)


def _from(begin: Seconds, command: Command) -> Command:
    timed: Any = command
    return replace(timed, at=Seconds(timed.at - begin)) if hasattr(command, "at") else command
