"""Chimes on a MIDI instrument that may come and go."""

import heapq
import itertools
import logging
import threading
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

import mido

from kacenv.clock import Clock
from kacenv.commands import StrikeChime
from kacenv.phrase import Note, Phrase
from kacenv.rtmidi import load_rtmidi
from kacenv.units import Decibels, Seconds

_TUBULAR_BELLS = 14
_HELD = Seconds(6.0)
SOFTEST: Final = 12
STRONGEST: Final = 80
"""No chime's strongest note is struck more softly or harder than with these velocities."""
_MIDDLE = 64, Decibels(-20.0)
"""A velocity, and the peak (dBFS) that the built-in bell has where it is right."""
_TOO_LATE = Seconds(1.0)
_LOOK_EVERY = Seconds(2.0)
_ALL_SOUND_OFF = 120
_ALL_NOTES_OFF = 123
_MIDO: Any = mido
"""Its functions are made at run time, where type checkers can't see them."""
_log = logging.getLogger(__name__)


class TimedMessage(NamedTuple):
    """A MIDI message, `offset` seconds after the chime begins."""

    offset: Seconds
    message: mido.Message


def velocity_of(peak: Decibels) -> int:
    """The velocity that sounds about as loud as the built-in bell does with that peak (dBFS).

    64 * 10^((peak + 20) / 40), within `SOFTEST` and `STRONGEST`: instruments attenuate a note by
    40 * log10(127 / velocity) dB (SoundFont 2.04, 8.4.1, as FluidSynth reads it), so half the
    velocity is 12 dB less. At -20 dBFS, where the bell is loudest by default, it is 64.
    """
    velocity, level = _MIDDLE
    return round(min(max(velocity * 10 ** ((peak - level) / 40), SOFTEST), STRONGEST))


def messages(phrase: Phrase, strongest: int) -> tuple[TimedMessage, ...]:
    """The MIDI messages of a chime in the order of their times.

    Its strongest note has the velocity `strongest`; the others keep their proportion to it.
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
    """When a note is let go: after six seconds, or where the same pitch is struck again."""
    again = [
        other.offset
        for other in phrase.notes
        if other.pitch == note.pitch and other.offset > note.offset
    ]
    return Seconds(min([note.offset + _HELD, *again]))


def _message(kind: str, **values: int) -> mido.Message:
    return mido.Message(kind, **values)  # type: ignore[no-untyped-call]  # mido has no types


class Port(Protocol):
    """A MIDI output."""

    def send(self, message: mido.Message) -> None:
        """Send one message; OSError where that fails."""
        ...

    def close(self) -> None:
        """Let go of the port."""
        ...


class MidiSystem(Protocol):
    """The machine's MIDI outputs; both methods raise OSError where there is no MIDI."""

    def output_names(self) -> Sequence[str]:
        """The outputs there are now."""
        ...

    def open(self, name: str) -> Port:
        """Open one of them."""
        ...


class RtMidi:
    """The MIDI outputs of this machine."""

    def output_names(self) -> Sequence[str]:
        """The outputs there are now; OSError where there is no MIDI."""
        load_rtmidi()
        return _MIDO.get_output_names()  # type: ignore[no-any-return]  # mido has no types

    def open(self, name: str) -> Port:
        """Open one of them; OSError where that fails."""
        return _MIDO.open_output(name)  # type: ignore[no-any-return]  # mido has no types


class MidiChimes:
    """Plays chimes on the first MIDI output whose name contains `port_name`.

    A thread of its own sends each message in its time, and finds the port again when it has
    been away.
    """

    def __init__(
        self,
        port_name: str,
        clock: Clock,
        system: MidiSystem | None = None,
        look_every: Seconds = _LOOK_EVERY,
    ) -> None:
        self._wanted = port_name.casefold()
        self._clock = clock
        self._look_every = look_every
        self._system = system or RtMidi()
        self._port: Port | None = None
        self._port_name = ""
        self._due: list[tuple[float, int, mido.Message]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._closing = False
        self._look_for_port()
        self._thread = threading.Thread(target=self._run, name="midi-chimes", daemon=True)
        self._thread.start()

    @property
    def port(self) -> str | None:
        """The name of the port that plays; None while it is away."""
        return self._port_name if self._port else None

    def perform(self, command: StrikeChime, peak: Decibels) -> bool:
        """Strike in time; False where no port is there, so the built-in bell shall ring.

        `peak` (dBFS) is how loud that bell would be.
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

    def close(self) -> None:
        """Silence the instrument and let go of it; twice does no harm."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._wake:
            while not self._closing:
                self._send_due()
                self._wake.wait(self._pause())
                self._look_for_port()
            self._drop_port()

    def _pause(self) -> float:
        if not self._due:
            return self._look_every
        return max(0.0, min(self._look_every, self._due[0][0] - self._clock.now()))

    def _send_due(self) -> None:
        while self._due and self._due[0][0] <= self._clock.now():
            self._send(heapq.heappop(self._due)[2])

    def _send(self, message: mido.Message) -> None:
        try:
            if self._port:
                self._port.send(message)
        except Exception:  # noqa: BLE001 - MIDI libraries raise whatever they like
            self._lose_port()

    def _look_for_port(self) -> None:
        """Open the port if it has come, forget it if it has gone."""
        try:
            names = self._system.output_names()
            if self._port and self._port_name not in names:
                self._lose_port()
            found = [name for name in names if self._wanted in name.casefold()]
            if not self._port and found:
                self._port, self._port_name = self._system.open(found[0]), found[0]
                self._silence()
        except Exception:  # noqa: BLE001 - MIDI libraries raise whatever they like
            self._lose_port()

    def _lose_port(self) -> None:
        if self._port:
            _log.warning("the MIDI port %s has gone; the built-in bell rings", self._port_name)
        self._due.clear()
        port, self._port = self._port, None
        if port:
            _close(port)

    def _drop_port(self) -> None:
        if self._port:
            self._silence()
            self._lose_port()

    def _silence(self) -> None:
        for channel in range(16):
            for control in (_ALL_NOTES_OFF, _ALL_SOUND_OFF):
                self._send(_message("control_change", channel=channel, control=control))


def _close(port: Port) -> None:
    try:
        port.close()
    except OSError as error:
        _log.warning("closing the MIDI port failed: %s", error)
