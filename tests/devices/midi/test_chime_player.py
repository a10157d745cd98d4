"""Chimes: gentle phrases, and a MIDI port that may come and go."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import mido
import mido.sockets
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.mosquitto import free_port
from support.waiting import PATIENCE, wait_until

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.midi.chime_player import (
    SOFTEST,
    STRONGEST,
    MidiChimePlayer,
    MidiOutputPort,
    RtMidiOutputs,
    messages,
    velocity_of,
)
from kacenv.model.chime import BELL, BUILT_IN, DEEP_BELL, Note, Phrase
from kacenv.model.commands import StrikeChime
from kacenv.model.scene import Audience
from kacenv.system.clock import MonotonicClock

QUIET = Decibels(-38.0)
_SOCKETS: Any = mido.sockets  # mido has no types
LAKE = Phrase(
    "lake",
    (
        Note(Seconds(0.0), 64, 100),
        Note(Seconds(0.0), 71, 50),
        Note(Seconds(2.0), 64, 1),
    ),
)


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

    def open(self, name: str) -> MidiOutputPort:
        """A new port."""
        assert name in self.output_names()
        self.ports.append(MemoryPort(self._clock))
        return self.ports[-1]


class Wire:
    """A machine whose one MIDI output leads to a receiver over TCP: ports of mido's own."""

    def __init__(self) -> None:
        self._number = free_port()
        self._server: Any = _SOCKETS.PortServer("127.0.0.1", self._number)
        self._receiver: Any = None
        self._received: list[Any] = []

    def output_names(self) -> Sequence[str]:
        """The one output."""
        return ["Wire"]

    def open(self, name: str) -> MidiOutputPort:
        """Connect to the receiver."""
        assert name == "Wire"
        port: MidiOutputPort = _SOCKETS.connect("127.0.0.1", self._number)
        self._receiver = self._server.accept()
        return port

    def of_kind(self, kind: str) -> list[Any]:
        """What has been received of one kind so far."""
        self._received += self._receiver.iter_pending()
        return [message for message in self._received if message.type == kind]

    def close(self) -> None:
        """Hang up."""
        self._receiver.close()
        self._server.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A MIDI connection that carries bytes."""
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture
def clock() -> MonotonicClock:
    """The room's clock."""
    return MonotonicClock()


@pytest.fixture
def midi(clock: MonotonicClock) -> MemoryMidi:
    """A machine with two ports."""
    return MemoryMidi(clock, ["Through 14:0", "FluidSynth 128:0"])


@pytest.fixture
def chimes(clock: MonotonicClock, midi: MemoryMidi) -> Iterator[MidiChimePlayer]:
    """Chimes on the port called fluidsynth."""
    chimes = MidiChimePlayer("fluidsynth", clock, midi, look_every=Seconds(0.02))
    yield chimes
    chimes.close()


def bell(at: float, phrase: Phrase = BELL) -> StrikeChime:
    """A chime for staff."""
    return StrikeChime(phrase, Audience.STAFF, Seconds(at))


@pytest.mark.parametrize("phrase", [*BUILT_IN.values(), LAKE], ids=str)
def test_every_note_of_a_phrase_is_released(phrase: Phrase) -> None:
    """The messages are in order, and each note that begins also ends."""
    timed = messages(phrase, 64)
    offsets = [offset for offset, _ in timed]
    assert offsets == sorted(offsets)
    kinds = [str(message).split()[0] for _, message in timed]
    assert kinds[0] == "program_change"
    assert kinds.count("note_on") == kinds.count("note_off") == len(phrase.notes)


def test_a_note_struck_again_is_let_go_first() -> None:
    """A pitch that comes back sounds its whole length; its first stroke doesn't end it."""
    kinds = [(at, str(message).split()[0]) for at, message in messages(LAKE, 64)]
    assert [(at, kind) for at, kind in kinds if at > 0] == [
        (2.0, "note_off"),
        (2.0, "note_on"),
        (6.0, "note_off"),
        (8.0, "note_off"),
    ]


def test_the_strongest_note_sets_the_velocity() -> None:
    """The others keep their proportion to it, and none is struck with nothing."""
    timed: list[Any] = [message for _, message in messages(LAKE, 60)]  # mido has no types
    struck = [message.velocity for message in timed if message.type == "note_on"]
    assert struck == [60, 30, 1]


def test_velocity_follows_the_peak_of_the_bell() -> None:
    """64 where the bell is loudest by default, half of it 12 dB below, and bounded both ways."""
    assert velocity_of(Decibels(-20.0)) == 64
    assert velocity_of(Decibels(-32.0)) == 32
    assert velocity_of(QUIET) == 23
    assert velocity_of(Decibels(-90.0)) == SOFTEST
    assert velocity_of(Decibels(0.0)) == STRONGEST


