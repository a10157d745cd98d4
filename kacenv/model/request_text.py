"""Requests as they are typed after `kacenv`, parsed and written."""

from collections.abc import Callable
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from kacenv.core.errors import KacenvError, UnitError
from kacenv.core.units import format_seconds
from kacenv.model.requests import (
    Chime,
    Done,
    Duck,
    Extend,
    Intensity,
    Lights,
    LightsResume,
    Mute,
    Pass,
    Press,
    PressField,
    SeatStarted,
    Shorten,
    Snooze,
    Volume,
)

Fields = dict[str, Any]
Reader = Callable[[list[str]], Fields | None]
_PRESS: Final[TypeAdapter[Press]] = TypeAdapter(PressField)
_HOW: Final = {
    "extend": "extend 10m",
    "shorten": "shorten 5m",
    "volume": "volume -3dB, or volume speakers -3dB",
    "mute": "mute, mute speakers, or mute --off",
    "duck": "duck, or duck --off",
    "intensity": "intensity up",
    "lights": "lights 20%, lights dimmer, lights brighter, lights plan, or lights resume",
    "chime": "chime, or chime bell",
    "done": "done, or done check-in-3",
    "snooze": "snooze, snooze 10m, or snooze check-in-3 10m",
    "pass": "pass, or pass check-in-3",
    "seat": "seat a started, or seat a reset",
}
"""Syntax of requests with arguments."""
_PLAIN: Final = frozenset(
    {"hold", "release", "next", "back", "silence", "music", "lights-up", "end", "stop"}
)
_OFF: Final = "--off"


class PressError(KacenvError):
    """Request that can't be parsed; the message gives its syntax."""

    def __init__(self, message: str, expected: str, example: str) -> None:
        super().__init__(message)
        self.expected = expected
        self.example = example


def press_of(words: list[str]) -> Press:
    """Parse a request typed after `kacenv`.

    Raises:
        PressError: There is no such request, or its syntax differs.
    """
    kind, *_ = words or [""]
    try:
        return _PRESS.validate_python({"kind": kind, **fields_of(words)})
    except ValidationError as error:
        how = _HOW.get(kind, kind)
        text = f"{' '.join(words)}: {_reason(error, how)}"
        raise PressError(text, _expected(error, how), how.partition(",")[0]) from error


def fields_of(words: list[str]) -> Fields:
    """Parse a request's arguments into fields, without validation.

    Raises:
        PressError: There is no such request, or its arguments differ.
    """
    kind, *rest = words or [""]
    if kind not in _PLAIN and kind not in _HOW:
        every = ", ".join(sorted((*_PLAIN, *_HOW)))
        found = f"{kind!r} can't be pressed" if kind else "something to press is missing"
        raise PressError(f"{found}. There is: {every}.", f"one of: {every}", "hold")
    fields = _READERS[kind](rest) if kind in _READERS else None if rest else {}
    if fields is None:
        how = _HOW.get(kind, kind)
        text = f"{' '.join(words)!r} can't be understood. Type: {how}"
        raise PressError(text, how, how.partition(",")[0])
    return fields


def _one(name: str) -> Reader:
    """Return a parser of one word as the field `name`."""
    return lambda rest: {name: rest[0]} if len(rest) == 1 else None


def _volume(rest: list[str]) -> Fields | None:
    if len(rest) == 1:
        return {"level": rest[0]}
    return {"output": rest[0], "level": rest[1]} if len(rest) == 2 else None


def _mute(rest: list[str]) -> Fields | None:
    named = [word for word in rest if word != _OFF]
    if len(named) > 1:
        return None
    return {"output": named[0] if named else None, "muted": _OFF not in rest}


def _duck(rest: list[str]) -> Fields | None:
    return {"ducked": not rest} if rest in ([], [_OFF]) else None


def _lights(rest: list[str]) -> Fields | None:
    match rest:
        case ["plan"]:
            return {}
        case ["resume"]:
            return {"kind": "lights-resume"}
        case ["dimmer" | "brighter" as step]:
            return {"step": step}
        case [level]:
            return {"level": level}
        case _:
            return None


def _maybe(name: str) -> Reader:
    """Return a parser of one optional word as the field `name`."""
    return lambda rest: {name: rest[0]} if len(rest) == 1 else None if rest else {}


def _snooze(rest: list[str]) -> Fields | None:
    """Parse a check-in's name, a time, both or neither."""
    time = rest[-1:] if rest and rest[-1][0].isdigit() else []
    name = rest[: len(rest) - len(time)]
    if len(name) > 1:
        return None
    named = {"check_in": name[0]} if name else {}
    return named | ({"by": time[0]} if time else {})


def _seat(rest: list[str]) -> Fields | None:
    match rest:
        case [seat, "started" | "reset" as word]:
            return {"seat": seat, "started": word == "started"}
        case _:
            return None


_READERS: Final[dict[str, Reader]] = {
    "extend": _one("by"),
    "shorten": _one("by"),
    "volume": _volume,
    "mute": _mute,
    "duck": _duck,
    "intensity": _one("lean"),
    "lights": _lights,
    "chime": _maybe("chime"),
    "done": _maybe("check_in"),
    "snooze": _snooze,
    "pass": _maybe("check_in"),
    "seat": _seat,
}
"""Parsers of arguments; None if they make no sense."""


def _reason(error: ValidationError, how: str) -> str:
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    words = first["msg"].replace("Input should be", "expected")
    return str(cause) if isinstance(cause, UnitError) else f"{words}; type: {how}"


def _expected(error: ValidationError, how: str) -> str:
    cause = error.errors()[0].get("ctx", {}).get("error")
    return f"{how}, with {cause.expected}" if isinstance(cause, UnitError) else how


def request_words(press: Press) -> str:  # noqa: C901, PLR0912 - a line for each
    """Return a press as it is typed after `kacenv`: `extend 10m`."""
    match press:
        case Extend(by=by) | Shorten(by=by):
            rest = format_seconds(by)
        case Volume(output=output, level=level):
            rest = f"{output or ''} {level:+g} dB"
        case Mute(output=output, muted=muted):
            rest = f"{output or ''} {'' if muted else '--off'}"
        case Duck(ducked=ducked):
            rest = "" if ducked else "--off"
        case Intensity(lean=lean):
            rest = lean
        case Lights(level=None, step=step):
            rest = step or "plan"
        case Lights(level=float(share)):
            rest = f"{share * 100:.3g}%"
        case Done(check_in=name) | Pass(check_in=name):
            rest = name or ""
        case SeatStarted(seat=seat, started=started):
            rest = f"{seat} {'started' if started else 'reset'}"
        case Snooze(check_in=name, by=by):
            rest = f"{name or ''} {format_seconds(by)}"
        case Chime(chime=chime):
            rest = chime
        case LightsResume():
            return "lights resume"
        case _:
            rest = ""
    return " ".join(f"{press.kind} {rest}".split())
