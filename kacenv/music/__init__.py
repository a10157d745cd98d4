"""Measurements of music files: loudness, sudden rises, silences."""

from kacenv.music.cache import Cache, Known, known_sounds
from kacenv.music.sound import Sound

__all__ = ["Cache", "Known", "Sound", "known_sounds"]
