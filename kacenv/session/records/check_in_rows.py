"""Check-ins of a past session: when each came, and its outcome."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kacenv.core.units import Seconds
from kacenv.engine.state import Due
from kacenv.model.requests import Done, Pass
from kacenv.session.records.journal_replay import ReplayedStep
from kacenv.session.records.session_record import CheckInRow


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
