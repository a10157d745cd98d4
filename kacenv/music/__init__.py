"""What a scan knows about the clinic's music: how loud, how sudden, where it is silent."""

from kacenv.music.cache import Cache, Known, known_sounds
from kacenv.music.sound import Sound

__all__ = ["Cache", "Known", "Sound", "known_sounds"]
