"""Differences between two statuses of a room, apart from the passing of time.

A status has many clocks. `extrapolate` extrapolates them to a later time, as every client does for
itself; `difference` is the rest, as a JSON Merge Patch (RFC 7386); `merge` applies one.
`kacenv/server/web/status.js` implements the same three functions.
"""

from typing import Any, Final

from kacenv.model.mode import Mode

Json = dict[str, Any]
CLOCKS = frozenset({"at", "in_phase", "phase_left", "elapsed", "left", "position", "due_in", "ago"})
"""Keys of numbers that change with time alone."""
SLACK: Final = 0.35
"""Tolerance of an extrapolated clock, in seconds."""


def extrapolate(status: Json, at: float) -> Json:
    """Extrapolate `status` to the later time `at`, as if nothing but time had passed."""
    span = at - status["at"]
    session = status["session"]
    moved = session | {"playing": _played(session["playing"], span)}
    if session["mode"] not in {Mode.IDLE, Mode.HELD}:
        moved |= _run(session, span)
    told = [one | {"ago": one["ago"] + span} for one in status["told"]]
    return status | {"at": at, "session": moved, "told": told}


def _played(track: Json | None, span: float) -> Json | None:
    return track and track | {"position": min(track["length"], track["position"] + span)}


def _run(session: Json, span: float) -> Json:
    phase_left = max(0.0, session["phase_left"] - span)
    check_in = session["next_check_in"]
    return {
        "in_phase": session["in_phase"] + span,
        "phase_left": phase_left,
        "elapsed": session["elapsed"] + span,
        "left": session["left"] - session["phase_left"] + phase_left,
        "next_check_in": check_in and check_in | {"due_in": max(0.0, check_in["due_in"] - span)},
    }


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


def _same(key: str, was: object, value: object, slack: float) -> bool:
    if key in CLOCKS and isinstance(was, float | int) and isinstance(value, float | int):
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
