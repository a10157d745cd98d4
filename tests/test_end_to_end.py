"""One session for real: daemon, broker, lamps, sound server; recorded, measured, and watched."""

import os
import time
import wave
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import yaml
from support.busy import retaken
from support.daemon import Daemon
from support.houses import write_house
from support.mosquitto import Mosquitto
from support.pulse import Pulse

from kacenv.clock import MonotonicClock
from kacenv.lights.virtual import VirtualLamp
from kacenv.loader import House, load_room
from kacenv.session import LEAD

PHASES = ("settle", "onset", "build", "peak", "descent", "return", "integration")
TONES = dict(zip(PHASES, (50, 70, 90, 110, 130, 150, 170), strict=True))
"""Each phase's music is a tone (Hz), below all partials of the bell."""
LONG, FADE = 8.0, 3.0
"""A phase and its crossfade, in seconds."""
RATE = 48_000
BELLS = {"room": (12.5, 44.5), "staff": (28.5,)}
"""When chimes are due, in seconds of the session."""
NO_GAP = 0.05
"""Seconds of silence that nobody would notice."""
NO_TONE = 0.01
"""How strong a tone is that nobody would notice beside another."""
SPEAKERS, STAFF = 0, 2
"""Channels of the recording."""

Signal = npt.NDArray[np.float64]


@dataclass
class Heard:
    """What the session left behind. `seen` holds each lamp's level at the end of each phase."""

    sound: Signal
    begin: float
    """Where in the recording the session begins, in seconds."""
    broker_log: str
    last: Any = None
    seen: dict[str, dict[str, float]] = field(default_factory=dict)


def _house(folder: Path, port: int) -> Path:
    """A house whose phases play one tone each, in a room with three lamps and a staff output."""
    room = {
        "name": "e2e",
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
        "safe_light": dict.fromkeys(("seats", "task", "path"), "70% 3000 K"),
    }  # fmt: skip
    scene = {
        "title": "End to end",
        "phases": [
            {"name": name, "duration": f"{LONG:g}s", "playlist": name, "light": name,
             "light_fade": "4s", "crossfade": f"{FADE:g}s"}
            for name in PHASES
        ],
        "check_ins": [
            {"at": f"{at:g}s", "prompt": f"For {who}", "for": who}
            for who, times in BELLS.items()
            for at in times
        ],
    }  # fmt: skip
    house = write_house(folder, rooms__e2e=_plain(room), scenes__e2e=_plain(scene))
    for name, pitch in TONES.items():
        _write_tone(house / f"playlists/{name}.wav", pitch)
        (house / f"playlists/{name}.yaml").write_text(
            f"title: {name}\ntracks:\n  - {{file: {name}.wav, title: {name}, artist: x,"
            " licence: x, instrumental: yes}\n"
        )
    return house


LOOKS = dict(zip(PHASES, (30, 20, 15, 10, 15, 25, 40), strict=True))


def _look(level: int) -> dict[str, str]:
    return {"seats": f"{level}% 2200 K", "task": f"{level}%", "path": f"{level}%"}


def _plain(document: dict[str, Any]) -> str:
    """YAML as a person would write it: no quotes around lists."""
    return str(yaml.safe_dump(document, sort_keys=False)).replace("'", "")


def _write_tone(path: Path, pitch: float) -> None:
    """A stereo tone at -17 dBFS, longer than a phase and its crossfade."""
    time_axis = np.arange(round(RATE * (LONG + FADE + 3))) / RATE
    samples = (0.2 * 32767 * np.sin(2 * np.pi * pitch * time_axis)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.repeat(samples, 2).tobytes())


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """The whole session, played once for all tests of this file.

    It is played again if the machine was too busy to play all of it.
    """
    return retaken(lambda: _play(tmp_path_factory.mktemp("e2e")), _is_whole)


