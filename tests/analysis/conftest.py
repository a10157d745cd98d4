"""Measurements that need no file, and a cache of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kacenv.analysis import MeasurementCache


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[MeasurementCache]:
    """An empty cache."""
    with MeasurementCache(tmp_path / "cache") as opened:
        yield opened
