"""Differences between two statuses of a room, apart from the passing of time.

A status has many clocks; its model says which. `extrapolate` extrapolates them to a later time, as
every client does for itself; `difference` is the rest, as a JSON Merge Patch (RFC 7386); `merge`
applies one. `kacenv/server/web/status.js` moves and merges in the same way.
"""

from functools import cache
from typing import Any, Final

from kacenv.model.mode import RESTING
from kacenv.model.status import RoomStatus
from kacenv.model.status_field import Clock, Clocks, clock_names, clocks_of

Json = dict[str, Any]
SLACK: Final = 0.35
"""Tolerance of an extrapolated clock, in seconds."""


def extrapolate(status: Json, at: float) -> Json:
    """Extrapolate `status` to the later time `at`, as if nothing but time had passed."""
    resting = status["session"]["mode"] in RESTING
    return _moved(status, clocks_of(RoomStatus), at - status["at"], resting=resting) | {"at": at}


def _moved(record: Json, clocks: Clocks, span: float, *, resting: bool) -> Json:
    moved = dict(record)
    for name, clock in clocks.items():
        value = record[name]
        if isinstance(clock, Clock):
            if value is not None and not (resting and clock.rests):
                moved[name] = _after(value, clock, span, record, moved)
        elif isinstance(value, list):
            moved[name] = [_moved(one, clock, span, resting=resting) for one in value]
        elif value is not None:
            moved[name] = _moved(value, clock, span, resting=resting)
    return moved


def _after(value: float, clock: Clock, span: float, before: Json, now: Json) -> float:
    if clock.like:
        return value - float(before[clock.like]) + float(now[clock.like])
    if not clock.forward:
        return max(0.0, value - span)
    return min(float(now[clock.until]), value + span) if clock.until else value + span


def difference(expected: Json, now: Json) -> Json:
    """Return the merge patch from the extrapolated status to the actual one; empty if equal."""
    slack = SLACK * max(1.0, now.get("rate", 1.0))
    return _patch(expected, now, slack)


def _patch(before: Json, now: Json, slack: float) -> Json:
    patch: Json = {key: None for key in before if key not in now and before[key] is not None}
    for key, value in now.items():
        was = before.get(key)
        if isinstance(was, dict) and isinstance(value, dict):
            if inner := _patch(was, value, slack):
                patch[key] = inner
        elif not _same(key, was, value, slack):
            patch[key] = value
    return patch


@cache
def _clock_names() -> frozenset[str]:
    return clock_names(clocks_of(RoomStatus))


def _same(key: str, was: object, value: object, slack: float) -> bool:
    if key in _clock_names() and isinstance(was, float | int) and isinstance(value, float | int):
        return abs(was - value) <= slack
    if isinstance(was, list) and isinstance(value, list):
        pairs = zip(was, value, strict=False)
        return len(was) == len(value) and all(_same_item(a, b, slack) for a, b in pairs)
    return was == value


def _same_item(was: object, value: object, slack: float) -> bool:
    if isinstance(was, dict) and isinstance(value, dict):
        return not _patch(was, value, slack)
    return was == value


def merge(status: Json, patch: Json) -> Json:
    """Return `status` with a merge patch applied; removed keys become None."""
    merged = dict(status)
    for key, value in patch.items():
        before = status.get(key)
        whole = not isinstance(value, dict)
        merged[key] = value if whole else merge(before if isinstance(before, dict) else {}, value)
    return merged
