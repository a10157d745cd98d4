"""Parser of timed presses of a rehearsal: `--at 40m hold`."""

from collections.abc import Iterable, Iterator
from typing import Final

from kacenv.core.errors import UnitError
from kacenv.core.units import Seconds, parse_seconds
from kacenv.model.request_parser import press_of
from kacenv.model.request_text import PressError
from kacenv.model.requests import Press
from kacenv.rehearsal.simulation import LONGEST

_HOW: Final = "40m hold"
"""Syntax of a timed press."""


def presses_at(typed: Iterable[str]) -> list[tuple[Seconds, Press]]:
    """Parse presses with their times: `40m hold` is a hold after forty minutes.

    Raises:
        PressError: One can't be parsed.
    """
    return [_press_at(text) for text in typed]


def _press_at(text: str) -> tuple[Seconds, Press]:
    when, *words = text.split() or [""]
    try:
        at = parse_seconds(when)
    except UnitError as error:
        text = f"--at {text}: {error}; then the press: --at {_HOW}"
        raise PressError(text, error.expected, _HOW) from error
    if at >= LONGEST:
        too_late = f"--at {text}: no rehearsal lasts longer than a day."
        raise PressError(too_late, "a time before that", _HOW)
    if not words:
        text = f"--at {text}: something to press is missing. For example: --at {_HOW}"
        raise PressError(text, "a press", _HOW)
    return at, press_of(words)


def joined(words: list[str], options: Iterable[str]) -> list[str]:
    """Join the words of each `--at` in a command line.

    The words are a time and as much of a press as can be parsed, at most up to the next of the
    command's own `options`.
    """
    return list(_joined(words, frozenset(options)))


def _joined(words: list[str], options: frozenset[str]) -> Iterator[str]:
    rest = list(words)
    while rest:
        word = rest.pop(0)
        yield word
        if word == "--at":
            ends = (at for at, other in enumerate(rest) if other.partition("=")[0] in options)
            longest = next(ends, len(rest))
            count = _understood(rest[:longest])
            if count:
                yield " ".join(rest[:count])
            del rest[:count]


def _understood(words: list[str]) -> int:
    """Return the number of leading words that form a time and a press; all, if none do."""
    for count in range(len(words), 1, -1):
        try:
            press_of(" ".join(words[1:count]).split())
        except PressError:
            continue
        return count
    return len(words)