@given(st.floats(-90, 24), st.floats(-90, 24))
def test_a_louder_chime_is_never_struck_more_softly(one: float, other: float) -> None:
    """Velocity rises with the peak, and stays within its bounds."""
    softer, louder = sorted((one, other))
    first, second = velocity_of(Decibels(softer)), velocity_of(Decibels(louder))
    assert SOFTEST <= first <= second <= STRONGEST


def test_a_chime_is_played_in_time(
    chimes: MidiChimePlayer, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """A note arrives at its time and never before, as strong as the music asks for."""
    at = clock.now() + 0.2
    assert chimes.perform(bell(at), QUIET)
    midi.ports[0].wait_for("note_on")
    arrived, message = midi.ports[0].of_kind("note_on")[-1]
    assert message.note == BELL.notes[0].pitch
    assert message.velocity == velocity_of(QUIET)
    assert arrived >= at


def test_a_port_that_vanishes_while_it_is_opened_is_found_later(
    clock: MonotonicClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MIDI libraries raise more than they say; the chime then rings on the built-in bell."""
    midi = MemoryMidi(clock, ["Synth"])

    def vanish(name: str) -> MidiOutputPort:
        raise ValueError(name)

    with monkeypatch.context() as patch:
        patch.setattr(midi, "open", vanish)
        chimes = MidiChimePlayer("synth", clock, midi, Seconds(0.01))
        assert not chimes.perform(bell(clock.now()), Decibels(-20.0))
    wait_until(lambda: chimes.port == "Synth")
    chimes.close()


def test_a_phrase_arrives_over_a_real_port(wire: Wire, clock: MonotonicClock) -> None:
    """Over mido's own ports the notes come as written, as strong as the music asks for."""
    chimes = MidiChimePlayer("wire", clock, wire)
    assert chimes.port == "Wire"
    for peak in (Decibels(-20.0), QUIET):
        assert chimes.perform(bell(clock.now(), LAKE), peak)
    wait_until(lambda: len(wire.of_kind("note_on")) >= 4)
    chimes.close()
    struck = [(message.note, message.velocity) for message in wire.of_kind("note_on")]
    assert struck[:4] == [(64, 64), (71, 32), (64, 23), (71, 12)]


def test_a_chime_too_late_is_not_played(
    chimes: MidiChimePlayer, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """More than a second late a chime is dropped, a little late it rings at once."""
    assert chimes.perform(bell(clock.now() - 1.5), QUIET)
    assert chimes.perform(bell(clock.now() - 0.5, DEEP_BELL), QUIET)
    midi.ports[0].wait_for("note_on")
    pitches = [message.note for _, message in midi.ports[0].of_kind("note_on")]
    assert pitches == [DEEP_BELL.notes[0].pitch]


def test_without_midi_the_built_in_bell_shall_ring(clock: MonotonicClock) -> None:
    """A machine without MIDI answers False and raises nothing."""
    chimes = MidiChimePlayer("fluidsynth", clock, MemoryMidi(clock, None))
    assert not chimes.perform(bell(clock.now()), QUIET)
    chimes.close()
    chimes.close()


def test_this_machine_is_asked_without_harm(clock: MonotonicClock) -> None:
    """Whether or not this machine has MIDI, a port it doesn't have answers False."""
    chimes = MidiChimePlayer("no such port in the world", clock, RtMidiOutputs())
    assert not chimes.perform(bell(clock.now()), QUIET)
    chimes.close()


def test_a_port_that_goes_and_comes_back(
    chimes: MidiChimePlayer, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """While it is away chimes are refused; back, it is opened anew and silenced."""
    midi.names = ["Through 14:0"]
    wait_until(lambda: chimes.port is None)
    assert midi.ports[0].closed
    assert not chimes.perform(bell(clock.now()), QUIET)
    midi.names = ["Through 14:0", "FluidSynth 129:0"]
    wait_until(lambda: chimes.port is not None)
    assert chimes.perform(bell(clock.now()), QUIET)
    midi.ports[1].wait_for("note_on")


def test_a_port_that_breaks_is_opened_anew(
    chimes: MidiChimePlayer, midi: MemoryMidi, clock: MonotonicClock
) -> None:
    """When sending fails, the port is given up and found again."""
    midi.ports[0].broken = True
    chimes.perform(bell(clock.now()), QUIET)
    wait_until(lambda: len(midi.ports) == 2)
    assert midi.ports[0].closed


def test_the_instrument_is_silenced_at_both_ends(chimes: MidiChimePlayer, midi: MemoryMidi) -> None:
    """At the start and at the close all notes and all sound are turned off on every channel."""
    port = midi.ports[0]
    controls = [(message.channel, message.control) for _, message in port.sent]
    everything = {(channel, control) for channel in range(16) for control in (120, 123)}
    assert set(controls) == everything
    port.sent.clear()
    chimes.close()
    assert {(message.channel, message.control) for _, message in port.sent} == everything
    assert port.closed
