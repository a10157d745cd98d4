"""One session in the tone house for real: daemon, broker, lamps, sound server; recorded."""

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from support.daemon import Daemon
from support.mosquitto import Mosquitto
from support.pulse import Pulse
from support.tone_figures import Recording
from support.tone_house import NAME, SPEAKERS, tone_house
from support.waiting import wait_until

from kacenv.config import House, load_room
from kacenv.devices.audio.samples import RATE
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.engine.step import LEAD
from kacenv.system.clock import MonotonicClock

_PATIENCE = 300.0
_LOOK_EVERY = 0.1
_CHANNELS = 4
_QUIET = RATE // 2
"""Frames of silence after which the session's sound is over."""


@dataclass
class Lived:
    """What a session left behind.

    `levels` are those that each lamp was led to, in order; `shown` its level at each phase's end.
    """

    recording: Recording
    broker_log: str
    last: Any
    levels: dict[str, list[float]]
    shown: dict[str, dict[str, float]]


@dataclass
class _Watch:
    """What is seen of a session while it lasts, and when: `begins` of the session, of `file`."""

    begins: list[float] = field(default_factory=list)
    file: list[float] = field(default_factory=list)
    last: Any = None
    shown: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def begin(self) -> float:
        """Where in the recording the session begins, in seconds."""
        return float(np.median(self.begins)) - min(self.file)


def live(folder: Path) -> Lived:
    """Play the session from its start to the silence that follows."""
    with ExitStack() as stack:
        broker = stack.enter_context(Mosquitto(folder))
        house = tone_house(folder / "house", broker.port)
        pulse = stack.enter_context(Pulse(folder, channels=_CHANNELS))
        lamps = [
            stack.enter_context(VirtualLamp(fixture, MonotonicClock(), broker.port))
            for fixture in load_room(House(house), NAME).lights
        ]
        daemon = stack.enter_context(Daemon(house, NAME, {**os.environ, **pulse.env}))
        recording = folder / "room.raw"
        stack.enter_context(pulse.recording(recording))
        daemon.told("start", NAME)
        watch = _follow(daemon, lamps, recording)
        _await_silence(pulse, recording)
        return Lived(
            Recording(pulse.read(recording).astype(np.float64), watch.begin),
            (folder / "mosquitto.log").read_text(),
            watch.last,
            {lamp.fixture.id: [float(fade.target) for fade in lamp.levels] for lamp in lamps},
            watch.shown,
        )


def _follow(daemon: Daemon, lamps: list[VirtualLamp], recording: Path) -> _Watch:
    """Look on until the session has ended."""
    watch, deadline = _Watch(), time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        before = time.monotonic()
        watch.file.append(before - recording.stat().st_size / (RATE * 4 * _CHANNELS))
        status = daemon.ask_status()
        session = status["session"]
        if session["phase"] is None:
            return watch
        watch.last = status
        watch.begins.append((before + time.monotonic()) / 2 + LEAD - session["elapsed"])
        if 0.3 < session["phase_left"] < 1.0:
            name = session["phases"][session["phase"]]["name"]
            watch.shown[name] = {lamp.fixture.id: float(lamp.level_now) for lamp in lamps}
        time.sleep(_LOOK_EVERY)
    raise TimeoutError("the session doesn't end")


def _await_silence(pulse: Pulse, recording: Path) -> None:
    """Wait until the last fade is over."""
    wait_until(lambda: np.abs(pulse.read(recording)[-_QUIET:, SPEAKERS]).max() == 0)
