"""MIDI input for a pedal or controller that may be disconnected and reconnected."""

import logging
import math
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import mido

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.midi.control_map import ControlMap, FloodDetector
from kacenv.devices.midi.hot_plug import LOOK_EVERY, HotPlugLoop, now
from kacenv.devices.midi.port_names import bare_name, namesakes
from kacenv.devices.midi.rtmidi_ports import load_rtmidi
from kacenv.model import room
from kacenv.model.midi_trigger import ArrivalTimes, MidiMessage, message_in
from kacenv.model.requests import Press

WARY: Final = Seconds(1.0)
"""Time (s) for which a port that flooded must be calm before its messages count."""
_FETCH_EVERY = 0.01
"""Polling interval (s), the latency of a press; polling takes half a percent of a core."""
_MIDO: Any = mido
"""Untyped alias: mido makes its functions at run time."""
DEVICES: Final = Path("/dev/snd")
"""Folder of Linux's sound devices."""
OnMessage = Callable[[Sequence[int], Seconds], None]
"""Callback, on the port's thread, with a message's bytes and its arrival time (s)."""
_log = logging.getLogger(__name__)


class MidiInputPort(Protocol):
    """Open MIDI input."""

    @property
    def alive(self) -> bool:
        """Tell if the port still receives; if not, it must be reopened."""
        ...

    def close(self) -> None:
        """Close the port; no callback follows."""
        ...


class MidiInputs(Protocol):
    """MIDI inputs of the machine; both methods raise OSError without MIDI."""

    def names(self) -> Sequence[str]:
        """Return the names of the available inputs."""
        ...

    def open(self, name: str, on_message: OnMessage) -> MidiInputPort:
        """Open an input."""
        ...


class ControlTarget(Protocol):
    """Target of the controls; its methods may be called on any thread."""

    def press(self, request: Press) -> None:
        """Perform a request; tell staff if it isn't possible now."""
        ...

    def tell(self, text: str) -> None:
        """Send a message to staff."""
        ...

    def volume(self, output: str | None) -> Decibels:
        """Return an output's requested level (dB from the plan), or the loudest's."""
        ...


