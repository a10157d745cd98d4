"""Audio: decks that decode tracks, a mixer, and outputs to sound devices."""

from kacenv.devices.audio.room_audio import RoomAudio

__all__ = ["RoomAudio"]
