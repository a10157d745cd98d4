"""Sound: decks that decode, a mixer that adds, an output that plays."""

from kacenv.audio.room_audio import RoomAudio

__all__ = ["RoomAudio"]
