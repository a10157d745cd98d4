"""Messages of a probe: progress, findings, and questions for a person."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kacenv.core.plain_text import json_text
from kacenv.diagnostics.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress in a few words; also a keep-alive."""

    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Question for a person in the room; `unasked` is the finding if nobody is asked."""

    text: str
    yes: Finding
    no: Finding
    unasked: Finding


@dataclass(frozen=True, slots=True)
class Taken:
    """Notice that the room is needed and the probe has released it, with the remedy."""

    reason: str
    todo: str


ProbeMessage = Progress | Finding | Question | Taken


def to_line(said: ProbeMessage) -> str:
    """Encode a message as one line of JSON."""
    return json_text({"kind": type(said).__name__.casefold(), **asdict(said)})


def from_line(line: str) -> ProbeMessage:
    """Decode a line of `to_line`.

    Raises:
        ValueError: It is malformed.
    """
    try:
        fields = json.loads(line)
        kind = fields.pop("kind")
        if kind == "progress":
            return Progress(fields["text"])
        if kind == "taken":
            return Taken(fields["reason"], fields["todo"])
        if kind == "question":
            answers = {name: _finding(fields[name]) for name in ("yes", "no", "unasked")}
            return Question(fields["text"], **answers)
        return _finding(fields)
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError("nothing that a probe says") from error


def _finding(fields: Mapping[str, Any]) -> Finding:
    return Finding(**{**fields, "mark": Severity(fields["mark"]), "lines": tuple(fields["lines"])})