def _play(folder: Path) -> Heard:
    with ExitStack() as stack:
        broker = stack.enter_context(Mosquitto(folder))
        house = _house(folder / "house", broker.port)
        pulse = stack.enter_context(Pulse(folder, channels=4))
        room = load_room(House(house), "e2e")
        lamps = [
            stack.enter_context(VirtualLamp(fixture, MonotonicClock(), broker.port))
            for fixture in room.lights
        ]
        daemon = stack.enter_context(Daemon(house, "e2e", {**os.environ, **pulse.env}))
        recording = folder / "room.raw"
        stack.enter_context(pulse.recording(recording))
        daemon.run("start", "e2e")
        heard = _watch(daemon, lamps, recording)
        heard.broker_log = (folder / "mosquitto.log").read_text()
        return heard


def _watch(daemon: Daemon, lamps: list[VirtualLamp], recording: Path) -> Heard:
    """Follow the session to its end, and tie the recording's time to the session's."""
    heard = Heard(np.zeros(0), 0.0, "")
    offsets, begins = [], []
    while True:
        offsets.append(time.monotonic() - recording.stat().st_size / (RATE * 4 * 4))
        before = time.monotonic()
        status = daemon.ask_status()
        session = status["session"]
        if session["phase"] is None:
            break
        begins.append((before + time.monotonic()) / 2 + LEAD - session["elapsed"])
        if 0.3 < session["phase_left"] < 1.0 and session["mode"] == "running":
            name = session["phases"][session["phase"]]["name"]
            heard.seen[name] = {lamp.fixture.id: float(lamp.level_now) for lamp in lamps}
        heard.last = status
        time.sleep(0.02)
    heard.begin = float(np.median(begins)) - min(offsets)
    time.sleep(1.0)  # a little of the silence that follows, for the recording
    raw = np.fromfile(recording, np.float32)
    heard.sound = raw[: len(raw) // 4 * 4].reshape(-1, 4).astype(np.float64)
    return heard


def between(heard: Heard, start: float, end: float, channel: int = SPEAKERS) -> Signal:
    """The recording from `start` to `end`, in seconds of the session."""
    first = round((heard.begin + start) * RATE)
    return heard.sound[first : first + round((end - start) * RATE), channel]


def power_below(signal: Signal, limit: float) -> float:
    """Mean power of what lies below `limit` Hz, in a window that hides its own ends."""
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) ** 2
    pitches = np.fft.rfftfreq(len(signal), 1 / RATE)
    return float(spectrum[pitches < limit].sum() / len(signal) ** 2)


def decibels(ratio: float) -> float:
    """A ratio of powers in dB."""
    return float(10 * np.log10(ratio))


@pytest.mark.parametrize(("index", "name"), list(enumerate(PHASES)))
def test_every_phase_has_its_music(heard: Heard, index: int, name: str) -> None:
    """When its crossfade is over, a phase sounds of its own tone alone."""
    pitch, other = _tone(heard, index)
    assert abs(pitch - TONES[name]) < 1.0
    assert other < NO_TONE


def _tone(heard: Heard, index: int) -> tuple[float, float]:
    """The pitch that a phase sounds of (Hz), and how strong any other is beside it."""
    steady = between(heard, index * LONG + FADE + 0.3, (index + 1) * LONG - 0.3)
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady))))
    pitches = np.fft.rfftfreq(len(steady), 1 / RATE)
    low = pitches < 200
    pitch = float(pitches[low][np.argmax(spectrum[low])])
    far = low & (np.abs(pitches - pitch) > 8)
    return pitch, float(spectrum[far].max() / spectrum[low].max())


def _is_whole(heard: Heard) -> bool:
    """No gap, and no click in any phase."""
    return _gap(heard) < NO_GAP and all(_tone(heard, n)[1] < NO_TONE for n in range(len(PHASES)))


def test_there_is_no_gap(heard: Heard) -> None:
    """From the first second to the last fade there is no silence longer than 50 ms."""
    assert _gap(heard) < NO_GAP


