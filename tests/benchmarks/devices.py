"""Devices for real: two together, lost and found again; decoding, a clock without one, MIDI."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from support.decks import rms
from support.houses import FOREIGN_MUSIC
from support.noise import playing_noise
from support.pulse import Pulse
from support.sink_recorder import SinkRecorder, later, recording_sinks
from support.waiting import PATIENCE, wait_until

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.output.sound_device import NullDevice
from kacenv.devices.audio.samples import RATE, Block
from kacenv.devices.midi.chime_player import MidiChimePlayer
from kacenv.model.chime import BELL
from kacenv.model.commands import StrikeChime
from kacenv.model.playlist import Cut
from kacenv.model.room import Output, Role, Room
from kacenv.model.scene import Audience
from kacenv.system.clock import MonotonicClock

TOGETHER, NOTICED, OPENED, PACE, STRUCK = 5.0, 1200.0, 800.0, 150.0, 30.0
"""The aims, in milliseconds."""
_SETTLED, _STROKES = 4.5, 20
_SEATS: Final = (
    Output(id="seat-a", role=Role.SEAT_A, device="left", ceiling="0 dB"),
    Output(id="seat-b", role=Role.SEAT_B, device="right", ceiling="0 dB"),
)
_ROOM: Final = Room(name="bench", outputs=_SEATS)
_WHOLE = 2000.0
"""The aim (ms) for the sound's return, of which its fade takes 0.8 s."""


def report() -> Iterator[str]:
    """A line for each figure."""
    yield from _two_devices()
    yield _line("sound is whole after a server's return in", _whole_again(), _WHOLE)
    yield f"the VLC deck decodes {_decoding():.0f} times as fast as music plays"
    yield _line("a second without a device is off by", _pace(), PACE)
    yield _line("a MIDI note is late by at most", _struck(), STRUCK)


def _two_devices() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Pulse(Path(folder), sink="left", more=("right",)) as pulse,
    ):
        os.environ.update(pulse.env)
        with (
            playing_noise(_ROOM, 120.0) as audio,
            recording_sinks(("left", "right")) as (left, right),
        ):
            yield _line("two devices are apart by", _apart(left, right), TOGETHER)
            pulse.remove("left")
            yield _line("a lost one is missed after", _until(lambda: audio.device_note), NOTICED)
            pulse.restore("left")
            opened = _until(lambda: audio.device_note is None)
            yield _line("once it returns, it is opened after", opened, OPENED)
            with recording_sinks(("left",)) as (again,):
                yield _line("then they are apart by", _apart(again, right), TOGETHER)
            yield f"blocks lost {audio.errors}, underruns {audio.underruns}"


def _apart(one: SinkRecorder, other: SinkRecorder) -> float:
    """Return by how much two devices are heard apart once both have found their pace (ms)."""
    time.sleep(_SETTLED)
    end = time.monotonic() - 0.5
    return 1000 * abs(later(*(recorder.between(end - 1, end) for recorder in (one, other))))


def _until(true: Callable[[], object]) -> float:
    """Wait until something is so; return how long that took (ms)."""
    begun = time.monotonic()
    wait_until(true)
    return 1000 * (time.monotonic() - begun)


def _whole_again() -> float:
    """Return how long after its server's death and return sound takes to be as before (ms)."""
    with tempfile.TemporaryDirectory() as folder:
        pulse, path = Pulse(Path(folder), sink="left", more=("right",)), Path(folder) / "heard"
        os.environ.update(pulse.env)

        def level() -> float:
            return rms(pulse.read(path)[-RATE // 10 :])

        with pulse, playing_noise(_ROOM, 120.0) as audio:
            with pulse.recording(path):
                _until(lambda: level() > 0)
                time.sleep(_SETTLED)
                before = level()
            pulse.stop()
            _until(lambda: audio.device_note)
            pulse.start()
            with pulse.recording(path):
                return _until(lambda: level() > 0.9 * before)


def _decoding() -> float:
    """Return by how much faster than music plays a deck decodes a piece of it."""
    deck, begun, frames = FfmpegDeck(), time.monotonic(), 0
    path = min(FOREIGN_MUSIC.glob("*.ogg"))
    deck.open(Cut(str(path), "x", "x", Seconds(3600.0)))
    while deck.ended_in != 0:
        if deck.failed:
            raise RuntimeError(deck.failed)
        frames += len(deck.read(RATE))
        time.sleep(0.001)
    took = time.monotonic() - begun
    deck.close()
    return frames / RATE / took


def _pace() -> float:
    """Return how far a second of what is pulled without a device is from a second (ms).

    The first block is pulled at once.
    """
    device, pulled = NullDevice(), list[int]()

    def pull(frames: int) -> Block:
        pulled.append(frames)
        return np.zeros((frames, 2), np.float32)

    device.start(pull, lambda: None)
    took = _until(lambda: sum(pulled[:-1]) >= RATE)
    device.close()
    return abs(took - 1000 * sum(pulled[:-1]) / RATE)


class _Port:
    """A MIDI port that notes when a note comes."""

    def __init__(self, clock: MonotonicClock) -> None:
        self._clock = clock
        self.came = threading.Event()
        self.at = Seconds(0.0)

    def send(self, message: object) -> None:
        """Note when."""
        if str(message).startswith("note_on") and not self.came.is_set():
            self.at = self._clock.now()
            self.came.set()

    def close(self) -> None:
        """Nothing to let go of."""


class _Midi:
    """A machine with that one port."""

    def __init__(self, port: _Port) -> None:
        self._port = port

    def output_names(self) -> list[str]:
        """The one."""
        return ["Synth"]

    def open(self, name: str) -> _Port:  # noqa: ARG002 - there is only one
        """That one."""
        return self._port


def _struck() -> float:
    """Return by how much the latest of some notes comes after its time (ms)."""
    clock = MonotonicClock()
    port = _Port(clock)
    chimes = MidiChimePlayer("synth", clock, _Midi(port))
    late = []
    for _ in range(_STROKES):
        at = Seconds(clock.now() + 0.2)
        port.came.clear()
        chimes.perform(StrikeChime(BELL, Audience.STAFF, at), Decibels(-38.0))
        port.came.wait(PATIENCE)
        late.append(port.at - at)
    chimes.close()
    return 1000 * max(late)


def _line(name: str, figure: float, aim: float) -> str:
    missed = "" if figure <= aim else f" (MISSED: {aim:.0f} ms)"
    return f"{name} {figure:.2f} ms{missed}"
