"""Ten thousand each of YAML files, API requests, MQTT and MIDI messages that nobody would write."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

COUNT = 10_000
SEED = 23
_SIGNS = "[]{}:&*!|>-?%@`\"'\t\n #,~<\\\x00\x07\x85\ufeff\u202e🔔é0y"
_QUANTITY = re.compile(r"\b(\d+)(m|s|h|%| K| dB)\b")
_AMOUNTS = (0, 1, 2, 5, 7, 10, 16, 30, 45, 59, 90, 600, 2200, 2700)
_FIGURES = ("-1", "0", "1e999", "NaN", "-inf", "9" * 40, "0x1F", "٣", "1h1h", "-0 dB", "1e-320%")


@dataclass
class Tally:
    """What became of them: `refused` in words, `faults` that should not be, slowest in seconds."""

    what: str
    tried: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __str__(self) -> str:
        """A line of the report."""
        wrong = "; ".join(self.faults[:5]) or "none"
        refused = f"{self.refused} refused in words, " if self.refused else ""
        return (
            f"{self.tried} {self.what}: {refused}the slowest took {self.slowest * 1000:.0f} ms, "
            f"faults: {wrong}"
        )

    def took(self, since: float, count: int = 1) -> None:
        """So many more were tried, from `since` (monotonic seconds) until now."""
        self.tried += count
        self.slowest = max(self.slowest, time.monotonic() - since)


class ErrorLog(logging.Handler):
    """Counts every error that kacenv, or the server below it, logs while it is in force."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(logging.ERROR)
        self._tally = tally

    def emit(self, record: logging.LogRecord) -> None:
        """Note it as a fault, with the name of its exception."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self._tally.faults.append(f"logged: {record.getMessage()[:200]} {kind}")

    def __enter__(self) -> Tally:
        """Begin to listen."""
        logging.getLogger().addHandler(self)
        return self._tally

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self)


def mutated(text: str, random: Random, others: list[str]) -> str:
    """`text` with one to four things done to it that go wrong in real files, or never would."""
    for _ in range(random.randint(1, 4)):
        text = random.choice(_MUTATIONS)(text, random, others)
    return text


def revalued(text: str, random: Random) -> str:
    """`text` with some of its quantities changed; most of what comes of it is right."""
    share = random.random()
    return _QUANTITY.sub(
        lambda found: (
            f"{random.choice(_AMOUNTS)}{found[2]}" if random.random() < share else found[0]
        ),
        text,
    )


def _place(text: str, random: Random) -> int:
    return random.randint(0, len(text))


def _sign(text: str, random: Random, _: list[str]) -> str:
    at = _place(text, random)
    return text[:at] + random.choice(_SIGNS) + text[at + random.randint(0, 1) :]


def _torn(text: str, random: Random, _: list[str]) -> str:
    return text[: _place(text, random)]


def _without(text: str, random: Random, _: list[str]) -> str:
    at = _place(text, random)
    return text[:at] + text[at + random.randint(1, 30) :]


def _twice(text: str, random: Random, _: list[str]) -> str:
    lines = text.splitlines(keepends=True) or [text]
    at = random.randrange(len(lines))
    return "".join([*lines[:at], lines[at] * random.choice((2, 2, 3, 200)), *lines[at:]])


def _moved(text: str, random: Random, _: list[str]) -> str:
    lines = text.splitlines(keepends=True) or [text]
    lines.insert(random.randrange(len(lines)), lines.pop(random.randrange(len(lines))))
    return "".join(lines)


def _figure(text: str, random: Random, _: list[str]) -> str:
    digits = [index for index, sign in enumerate(text) if sign.isdigit()]
    if not digits:
        return text + random.choice(_FIGURES)
    at = random.choice(digits)
    return text[:at] + random.choice(_FIGURES) + text[at + 1 :]


def _indented(text: str, random: Random, _: list[str]) -> str:
    at = text.find("\n", _place(text, random))
    return text[: at + 1] + random.choice((" ", "  ", "\t", "- ")) + text[at + 1 :]


def _spliced(text: str, random: Random, others: list[str]) -> str:
    other = random.choice(others)
    return text[: _place(text, random)] + other[_place(other, random) :]


_MUTATIONS: tuple[Callable[[str, Random, list[str]], str], ...] = (
    _sign,
    _torn,
    _without,
    _twice,
    _moved,
    _figure,
    _indented,
    _spliced,
)


def report(count: float = COUNT) -> Iterator[str]:
    """A line for each of the four."""
    from soak import fuzz_api, fuzz_midi, fuzz_mqtt, fuzz_yaml  # noqa: PLC0415 - they need this one

    for part in (fuzz_yaml, fuzz_api, fuzz_mqtt, fuzz_midi):
        with TemporaryDirectory() as folder:
            began = time.monotonic()
            tally = part.run(Path(folder), round(count), SEED)
        yield f"{tally}; {time.monotonic() - began:.0f} s"
