"""A house whose phases play one tone each, and how loud each tone is in a recording."""

from pathlib import Path
from typing import Final

import numpy as np
from support.houses import write_house
from support.sounds import tone, write_wav

from kacenv.devices.audio.samples import RATE, Block

TONES: Final = {"settle": 500.0, "peak": 700.0, "return": 900.0}
"""Each phase's music (Hz), of which a window of 10 ms holds whole waves."""
WINDOW, HOP = RATE // 100, RATE // 1000


def amplitudes(sound: Block) -> Block:
    """How loud each phase's tone is, and all that is no tone, in windows a millisecond apart."""
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP].astype(np.float64)
    turns = np.outer(np.arange(WINDOW), list(TONES.values())) / RATE
    tones = np.abs(windows @ np.exp(-2j * np.pi * turns)) * 2 / WINDOW
    power = 2 * (windows**2).mean(axis=1) - (tones**2).sum(axis=1)
    return np.column_stack((tones, np.sqrt(np.maximum(power, 0.0))))


def house_of_tones(house: Path, broker: int, port: int) -> Path:
    """Speakers, two seats, staff's earpiece, one lamp; each phase's music is a tone."""
    files = {"rooms__touch": _ROOM.format(broker=broker, port=port), "scenes__touch": _SCENE}
    for phase, hertz in TONES.items():
        files[f"playlists__{phase}"] = _PLAYLIST.format(name=phase)
        write_wav(house / "playlists" / f"{phase}.wav", tone(240.0, -17.0, hertz), channels=1)
    return write_house(house, **files)


_PLAYLIST = """title: {name}
repeat: yes
tracks:
  - {{file: {name}.wav, title: {name}, artist: x, licence: x, instrumental: yes}}
"""
_SCENE = """title: Touch
phases:
  - {name: settle, duration: 30m, playlist: settle, light: dusk, light_fade: 2s, crossfade: 4s}
  - {name: peak, duration: 30m, playlist: peak, crossfade: 4s}
  - {name: return, duration: 30m, playlist: return, crossfade: 4s}
"""
_ROOM = """name: touch
outputs:
  - {{id: speakers, role: speakers, channels: [1]}}
  - {{id: seat-a, role: seat-a, channels: [2]}}
  - {{id: seat-b, role: seat-b, channels: [3]}}
  - {{id: staff, role: staff, channels: [4]}}
broker: {{host: 127.0.0.1, port: {broker}}}
lights:
  - {{id: lamp, dialect: zigbee2mqtt, topic: z/lamp, zone: seats, can: [level, kelvin, transition]}}
looks: {{dusk: {{seats: 30% 2400 K}}}}
safe_light: {{seats: 70% 2700 K}}
surfaces: {{tcp: {{port: {port}}}}}
"""