def _gap(heard: Heard) -> float:
    sound = np.abs(between(heard, 1.0, len(PHASES) * LONG))
    loud = np.flatnonzero(sound > 1e-3)
    return float(np.diff(loud).max() / RATE) if len(loud) > 1 else float("inf")


def test_crossfades_hold_their_power(heard: Heard) -> None:
    """Through each change of phase the music's power stays within 0.5 dB."""
    windows = [
        power_below(between(heard, at, at + 0.5), 200)
        for change in np.arange(1, len(PHASES)) * LONG
        for at in np.arange(change - 0.5, change + FADE, 0.1)
        if not _is_ducked(at)
    ]
    steady = power_below(between(heard, FADE + 0.5, FADE + 1.0), 200)
    deviations = [decibels(power / steady) for power in windows]
    print(f"largest deviation {max(map(abs, deviations)):.3f} dB in {len(deviations)} windows")
    assert max(map(abs, deviations)) < 0.5


def _is_ducked(at: float) -> bool:
    """The music makes room for a chime in the room: down, four seconds, and slowly up again."""
    return any(-1.5 < at - bell < 7.5 for bell in BELLS["room"])


@pytest.mark.parametrize(
    ("channel", "due"),
    [(SPEAKERS, at) for at in BELLS["room"]] + [(STAFF, at) for at in BELLS["staff"]],
)
def test_chimes_come_in_time(heard: Heard, channel: int, due: float) -> None:
    """Each chime is heard within 100 ms of its moment."""
    late = _onset(between(heard, due - 1.0, due + 1.0, channel)) - 1.0
    print(f"chime at {due:g} s heard {1000 * late:+.0f} ms late")
    assert abs(late) < 0.1


def _onset(signal: Signal) -> float:
    """Seconds until something above the music's tones begins: a tenth of its later strength."""
    spectrum = np.fft.rfft(signal)
    spectrum[np.fft.rfftfreq(len(signal), 1 / RATE) < 200] = 0
    bell = np.abs(np.fft.irfft(spectrum, len(signal)))[RATE // 10 : -RATE // 10]
    return float(np.argmax(bell > 0.1 * bell.max()) / RATE + 0.1)


def test_a_staff_chime_is_for_staff_alone(heard: Heard) -> None:
    """The speakers carry nothing of the staff's bell, and the staff none of the music."""
    due = BELLS["staff"][0]
    speakers, staff = (between(heard, due, due + 1.0, channel) for channel in (SPEAKERS, STAFF))
    high = [power_below(signal, RATE) - power_below(signal, 200) for signal in (speakers, staff)]
    assert decibels(high[0] / high[1]) < -40
    assert not between(heard, 4.0, 11.0, STAFF).any()


@pytest.mark.parametrize("name", PHASES)
def test_the_lamps_reach_their_looks(heard: Heard, name: str) -> None:
    """Before each phase ends, each lamp shows its look within a unit of the device."""
    assert heard.seen[name] == pytest.approx(
        dict.fromkeys(("seat", "task", "path"), LOOKS[name] / 100), abs=0.012
    )


def test_nothing_that_commands_is_retained(heard: Heard) -> None:
    """The broker's log holds kacenv's commands, none of them kept for a lamp that comes later."""
    received = [line for line in heard.broker_log.splitlines() if "Received PUBLISH from" in line]
    commands = [line for line in received if "/set'" in line or "'p/path'" in line]
    assert len(commands) >= 3 * len(PHASES)
    assert all(", r0," in line for line in commands)


def test_staff_saw_every_check_in(heard: Heard) -> None:
    """Each check-in was shown once."""
    shown = [told["text"] for told in heard.last["told"] if told["check_in"]]
    assert sorted(shown) == ["For room", "For room", "For staff"]


def test_the_session_ended_by_itself_in_time(heard: Heard) -> None:
    """After the last phase the music fades out, and then there is silence."""
    end = len(PHASES) * LONG
    assert power_below(between(heard, end, end + 1.0), 200) > 0
    assert np.abs(between(heard, end + FADE + 0.3, end + FADE + 0.4)).max() < 1e-4
