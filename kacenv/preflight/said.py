"""What a probe says while it looks: how far it is, what it found, what only a person can answer."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kacenv.doctor.finding import Finding, Mark


@dataclass(frozen=True, slots=True)
class Step:
    """How far a probe is, in a few words; also a sign that it lives."""

    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person in the room is asked; where nobody is, `unasked` is what was found."""

    text: str
    yes: Finding
    no: Finding
    unasked: Finding


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody needs the room, and the probe has let go of it: who, and how to look again."""

    reason: str
    todo: str


Said = Step | Finding | Question | Taken


def to_line(said: Said) -> str:
    """One line of JSON."""
    return json.dumps({"kind": type(said).__name__.casefold(), **asdict(said)}, ensure_ascii=False)


def from_line(line: str) -> Said:
    """What `to_line` wrote.

    Raises:
        ValueError: It's something else.
    """
    try:
        fields = json.loads(line)
        kind = fields.pop("kind")
        if kind == "step":
            return Step(fields["text"])
        if kind == "taken":
            return Taken(fields["reason"], fields["todo"])
        if kind == "question":
            answers = {name: _finding(fields[name]) for name in ("yes", "no", "unasked")}
            return Question(fields["text"], **answers)
        return _finding(fields)
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError("nothing that a probe says") from error


def _finding(fields: Mapping[str, Any]) -> Finding:
    return Finding(**{**fields, "mark": Mark(fields["mark"]), "lines": tuple(fields["lines"])})
