"""Transition table: the effect of each request in each mode.

The diagram in the docs is made from it.
"""

from enum import StrEnum

from kacenv.core.errors import RefusedError
from kacenv.engine.state import Mode


class Outcome(StrEnum):
    """Effect of a request in a mode."""

    DO = "do"
    ALREADY = "already so"
    REFUSE = "refuse"


_DO, _SO, _NO = Outcome.DO, Outcome.ALREADY, Outcome.REFUSE
_ANYTIME = dict.fromkeys(("volume", "mute", "lights", "lights-up", "lights-resume", "chime"), _DO)
_ON = {
    "start": _NO,
    "hold": _DO,
    "release": _SO,
    "extend": _DO,
    "shorten": _DO,
    "next": _DO,
    "back": _DO,
    "duck": _DO,
    "silence": _DO,
    "music": _DO,
    "intensity": _DO,
    "done": _DO,
    "snooze": _DO,
    "pass": _DO,
    "seat": _DO,
    "end": _DO,
    "stop": _DO,
    **_ANYTIME,
}
_OFF = dict.fromkeys(_ON, _NO) | _ANYTIME

TRANSITIONS: dict[Mode, dict[str, Outcome]] = {
    Mode.IDLE: _OFF | {"start": _DO, "stop": _SO, "done": _SO, "snooze": _SO, "pass": _SO},
    Mode.RUNNING: _ON,
    Mode.RETURNING: _ON,
    Mode.HELD: _ON | {"hold": _SO, "release": _DO},
    Mode.FADING: _OFF | {"end": _SO, "stop": _DO, "done": _DO, "pass": _DO},
}

LEADS_TO: dict[tuple[Mode, str], Mode] = {
    (Mode.IDLE, "start"): Mode.RUNNING,
    (Mode.RUNNING, "hold"): Mode.HELD,
    (Mode.RUNNING, "end"): Mode.RETURNING,
    (Mode.RUNNING, "stop"): Mode.FADING,
    (Mode.RETURNING, "hold"): Mode.HELD,
    (Mode.RETURNING, "back"): Mode.RUNNING,
    (Mode.RETURNING, "stop"): Mode.FADING,
    (Mode.HELD, "release"): Mode.RUNNING,
    (Mode.HELD, "next"): Mode.RUNNING,
    (Mode.HELD, "back"): Mode.RUNNING,
    (Mode.HELD, "end"): Mode.RETURNING,
    (Mode.HELD, "stop"): Mode.FADING,
}
"""Mode after a request that is done.

A release leads back to returning if the hold began there, and so does a step back within the
return arc; the end of the last phase leads to fading, and the end of the last fade to idle.
"""

_ALREADY_WORDS = {
    (Mode.IDLE, "stop"): "Nothing is playing.",
    **{(Mode.IDLE, kind): "No check-in is due." for kind in ("done", "snooze", "pass")},
    (Mode.HELD, "hold"): "Already holding.",
    (Mode.FADING, "end"): "The session is ending already.",
}
_REFUSED_WORDS = {
    Mode.IDLE: "No session is on. Begin one with: kacenv start SCENE",
    Mode.FADING: "The session is ending; the music is fading out.",
}


def already(mode: Mode, kind: str) -> str:
    """Return the reply to a request that changes nothing."""
    return _ALREADY_WORDS.get((mode, kind), "Time is running already.")


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
