"""Phases, holds and check-ins of a past session beside the plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kacenv.core.units import Seconds
from kacenv.engine.state import Due
from kacenv.model.commands import EnterPhase
from kacenv.model.mode import Mode
from kacenv.model.requests import Done, Extend, Pass, Shorten
from kacenv.rehearsal.simulation import Moment
from kacenv.session.records.journal_replay import ReplayedStep
from kacenv.session.records.session_record import CheckInRow, PhaseRow, Span

Visits = Mapping[str, Sequence[Span]]
"""Time spans of each phase, by its name."""


def visits_of(moments: Iterable[Moment], end: float) -> Visits:
    """Return each phase's time spans in a session that ended at `end`."""
    enters = [(at, one.name) for at, one in moments if isinstance(one, EnterPhase)]
    ends = [*(at for at, _ in enters[1:]), end]
    visits: defaultdict[str, list[Span]] = defaultdict(list)
    for (at, name), until in zip(enters, ends, strict=False):
        visits[name].append(Span(begin=at, end=until))
    return visits


def holds_of(turns: Iterable[ReplayedStep], begin: Seconds, end: float) -> Iterator[Span]:
    """Yield the spans in which the session was held."""
    since: float | None = None
    for turn in turns:
        held = turn.after.mode is Mode.HELD
        if held and since is None:
            since = turn.at - begin
        elif not held and since is not None:
            yield Span(begin=since, end=turn.at - begin)
            since = None
    if since is not None:
        yield Span(begin=since, end=end)


def extended_of(turns: Iterable[ReplayedStep]) -> Mapping[str, float]:
    """Return the seconds by which each phase was extended by hand; negative if shortened."""
    extended: defaultdict[str, float] = defaultdict(float)
    for turn in turns:
        if isinstance(turn.request, Extend | Shorten) and turn.after.timeline is not None:
            change = turn.after.duration - turn.before.duration
            extended[turn.before.planned.name] += change
    return extended


def phase_rows(
    planned: Visits, real: Visits, holds: Sequence[Span], extended: Mapping[str, float]
) -> Iterator[PhaseRow]:
    """Yield a row for each phase of the scene, in order."""
    for name, plan in planned.items():
        visits = tuple(real.get(name, ()))
        spent, wanted = sum(one.length for one in visits), plan[0].length
        yield PhaseRow(
            name=name,
            planned=plan[0],
            real=visits,
            held=sum(one.overlap(hold) for one in visits for hold in holds),
            extended=extended.get(name, 0.0),
            difference=spent - wanted if visits else None,
        )


@dataclass
class _Row:
    due: Due
    snoozed: int = 0
    answered: Seconds | None = None
    outcome: Literal["done", "passed", "unanswered"] = "unanswered"


def check_ins_of(turns: Iterable[ReplayedStep], begin: Seconds) -> tuple[CheckInRow, ...]:
    """Return the check-ins that came, in order; a snoozed one counts once."""
    rows: list[_Row] = []
    waiting: dict[str, _Row] = {}
    for turn in turns:
        before = {due.cue.id: due for due in turn.before.due}
        after = {due.cue.id: due for due in turn.after.due}
        for name in before.keys() - after.keys():
            _answer(waiting.pop(name, None), turn)
        for name, due in after.items():
            old, row = before.get(name), waiting.get(name)
            if row is None or (old and old.again is None and due.since != old.since):
                rows.append(row := _Row(due))
                waiting[name] = row
            row.snoozed += due.again is not None and (old is None or due.again != old.again)
    return tuple(_shown(row, begin) for row in rows)


def _answer(row: _Row | None, turn: ReplayedStep) -> None:
    if row is not None and isinstance(turn.request, Done | Pass):
        row.answered = turn.at
        row.outcome = "done" if isinstance(turn.request, Done) else "passed"


def _shown(row: _Row, begin: Seconds) -> CheckInRow:
    cue = row.due.cue
    return CheckInRow(
        id=cue.id,
        prompt=cue.prompt,
        seat=cue.seat,
        due=row.due.since - begin,
        answered=None if row.answered is None else row.answered - begin,
        snoozed=row.snoozed,
        outcome=row.outcome,
    )
