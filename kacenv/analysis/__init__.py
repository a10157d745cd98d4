"""Measurements of music files: loudness, sudden rises, silences."""

from kacenv.analysis.measurement import Sound
from kacenv.analysis.measurement_cache import Cache, Known, known_sounds

__all__ = ["Cache", "Known", "Sound", "known_sounds"]
