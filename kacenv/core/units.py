"""Quantities with units, parsed and formatted: `1h10m`, `-6 dB`, `35%`, `2200 K`."""

import re
from typing import NewType

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

_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
_DAYS = re.compile(r"(\d{1,4})d")
_DECIBELS = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*dB")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_KELVIN = re.compile(r"(\d+)\s*K")


def parse_seconds(text: object) -> Seconds:
    """Parse a span such as `90s`, `15m` or `1h10m`."""
    match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or not any(match.groups()):
        raise UnitError("a time with its unit (h, m or s)", text, "1h10m")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return Seconds(hours * 3600 + minutes * 60 + seconds)


def parse_days(text: object) -> Days:
    """Parse a number of days such as `30d`."""
    match = _DAYS.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or int(match[1]) > 3650:
        raise UnitError("a number of days (d), from 0d to 3650d", text, "30d")
    return Days(int(match[1]))


def parse_decibels(text: object) -> Decibels:
    """Parse a level such as `-6 dB` or `0dB`."""
    number = _number(_DECIBELS, text)
    if number is None or not -90 <= number <= 24:
        raise UnitError("a level from -90 dB to 24 dB", text, "-6 dB")
    return Decibels(number)


def parse_level(text: object) -> Level:
    """Parse a light level such as `35%`."""
    number = _number(_PERCENT, text)
    if number is None or number > 100:
        raise UnitError("a light level from 0% to 100%", text, "35%")
    return Level(number / 100)


def parse_kelvin(text: object) -> Kelvin:
    """Parse a colour temperature such as `2200 K`."""
    number = _number(_KELVIN, text)
    if number is None or not 1000 <= number <= 10000:
        raise UnitError("a colour temperature from 1000 K to 10000 K", text, "2200 K")
    return Kelvin(number)


def _number(pattern: re.Pattern[str], text: object) -> float | None:
    match = pattern.fullmatch(text.strip()) if isinstance(text, str) else None
    return float(match[1]) if match else None


def format_seconds(span: float) -> str:
    """Format a span shortest, so that `parse_seconds` returns the same whole second."""
    hours, rest = divmod(round(span), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"


def format_clock(span: float) -> str:
    """Format a time as `4:05` or `1:04:05`."""
    hours, rest = divmod(max(0, round(span)), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def amplitude(level: float) -> float:
    """Return the amplitude factor of a level in dB (10^(dB/20))."""
    return float(10.0 ** (level / 20.0))