class RtMidiPort:
    """Open input of this machine.

    Polls RtMidi's queue on its own thread. RtMidi's callbacks aren't used: one that waits for
    Python's GIL while the port is closed crashes or deadlocks the process.
    """

    def __init__(self, name: str, on_message: OnMessage) -> None:
        """Open the port; raise OSError if it is gone."""
        self._devices = _devices()
        self._midi = _midi_in()
        names = self._midi.get_ports()
        if name not in names:
            self._midi.delete()
            raise OSError(f"no port {name}")
        try:
            # Under JACK, the time before a message that RtMidi ignores is lost.
            self._midi.ignore_types(sysex=True, timing=False, active_sense=False)
            self._midi.open_port(names.index(name), "controls")
        except (RuntimeError, ValueError) as error:
            self._midi.delete()
            raise OSError(str(error)) from error
        self._on_message, self._over, self._arrivals = on_message, threading.Event(), ArrivalTimes()
        self._thread = threading.Thread(target=self._fetch, name="midi-port", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Tell if the port still receives: no error so far, and the devices are unchanged.

        A pedal that was reconnected has its old name at once, but its old port receives nothing.
        """
        return self._thread.is_alive() and _devices() == self._devices

    def _fetch(self) -> None:
        try:
            while not self._over.wait(_FETCH_EVERY):
                while not self._over.is_set() and (event := self._midi.get_message()):
                    self._take(*event)
        except Exception:  # noqa: BLE001 - the port is reopened after any error
            _log.exception("a MIDI port failed")

    def _take(self, data: Sequence[int], delta: float) -> None:
        try:
            self._on_message(data, self._arrivals.next(delta, now()))
        except Exception:  # noqa: BLE001 - the thread must survive any error
            _log.exception("a MIDI message could not be followed")

    def close(self) -> None:
        """Close the port; no callback follows. Idempotent."""
        if not self._over.is_set():
            self._over.set()
            self._thread.join()
            self._midi.close_port()
            self._midi.delete()


class RtMidiInputs:
    """MIDI inputs of this machine, by the API that mido uses."""

    def names(self) -> Sequence[str]:
        """Return the names of the available inputs; raise OSError without MIDI."""
        midi = _midi_in()
        try:
            return list(midi.get_ports())
        finally:
            midi.delete()

    def open(self, name: str, on_message: OnMessage) -> MidiInputPort:
        """Open an input; raise OSError on failure."""
        return RtMidiPort(name, on_message)


def _midi_in() -> Any:
    rtmidi: Any = load_rtmidi()
    api = _MIDO.backend.api
    return rtmidi.MidiIn(getattr(rtmidi, f"API_{api or 'UNSPECIFIED'}"), "kacenv")


def _devices() -> set[tuple[str, int]]:
    """Return Linux's MIDI devices, each with its unique inode; elsewhere none."""
    try:
        with os.scandir(DEVICES) as entries:
            return {(one.name, one.inode()) for one in entries if one.name.startswith("midi")}
    except OSError:
        return set()


class InputGroup:
    """Open inputs that have one name: pedals of one make are all heard."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._ports: list[MidiInputPort] = []

    def add(self, port: MidiInputPort) -> None:
        """Add an open input."""
        self._ports.append(port)

    @property
    def is_open(self) -> bool:
        """Tell if any of them could be opened."""
        return bool(self._ports)

    @property
    def alive(self) -> bool:
        """Tell if all of them still receive."""
        return all(port.alive for port in self._ports)

    def close(self) -> None:
        """Close them all."""
        for port in self._ports:
            port.close()


class MidiControls(HotPlugLoop[InputGroup]):
    """Receives from the first MIDI input that matches the room's name, and sends mapped requests.

    Others that have the very same name are heard as well, each with its own state. Messages arrive
    on the ports' threads; another thread opens the ports, reopens them after a disconnection, and
    sends faders' postponed requests.
    """

    def __init__(
        self,
        mapped: room.Controls,
        driven: ControlTarget,
        inputs: MidiInputs | None = None,
        look_every: Seconds = LOOK_EVERY,
    ) -> None:
        super().__init__(mapped.port, look_every, "midi-controls")
        self._map = mapped.map
        self._maps: list[ControlMap] = []
        self._traffic = FloodDetector()
        self._listed: Sequence[str] = ()
        self._driven = driven
        self._inputs = inputs or RtMidiInputs()
        self._note: str | None = None
        self._flooded = False
        self._wary_until = Seconds(-math.inf)
        self._thread.start()

    @property
    def note(self) -> str | None:
        """Return the controls' trouble and remedy, for people to read; None without trouble."""
        return self._note

    def _receive(self, controls: ControlMap, data: Sequence[int], at: Seconds) -> None:
        """Handle one message, on its port's thread."""
        if self._flooded:
            return
        with self._wake:
            arrived = now()
            if self._traffic.is_flood(at):
                self._flooded = True
                self._wake.notify()
            elif arrived >= self._wary_until and (message := message_in(data)):
                self._act(controls, message, arrived, at)

    def _act(
        self, controls: ControlMap, message: MidiMessage, arrived: Seconds, at: Seconds
    ) -> None:
        for press in controls.handle(message, arrived, self._driven.volume, at=at):
            self._driven.press(press)
        if controls.due is not None:
            self._wake.notify()

    def _names(self) -> Sequence[str]:
        self._listed = self._inputs.names()
        return self._listed

    def _open(self, name: str) -> InputGroup:
        group = InputGroup(namesakes(self._listed, name))
        for one in group.names:
            controls = ControlMap(self._map)
            try:
                group.add(self._inputs.open(one, partial(self._receive, controls)))
            except Exception as error:  # noqa: BLE001 - MIDI libraries raise undocumented types
                _log.warning("the MIDI port %s can't be opened: %s", one, error)
            else:
                self._maps.append(controls)
        if not group.is_open:
            raise OSError(f"no port {name}")
        return group

    def _opened(self) -> None:
        if self._port is not None and len(self._port.names) > 1:
            self._driven.tell(
                f"{len(self._port.names)} MIDI controls are called “{bare_name(self._port_name)}”. "
                "Each of them drives the room."
            )

    def _is_alive(self, port: InputGroup) -> bool:
        there = namesakes(self._listed, self._port_name)
        return port.alive and sorted(port.names) == sorted(there)

    def _closed(self) -> None:
        self._maps = []

    def _run_due(self) -> Seconds:
        """Send faders' postponed requests; have a flooding port shut out at once."""
        if self._flooded:
            self._look_at = now()
        for controls in self._maps:
            for press in controls.late(now()):
                self._driven.press(press)
        times = [due for one in self._maps if (due := one.due) is not None]
        return Seconds(min(times, default=math.inf) - now())

    def _look(self) -> Seconds:
        if self._flooded:
            self._shut_out()
            return self._look_every
        pause = self._find_port()
        if self._port is None:
            self._say(self._away)
        elif now() >= self._wary_until:
            self._say(None)
        return pause

    @property
    def _away(self) -> str:
        return (
            f"The MIDI controls “{self._wanted}” are away; all other ways to drive the room work."
        )

    def _say(self, note: str | None) -> None:
        """Tell staff of a change, once."""
        if note != self._note:
            self._driven.tell(note or f"The MIDI controls “{self._wanted}” are heard again.")
        self._note = note

    def _shut_out(self) -> None:
        """Close a flooding port; ignore its messages for a while after it is reopened."""
        self._close_port()
        self._flooded, self._traffic = False, FloodDetector()
        self._wary_until = Seconds(now() + self._look_every + WARY)
        self._say(
            f"The MIDI controls “{self._wanted}” send without end and aren't listened to until "
            "they stop. Unplug them and plug them in again."
        )
