"""Chimes: gentle phrases, and a MIDI port that may come and go."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import mido
import pytest

from kacenv.chimes import MidiChimes, Port, RtMidi, notes, phrase
from kacenv.clock import MonotonicClock
from kacenv.commands import StrikeChime
from kacenv.scene import Audience, ChimeName
from kacenv.units import Seconds

PATIENCE = 5.0


class MemoryPort:
    """A port that remembers what it was sent, and when."""

    def __init__(self, clock: MonotonicClock) -> None:
        self._clock = clock
        self.sent: list[tuple[float, Any]] = []  # mido has no types
        self.arrived = threading.Condition()
        self.closed = False
        self.broken = False

    def send(self, message: mido.Message) -> None:
        """Remember `message`."""
        if self.broken:
            msg = "no such device"
            raise OSError(msg)
        with self.arrived:
            self.sent.append((self._clock.now(), message))
            self.arrived.notify_all()

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def of_kind(self, kind: str) -> list[tuple[float, Any]]:
        """The messages of one kind."""
        return [(at, message) for at, message in self.sent if message.type == kind]

    def wait_for(self, kind: str, count: int = 1) -> None:
        """Wait until so many messages of a kind have come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.of_kind(kind)) >= count, PATIENCE)


class MemoryMidi:
    """A machine whose ports can be plugged in and out; None for one without MIDI."""

    def __init__(self, clock: MonotonicClock, names: list[str] | None) -> None:
        self._clock = clock
        self.names = names
        self.ports: list[MemoryPort] = []

    def output_names(self) -> Sequence[str]:
        """The ports plugged in."""
        if self.names is None:
            msg = "ALSA has no sequencer"
            raise OSError(msg)
        return list(self.names)

    def open(self, name: str) -> Port:
        """A new port."""
        assert name in self.output_names()
        self.ports.append(MemoryPort(self._clock))
        return self.ports[-1]


@pytest.fixture
def clock() -> MonotonicClock:
    """The room's clock."""
    return MonotonicClock()


@pytest.fixture
def midi(clock: MonotonicClock) -> MemoryMidi:
    """A machine with two ports."""
    return MemoryMidi(clock, ["Through 14:0", "FluidSynth 128:0"])


@pytest.fixture
def chimes(clock: MonotonicClock, midi: MemoryMidi) -> Iterator[MidiChimes]:
    """Chimes on the port called fluidsynth."""
    chimes = MidiChimes("fluidsynth", clock, midi, look_every=Seconds(0.02))
    yield chimes
    chimes.close()


def bell(at: float, name: ChimeName = ChimeName.BELL) -> StrikeChime:
    """A chime for staff."""
    return StrikeChime(name, Audience.STAFF, Seconds(at))


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("name", ChimeName)
def test_phrases_are_no_alarms(name: ChimeName) -> None:
    """One or two soft notes, seconds apart, rising by a fifth: no melody of IEC 60601-1-8."""
    strokes = notes(name)
    assert 1 <= len(strokes) <= 2
    assert all(stroke.velocity <= 64 for stroke in strokes)
    for first, second in pairwise(strokes):
        assert second.offset - first.offset >= 1.5
        assert second.pitch - first.pitch == 7


@pytest.mark.parametrize("name", ChimeName)
def test_every_note_of_a_phrase_is_released(name: ChimeName) -> None:
    """The messages are in order, and each note that begins also ends."""
    messages = phrase(name)
    offsets = [offset for offset, _ in messages]
    assert offsets == sorted(offsets)
    kinds = [str(message).split()[0] for _, message in messages]
    assert kinds[0] == "program_change"
    assert kinds.count("note_on") == kinds.count("note_off") == len(notes(name))


def test_a_chime_is_played_in_time(
    chimes: MidiChimes, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """A note arrives at its time, within 30 ms, and not before."""
    at = clock.now() + 0.2
    assert chimes.perform(bell(at))
    midi.ports[0].wait_for("note_on")
    arrived, message = midi.ports[0].of_kind("note_on")[0]
    assert 0 <= arrived - at < 0.03
    assert message.note == notes(ChimeName.BELL)[0].pitch


def test_a_chime_too_late_is_not_played(
    chimes: MidiChimes, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """More than a second late a chime is dropped, a little late it rings at once."""
    assert chimes.perform(bell(clock.now() - 1.5))
    assert chimes.perform(bell(clock.now() - 0.5, ChimeName.DEEP_BELL))
    midi.ports[0].wait_for("note_on")
    pitches = [message.note for _, message in midi.ports[0].of_kind("note_on")]
    assert pitches == [notes(ChimeName.DEEP_BELL)[0].pitch]


def test_without_midi_the_built_in_bell_shall_ring(clock: MonotonicClock) -> None:
    """A machine without MIDI answers False and raises nothing."""
    chimes = MidiChimes("fluidsynth", clock, MemoryMidi(clock, None))
    assert not chimes.perform(bell(clock.now()))
    chimes.close()
    chimes.close()


def test_this_machine_is_asked_without_harm(clock: MonotonicClock) -> None:
    """Whether or not this machine has MIDI, a port it doesn't have answers False."""
    chimes = MidiChimes("no such port in the world", clock, RtMidi())
    assert not chimes.perform(bell(clock.now()))
    chimes.close()


def test_a_port_that_goes_and_comes_back(
    chimes: MidiChimes, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """While it is away chimes are refused; back, it is opened anew and silenced."""
    midi.names = ["Through 14:0"]
    wait_until(lambda: chimes.port is None)
    assert midi.ports[0].closed
    assert not chimes.perform(bell(clock.now()))
    midi.names = ["Through 14:0", "FluidSynth 129:0"]
    wait_until(lambda: chimes.port is not None)
    assert chimes.perform(bell(clock.now()))
    midi.ports[1].wait_for("note_on")


def test_a_port_that_breaks_is_opened_anew(
    chimes: MidiChimes, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """When sending fails, the port is given up and found again."""
    midi.ports[0].broken = True
    chimes.perform(bell(clock.now()))
    wait_until(lambda: len(midi.ports) == 2)
    assert midi.ports[0].closed


def test_the_instrument_is_silenced_at_both_ends(chimes: MidiChimes, midi: MemoryMidi) -> None:
    """At the start and at the close all notes and all sound are turned off on every channel."""
    port = midi.ports[0]
    controls = [(message.channel, message.control) for _, message in port.sent]
    everything = {(channel, control) for channel in range(16) for control in (120, 123)}
    assert set(controls) == everything
    port.sent.clear()
    chimes.close()
    assert {(message.channel, message.control) for _, message in port.sent} == everything
    assert port.closed
