"""Transition table: the effect of each request in each mode, from the requests' definitions.

The diagram in the docs is made from it.
"""

from enum import StrEnum
from typing import Final

from kacenv.core.errors import RefusedError
from kacenv.model.mode import Mode
from kacenv.model.request_definition import RequestDefinition
from kacenv.model.request_table import BY_KIND, REQUESTS


class Outcome(StrEnum):
    """Effect of a request in a mode."""

    DO = "do"
    ALREADY = "already so"
    REFUSE = "refuse"


def _outcome(request: RequestDefinition, mode: Mode) -> Outcome:
    if mode in request.already:
        return Outcome.ALREADY
    return Outcome.DO if mode in request.works_in else Outcome.REFUSE


TRANSITIONS: Final[dict[Mode, dict[str, Outcome]]] = {
    mode: {
        "start": Outcome.DO if mode is Mode.IDLE else Outcome.REFUSE,
        **{request.kind: _outcome(request, mode) for request in REQUESTS},
    }
    for mode in Mode
}
LEADS_TO: Final[dict[tuple[Mode, str], Mode]] = {
    (Mode.IDLE, "start"): Mode.RUNNING,
    **{
        (mode, request.kind): request.leads_to[mode]
        for mode in Mode
        for request in REQUESTS
        if mode in request.leads_to
    },
}
"""Mode after a request that is done.

A release leads back to returning if the hold began there, and so does a step back within the
return arc; the end of the last phase leads to fading, and the end of the last fade to idle.
"""
_REFUSED_WORDS: Final = {
    Mode.IDLE: "No session is on. Begin one with: kacenv start SCENE",
    Mode.FADING: "The session is ending; the music is fading out.",
}


def already(mode: Mode, kind: str) -> str:
    """Return the reply to a request that changes nothing."""
    return BY_KIND[kind].already[mode]


def refusal(mode: Mode) -> RefusedError:
    """Return the error for a request that makes no sense in this mode."""
    running = "A session is on. Let it end, or finish it with: kacenv end (or kacenv stop)"
    return RefusedError(_REFUSED_WORDS.get(mode, running))


def diagram() -> str:
    """Return the mode diagram in Mermaid syntax."""
    lines = ["stateDiagram-v2", "    [*] --> idle"]
    arrows: dict[tuple[str, str], list[str]] = {}
    for (mode, kind), after in LEADS_TO.items():
        arrows.setdefault((mode, after), []).append(kind)
    lines += [f"    {a} --> {b}: {', '.join(kinds)}" for (a, b), kinds in arrows.items()]
    lines += [f"    {mode} --> fading: last phase ends" for mode in ("running", "returning")]
    return "\n".join([*lines, "    fading --> idle: last fade ends"])
