"""Chimes: short MIDI phrases, and a MIDI instrument that plays them."""

import heapq
import itertools
import logging
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import mido

from kacenv.clock import Clock
from kacenv.commands import StrikeChime
from kacenv.scene import ChimeName
from kacenv.units import Seconds

_TUBULAR_BELLS = 14
_HELD = Seconds(6.0)
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


class Note(NamedTuple):
    """One stroke: seconds after the chime begins, MIDI pitch and MIDI velocity."""

    offset: Seconds
    pitch: int
    velocity: int


# One or two slow notes, a fifth apart and rising. The alarm melodies of IEC 60601-1-8 are
# three or five quick notes, or two quick ones a third apart and falling.
_NOTES: dict[ChimeName, tuple[Note, ...]] = {
    ChimeName.BELL: (Note(Seconds(0.0), 69, 48),),
    ChimeName.TWO_BELLS: (Note(Seconds(0.0), 69, 44), Note(Seconds(2.0), 76, 38)),
    ChimeName.DEEP_BELL: (Note(Seconds(0.0), 57, 56),),
}


def notes(name: ChimeName) -> tuple[Note, ...]:
    """The strokes of the chime `name`, in the order of their times."""
    return _NOTES[name]


def phrase(name: ChimeName) -> tuple[TimedMessage, ...]:
    """The MIDI messages of the chime `name`, in the order of their times."""
    messages = [TimedMessage(Seconds(0.0), _message("program_change", program=_TUBULAR_BELLS))]
    for note in notes(name):
        on = _message("note_on", note=note.pitch, velocity=note.velocity)
        off = _message("note_off", note=note.pitch)
        messages.append(TimedMessage(note.offset, on))
        messages.append(TimedMessage(Seconds(note.offset + _HELD), off))
    return tuple(sorted(messages, key=lambda timed: timed.offset))


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

    def perform(self, command: StrikeChime) -> bool:
        """Strike in time; False where no port is there, so the built-in bell shall ring."""
        with self._wake:
            if self._port is None or self._closing:
                return False
            if self._clock.now() - command.at <= _TOO_LATE:
                for offset, message in phrase(command.chime):
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
        except OSError:
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
        except OSError:
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
