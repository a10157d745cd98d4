"""A house whose phases play one tone each, in a room with three lamps and a staff output."""

from pathlib import Path
from typing import Any, Final

import yaml
from support.houses import write_house
from support.sounds import tone, write_wav

NAME: Final = "e2e"
PHASES: Final = ("settle", "onset", "build", "peak", "descent", "return", "integration")
TONES: Final = dict(zip(PHASES, (50, 70, 90, 110, 130, 150, 170), strict=True))
"""Each phase's music is a tone (Hz), below all partials of the bell."""
LOOKS: Final = dict(zip(PHASES, (30, 20, 15, 10, 15, 25, 40), strict=True))
"""Each phase's light, in per cent, for all lamps."""
LONG, FADE = 8.0, 3.0
"""A phase and its crossfade, in seconds."""
END: Final = LONG * len(PHASES)
BELLS: Final = {"room": (21.0, 45.0), "staff": (37.0,)}
"""When chimes are due, in seconds of the session: each in a phase's second half."""
SPEAKERS, STAFF = 0, 2
"""The outputs' first channels."""
STROKES: Final = [
    (SPEAKERS, "build"),
    (STAFF, "build"),
    (STAFF, "descent"),
    (SPEAKERS, "return"),
    (STAFF, "return"),
]
"""The outputs on which each chime is heard, and in which phase."""
_ZONES = {"seat": "seats", "task": "task", "path": "path"}
LAMPS: Final = tuple(_ZONES)


def tone_house(folder: Path, port: int) -> Path:
    """Write the house, for a broker at `port`."""
    house = write_house(folder, rooms__e2e=_plain(_room(port)), scenes__e2e=_plain(_scene()))
    for name, pitch in TONES.items():
        sound = tone(LONG + FADE + 3, -14.0, pitch)  # longer than a phase and its crossfade
        write_wav(house / f"playlists/{name}.wav", sound)
        (house / f"playlists/{name}.yaml").write_text(
            f"title: {name}\ntracks:\n  - {{file: {name}.wav, title: {name}, artist: x,"
            " licence: x, instrumental: yes}\n"
        )
    return house


def _room(port: int) -> dict[str, Any]:
    return {
        "name": NAME,
        "outputs": [
            {"id": "speakers", "role": "speakers", "channels": "[1, 2]"},
            {"id": "staff", "role": "staff", "channels": "[3]"},
        ],
        "broker": {"host": "127.0.0.1", "port": port},
        "lights": [
            {"id": "seat", "dialect": "zigbee2mqtt", "topic": "z/seat", "zone": "seats",
             "can": ["level", "kelvin", "transition"]},
            {"id": "task", "dialect": "home-assistant", "topic": "h/task/set", "zone": "task",
             "state_topic": "h/task", "can": ["level", "transition"]},
            {"id": "path", "dialect": "plain", "topic": "p/path", "zone": "path", "scale": 255},
        ],
        "looks": {name: _look(level) for name, level in LOOKS.items()},
        "safe_light": dict.fromkeys(_ZONES.values(), "70% 3000 K"),
    }  # fmt: skip


def _scene() -> dict[str, Any]:
    return {
        "title": "End to end",
        "phases": [
            {"name": name, "duration": f"{LONG:g}s", "playlist": name, "light": name,
             "light_fade": f"{LONG / 2:g}s", "crossfade": f"{FADE:g}s"}
            for name in PHASES
        ],
        "check_ins": [
            {"at": f"{at:g}s", "prompt": f"For {who}", "for": who}
            for who, times in BELLS.items()
            for at in times
        ],
    }  # fmt: skip


def _look(level: int) -> dict[str, str]:
    return {"seats": f"{level}% 2200 K", "task": f"{level}%", "path": f"{level}%"}


def _plain(document: dict[str, Any]) -> str:
    """Return YAML as a person would write it: no quotes around lists."""
    return str(yaml.safe_dump(document, sort_keys=False)).replace("'", "")
