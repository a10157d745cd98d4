"""Measurements of music files: loudness, sudden rises, silences."""

from kacenv.analysis.measurement import Measurement
from kacenv.analysis.measurement_cache import (
    KnownMeasurements,
    MeasurementCache,
    known_measurements,
)

__all__ = ["KnownMeasurements", "Measurement", "MeasurementCache", "known_measurements"]
