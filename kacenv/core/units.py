"""Quantities with units, parsed and formatted: `1h10m`, `-6 dB`, `35%`, `2200 K`.

Its classes are plain: the command line loads it at each press, and `dataclasses` takes longer.
"""

import re
from collections.abc import Callable
from typing import Final, NewType

from kacenv.core.errors import UnitError

Seconds = NewType("Seconds", float)
"""Time in seconds: a span, or a point on the room's own clock."""
Decibels = NewType("Decibels", float)
"""Sound level relative to a stated reference, in dB."""
Level = NewType("Level", float)
"""Light level from 0 (off) to 1 (full), as the eye sees it."""
Days = NewType("Days", int)
"""Whole days of the calendar."""
Kelvin = NewType("Kelvin", float)
"""Colour temperature of white light; lower is warmer."""


def on_grid(time: float) -> Seconds:
    """Return a time on the grid of whole milliseconds, where equal times compare as equal."""
    return Seconds(round(time, 3))


class Notation:
    """Notation of a value: a pattern for Python and ECMA-262 alike, and the words of its error."""

    __slots__ = ("example", "expected", "pattern")

    def __init__(self, pattern: str, expected: str, example: str) -> None:
        self.pattern: Final = pattern
        self.expected: Final = expected
        self.example: Final = example

    def read(self, text: object) -> str:
        """Return the text without spaces around it.

        Raises:
            UnitError: It is not written so.
        """
        if not isinstance(text, str) or not self.accepts(text.strip()):
            raise UnitError(self.expected, text, self.example)
        return text.strip()

    def check(self, text: object) -> str:
        """Return the text as it is.

        Raises:
            UnitError: It is not written so, or has spaces around it.
        """
        if not isinstance(text, str) or not self.accepts(text):
            raise UnitError(self.expected, text, self.example)
        return text

    def accepts(self, text: str) -> bool:
        """Return True if `text` is such a value, without spaces around it."""
        return bool(re.fullmatch(self.pattern, text))


class Unit(Notation):
    """Notation of a quantity: its symbol as people write it, and its format."""

    __slots__ = ("format", "symbol")

    def __init__(
        self, pattern: str, expected: str, example: str, symbol: str, form: Callable[[float], str]
    ) -> None:
        super().__init__(pattern, expected, example)
        self.symbol: Final = symbol
        self.format: Final = form


def format_seconds(span: float) -> str:
    """Format a span shortest, so that `parse_seconds` returns the same whole second."""
    hours, rest = divmod(round(span), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"


def format_brief(span: float) -> str:
    """Format a span shortest, to the tenth of a second where it is below ten seconds."""
    return f"{span:.1f}".removesuffix(".0") + "s" if 0.05 <= span < 9.95 else format_seconds(span)


_FRACTION: Final = r"(?:\.[0-9]{1,20})?"
_LOUDER: Final = rf"\+?0*(?:24(?:\.0+)?|(?:2[0-3]|1?[0-9]){_FRACTION})"
_QUIETER: Final = rf"-0*(?:90(?:\.0+)?|[1-8]?[0-9]{_FRACTION})"
DURATION: Final = Unit(
    rf"(?=[0-9])(?:[0-9]{{1,2}}h)?(?:[0-5]?[0-9]{{1,3}}m)?"
    rf"(?:(?:[0-2]?[0-9]{{1,5}}|3[0-5][0-9]{{4}}){_FRACTION}s)?",
    "a time with its unit (h, m or s), up to 99h, 5999m or 359999s",
    "1h10m",
    "",
    format_seconds,
)
DAYS: Final = Unit(
    "(?:[0-2]?[0-9]{1,3}|3[0-5][0-9]{2}|36[0-4][0-9]|3650)d",
    "a number of days (d), from 0d to 3650d",
    "30d",
    "d",
    "{:.0f}d".format,
)
DECIBELS: Final = Unit(
    rf"(?:{_LOUDER}|{_QUIETER})\s*dB",
    "a level from -90 dB to 24 dB",
    "-6 dB",
    " dB",
    "{:g} dB".format,
)
LEVEL: Final = Unit(
    rf"(?:0*(?:100(?:\.0+)?|[0-9]{{1,2}}{_FRACTION})\s*%)",
    "a light level from 0% to 100%",
    "35%",
    "%",
    "{:.0%}".format,
)
KELVIN: Final = Unit(
    r"(?:0*(?:10000|[1-9][0-9]{3})\s*K)",
    "a colour temperature from 1000 K to 10000 K",
    "2200 K",
    " K",
    "{:.0f} K".format,
)
UNITS: Final = (DURATION, DAYS, DECIBELS, LEVEL, KELVIN)
"""Every unit of the clinic's files."""
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0}


def parse_seconds(text: object) -> Seconds:
    """Parse a span such as `90s`, `15m` or `1h10m`."""
    parts = re.findall(r"([0-9.]+)([hms])", DURATION.read(text))
    return Seconds(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def parse_days(text: object) -> Days:
    """Parse a number of days such as `30d`."""
    return Days(int(DAYS.read(text).rstrip("d")))


def parse_decibels(text: object) -> Decibels:
    """Parse a level such as `-6 dB` or `0dB`."""
    return Decibels(float(DECIBELS.read(text).rstrip("dB")))


def parse_level(text: object) -> Level:
    """Parse a light level such as `35%`."""
    return Level(float(LEVEL.read(text).rstrip("%")) / 100)


def parse_kelvin(text: object) -> Kelvin:
    """Parse a colour temperature such as `2200 K`."""
    return Kelvin(float(KELVIN.read(text).rstrip("K")))


def format_clock(span: float) -> str:
    """Format a time as `4:05` or `1:04:05`."""
    hours, rest = divmod(max(0, round(span)), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def amplitude(level: float) -> float:
    """Return the amplitude factor of a level in dB (10^(dB/20))."""
    return float(10.0 ** (level / 20.0))
