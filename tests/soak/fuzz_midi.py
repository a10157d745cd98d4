"""MIDI messages that no pedal sends, to the controls of a running session."""

import asyncio
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from support.devices import MemorySound
from support.sessions import a_phase, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.devices.midi.control_map import FLOOD
from kacenv.devices.midi.midi_input import MidiControls, MidiInputPort, OnMessage
from kacenv.model.mode import Mode
from kacenv.model.requests import Next, Release, Start
from kacenv.model.room import Controls
from kacenv.session.session import Session
from kacenv.system.clock import SimClock
from soak.fuzz import ErrorLog, Tally

HOLD = (0x90, 60, 100)
LIFT = (0x80, 60, 0)
MAP = Controls.model_validate(
    {
        "port": "pedal",
        "map": [
            {"on": "note 60", "do": "hold"},
            {"on": "note 62", "do": "release"},
            {"on": "control 64 above 63", "do": "lights-up"},
            {"on": "control 65 below 64 on channel 2", "do": "lights plan"},
            {"on": "control 7", "do": "volume speakers"},
            {"on": "control 1", "do": "volume"},
            {"on": "program 3", "do": "chime"},
            {"on": "note 64", "do": "extend 5m"},
            {"on": "note 65", "do": "next"},
        ],
    }
)
_NUMBERS = (60, 62, 64, 65, 7, 1, 3)
_CALM = FLOOD / 2
"""Messages a second, few enough to be no flood."""


class Machine:
    """A machine with one input, on which a pedal is played."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self._hear: OnMessage | None = None
        self.alive = True

    def names(self) -> Sequence[str]:
        """The pedal's."""
        return ["pedal"]

    def open(self, name: str, hear: OnMessage) -> MidiInputPort:
        """The pedal's port."""
        assert name == "pedal"
        self._hear = hear
        self.opened.set()
        return self

    def play(self, data: Sequence[int]) -> None:
        """Let one message arrive, as a port's own thread would."""
        assert self._hear is not None
        self._hear(data, Seconds(time.monotonic()))

    def close(self) -> None:
        """Let go of the port."""


def run(folder: Path, count: int, seed: int) -> Tally:
    """Play `count` messages."""
    assert folder.is_dir()
    with ErrorLog(Tally("MIDI messages")) as counted:
        asyncio.run(_live(count, Random(seed), counted))  # noqa: S311 - chance
    return counted


async def _live(count: int, random: Random, counted: Tally) -> None:
    session = Session(a_room(), SimClock(1.0))
    session.devices.sound = MemorySound(session.clock)
    session.submit(Start(a_timeline(*(a_phase(f"phase-{n}", 7000.0) for n in range(1000)))))
    life, machine = asyncio.create_task(session.run()), Machine()
    controls = MidiControls(MAP, session, machine)
    try:
        await asyncio.to_thread(machine.opened.wait, 10.0)
        await asyncio.to_thread(_play, machine, count, random, counted)
        await _still_obeys(session, machine, counted)
    finally:
        await asyncio.to_thread(controls.close)
        life.cancel()


def _play(machine: Machine, count: int, random: Random, counted: Tally) -> None:
    """At a pace that a hand with a stuck cable might reach."""
    began = time.monotonic()
    for number in range(count):
        data, since = _message(random), time.monotonic()
        try:
            machine.play(data)
        except Exception as error:  # noqa: BLE001 - any error is what this looks for
            counted.faults.append(f"{type(error).__name__}: {error!s:.100} for {data}")
        counted.took(since)
        time.sleep(max(0.0, began + number / _CALM - time.monotonic()))


def _message(random: Random) -> list[int]:
    """Half of them concern what is mapped, the others are any bytes."""
    if random.random() < 0.5:
        status = random.choice((0x80, 0x90, 0xB0, 0xC0)) | random.choice((0, 0, 1, 15))
        data = [status, random.choice(_NUMBERS), random.choice((0, 1, 63, 64, 127))]
        return data[: random.choice((1, 2, 3, 3, 3, 3))]
    return [random.randint(0, 255) for _ in range(random.choice((0, 1, 2, 3, 3, 3, 4, 300)))]


async def _still_obeys(session: Session, machine: Machine, counted: Tally) -> None:
    """The session is on, and one press of the pedal holds it."""
    await asyncio.sleep(1.0)
    if session.state.mode is Mode.HELD:
        session.submit(Release())
    machine.play(LIFT)
    machine.play(HOLD)
    deadline = time.monotonic() + 10.0
    while session.state.mode is not Mode.HELD:
        await asyncio.sleep(0.01)
        if time.monotonic() > deadline:
            counted.faults.append(f"the pedal holds nothing: {session.state.mode}")
            return
    session.submit(Next())
