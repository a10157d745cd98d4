"""Measurements that need no file, and a cache of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kacenv.analysis import Measurement, MeasurementCache
from kacenv.core.units import Decibels, Seconds


def sound(**changes: Any) -> Measurement:
    """An ordinary track's measurement, but for `changes`."""
    usual: dict[str, Any] = {
        "loudness": -18.0,
        "true_peak": Decibels(-6.0),
        "loudness_range": 5.0,
        "rise": 2.0,
        "sudden": 5.0,
        "sudden_at": Seconds(30.0),
        "head": Seconds(0.0),
        "tail": Seconds(0.0),
        "duration": Seconds(180.0),
    }
    return Measurement(**(usual | changes))


@pytest.fixture
def make_sound() -> Callable[..., Measurement]:
    """Makes an ordinary track's measurement, but for what is given."""
    return sound


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[MeasurementCache]:
    """An empty cache."""
    with MeasurementCache(tmp_path / "cache") as opened:
        yield opened
