"""Chime player for a MIDI instrument that may be disconnected and reconnected."""

import heapq
import itertools
import logging
import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

import mido

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.midi.hot_plug import LOOK_EVERY, HotPlugLoop, now
from kacenv.devices.midi.rtmidi_ports import load_rtmidi
from kacenv.model.chime import Note, Phrase
from kacenv.model.commands import StrikeChime
from kacenv.system.clock import Clock

_TUBULAR_BELLS = 14
_HELD = Seconds(6.0)
SOFTEST: Final = 12
STRONGEST: Final = 80
"""Range of the velocity of a chime's strongest note."""
_MIDDLE = 64, Decibels(-20.0)
"""Reference point: a velocity, and the peak (dBFS) of the built-in bell that it matches."""
_TOO_LATE = Seconds(1.0)
_ALL_SOUND_OFF = 120
_ALL_NOTES_OFF = 123
_MIDO: Any = mido
"""Untyped alias: mido makes its functions at run time."""
_log = logging.getLogger(__name__)


class TimedMessage(NamedTuple):
    """MIDI message, `offset` seconds after the chime's start."""

    offset: Seconds
    message: mido.Message


def velocity_of(peak: Decibels) -> int:
    """Return the velocity that sounds about as loud as the built-in bell with that peak (dBFS).

    64 * 10^((peak + 20) / 40), within `SOFTEST` and `STRONGEST`: instruments attenuate a note by 40
    * log10(127 / velocity) dB (SoundFont 2.04, 8.4.1, as FluidSynth reads it), so half the velocity
    is 12 dB less. At -20 dBFS, where the bell is loudest by default, it is 64.
    """
    velocity, level = _MIDDLE
    return round(min(max(velocity * 10 ** ((peak - level) / 40), SOFTEST), STRONGEST))


def messages(phrase: Phrase, strongest: int) -> tuple[TimedMessage, ...]:
    """Return the MIDI messages of a chime, sorted by time.

    Its strongest note has the velocity `strongest`; the others are scaled in proportion.
    """
    first = TimedMessage(Seconds(0.0), _message("program_change", program=_TUBULAR_BELLS))
    most = max(note.velocity for note in phrase.notes)
    begins, ends = [], []
    for note in phrase.notes:
        velocity = max(1, round(note.velocity * strongest / most))
        on = _message("note_on", note=note.pitch, velocity=velocity)
        begins.append(TimedMessage(note.offset, on))
        ends.append(TimedMessage(_end(note, phrase), _message("note_off", note=note.pitch)))
    return tuple(sorted([first, *ends, *begins], key=lambda timed: timed.offset))


def _end(note: Note, phrase: Phrase) -> Seconds:
    """Return a note's end: after six seconds, or at the next stroke of the same pitch."""
    again = [
        other.offset
        for other in phrase.notes
        if other.pitch == note.pitch and other.offset > note.offset
    ]
    return Seconds(min([note.offset + _HELD, *again]))


def _message(kind: str, **values: int) -> mido.Message:
    return mido.Message(kind, **values)  # type: ignore[no-untyped-call]  # mido has no types


class MidiOutputPort(Protocol):
    """MIDI output."""

    def send(self, message: mido.Message) -> None:
        """Send one message; raise OSError on failure."""
        ...

    def close(self) -> None:
        """Close the port."""
        ...


class MidiOutputs(Protocol):
    """MIDI outputs of the machine; both methods raise OSError without MIDI."""

    def output_names(self) -> Sequence[str]:
        """Return the names of the available outputs."""
        ...

    def open(self, name: str) -> MidiOutputPort:
        """Open an output."""
        ...


class RtMidiOutputs:
    """MIDI outputs of this machine."""

    def output_names(self) -> Sequence[str]:
        """Return the names of the available outputs; raise OSError without MIDI."""
        load_rtmidi()
        return _MIDO.get_output_names()  # type: ignore[no-any-return]  # mido has no types

    def open(self, name: str) -> MidiOutputPort:
        """Open an output; raise OSError on failure."""
        return _MIDO.open_output(name)  # type: ignore[no-any-return]  # mido has no types


class MidiChimePlayer(HotPlugLoop[MidiOutputPort]):
    """Plays chimes on the first MIDI output whose name contains `port_name`.

    Sends the messages on its own thread, which also reopens the port after a disconnection.
    """

    def __init__(
        self,
        port_name: str,
        clock: Clock,
        system: MidiOutputs | None = None,
        look_every: Seconds = LOOK_EVERY,
    ) -> None:
        super().__init__(port_name, look_every, "midi-chimes")
        self._clock = clock
        self._system = system or RtMidiOutputs()
        self._due: list[tuple[float, int, mido.Message]] = []
        self._order = itertools.count()
        self._look_at = Seconds(now() + self._look())
        self._thread.start()

    @property
    def port(self) -> str | None:
        """Return the name of the open port; None without one."""
        return self._port_name if self._port else None

    def perform(self, command: StrikeChime, peak: Decibels) -> bool:
        """Schedule a chime; return False without a port, so that the built-in bell rings instead.

        `peak` (dBFS) is the level that the built-in bell would have.
        """
        with self._wake:
            if self._port is None or self._closing:
                return False
            if self._clock.now() - command.at <= _TOO_LATE:
                for offset, message in messages(command.chime, velocity_of(peak)):
                    entry = (command.at + offset, next(self._order), message)
                    heapq.heappush(self._due, entry)
                self._wake.notify()
            return True

    def _names(self) -> Sequence[str]:
        return self._system.output_names()

    def _open(self, name: str) -> MidiOutputPort:
        return self._system.open(name)

    def _opened(self) -> None:
        self._silence()

    def _closed(self) -> None:
        if not self._closing:
            _log.warning("the MIDI port %s has gone; the built-in bell rings", self._port_name)
        with self._wake:
            self._due.clear()

    def _finish(self) -> None:
        self._silence()

    def _run_due(self) -> Seconds:
        while self._due and self._due[0][0] <= self._clock.now():
            self._send(heapq.heappop(self._due)[2])
        return Seconds(self._due[0][0] - self._clock.now() if self._due else math.inf)

    def _send(self, message: mido.Message) -> None:
        try:
            if self._port:
                self._port.send(message)
        except Exception:  # noqa: BLE001 - MIDI libraries raise undocumented types
            self._close_port()

    def _silence(self) -> None:
        for channel in range(16):
            for control in (_ALL_NOTES_OFF, _ALL_SOUND_OFF):
                self._send(_message("control_change", channel=channel, control=control))
