"""Quantities read as people write them, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.errors import UnitError
from kacenv.core.units import (
    Decibels,
    Kelvin,
    Level,
    Seconds,
    amplitude,
    format_clock,
    format_seconds,
    parse_days,
    parse_decibels,
    parse_kelvin,
    parse_level,
    parse_seconds,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("1h10m", 4200), ("1h0m5s", 3605), ("0.5s", 0.5), (" 2m ", 120)],
)
def test_times_are_read_in_hours_minutes_and_seconds(text: str, seconds: float) -> None:
    """Each spelling of a time gives its seconds."""
    assert parse_seconds(text) == Seconds(seconds)


@pytest.mark.parametrize("text", ["", "15", "m", "1.5h", "-3m", "10 m", "m10", "1h1h", None, 90])
def test_a_time_without_its_unit_is_refused(text: object) -> None:
    """A bare number or a garbled time is an error that shows a right one."""
    with pytest.raises(UnitError, match="1h10m"):
        parse_seconds(text)


@given(st.integers(0, 99 * 3600 + 3599))
def test_a_written_time_reads_back_the_same(span: int) -> None:
    """format_seconds and parse_seconds are each other's inverse."""
    assert parse_seconds(format_seconds(span)) == Seconds(span)


@pytest.mark.parametrize(
    ("span", "text"), [(5, "0:05"), (65, "1:05"), (3661, "1:01:01"), (-1, "0:00")]
)
def test_a_clock_shows_no_more_than_it_needs(span: float, text: str) -> None:
    """Hours appear when there are any, and time never runs below zero."""
    assert format_clock(span) == text


def test_levels_and_whites_are_read_with_their_units() -> None:
    """dB, percent and kelvin give their numbers."""
    assert parse_decibels("-6 dB") == Decibels(-6)
    assert parse_decibels("+1.5dB") == Decibels(1.5)
    assert parse_level("35%") == Level(0.35)
    assert parse_kelvin("2200 K") == Kelvin(2200)


@pytest.mark.parametrize("text", ["-6", "6db", "-91 dB", "25 dB", "loud", None])
def test_a_level_outside_reason_is_refused(text: object) -> None:
    """A level needs its unit and must lie between -90 dB and 24 dB."""
    with pytest.raises(UnitError):
        parse_decibels(text)


@pytest.mark.parametrize("text", ["101%", "35", "-1%", "half"])
def test_a_light_level_is_a_percentage(text: str) -> None:
    """Light goes from 0% to 100%."""
    with pytest.raises(UnitError):
        parse_level(text)


@pytest.mark.parametrize("text", ["2200", "900 K", "20000 K", "warm"])
def test_a_white_is_a_colour_temperature(text: str) -> None:
    """White goes from 1000 K to 10000 K."""
    with pytest.raises(UnitError):
        parse_kelvin(text)


def test_six_decibels_are_about_twice_the_amplitude() -> None:
    """Amplitude follows 10^(dB/20)."""
    assert amplitude(0) == 1
    assert amplitude(6.0206) == pytest.approx(2, rel=1e-4)
    assert amplitude(-20) == pytest.approx(0.1)


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("0d", 0), (" 3650d ", 3650)])
def test_days_are_read(text: str, days: int) -> None:
    """Whole days with their unit."""
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "30", "d", "1.5d", "-1d", "3651d", "1m", "1d2h", None, 30])
def test_days_without_their_unit_are_refused(text: object) -> None:
    """The error shows right ones."""
    with pytest.raises(UnitError, match="30d"):
        parse_days(text)
