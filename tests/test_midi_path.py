"""MIDI for real: a pedal on a JACK server drives a room whose chime rings on a synthesiser."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import mido
import pytest
from support.daemon import KACENV, Daemon
from support.houses import FOREIGN_MUSIC, musical_house
from support.jack import (
    RATE,
    Pedal,
    jack_server,
    played,
    ports,
    recorded_synth,
    strike_note,
)
from support.waiting import wait_until
from typer.testing import CliRunner

from kacenv.cli.midi import app
from kacenv.config import House, load_room
from kacenv.core.errors import DeviceError
from kacenv.devices.midi import midi_input
from kacenv.devices.midi.midi_input import RtMidiInputs, RtMidiPort
from kacenv.model.midi_trigger import message_in

MUSIC = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:1]
NOTE, CONTROL = 0x90, 0xB0
LINKED = (CONTROL, 1, 1)
STALL = 1.0
"""Seconds for which messages are left lying."""
FLOODS = 8
"""How often a port is closed in the middle of a flood; by a callback, no run survived."""
_MIDO: Any = mido  # it has no types
MIDI = """
midi:
  chimes: bell-synth
  controls:
    port: pedal
    map:
      - {on: note 60, do: hold}
      - {on: note 61, do: chime}
      - {on: control 64 above 63, do: release}
      - {on: control 7, do: volume speakers}
"""


class Broken:
    """MIDI that can be closed, and no more."""

    def __init__(self, midi: Any) -> None:
        self.close_port, self.delete = midi.close_port, midi.delete

    def get_message(self) -> None:
        """Fail."""
        msg = "no memory for a message"
        raise RuntimeError(msg)


@pytest.fixture(scope="module")
def jack() -> Iterator[dict[str, str]]:
    """A JACK server that this process and its children use."""
    with pytest.MonkeyPatch.context() as patch, jack_server() as found:
        for name, value in found.items():
            patch.setitem(os.environ, name, value)
        before = _MIDO.backend
        _MIDO.set_backend(found["MIDO_BACKEND"])
        yield found
        _MIDO.set_backend(before)


def link(pedal: Pedal, is_heard: Callable[[], bool], data: tuple[int, ...] = LINKED) -> None:
    """Send until something is heard: what is sent too soon after ports were linked is lost."""

    def arrives() -> bool:
        pedal.send(*data)
        return is_heard()

    wait_until(arrives, "nothing is heard")


@pytest.fixture
def pedal(jack: dict[str, str]) -> Iterator[Pedal]:
    """A pedal that is plugged in."""
    one = Pedal()
    wait_until(lambda: "pedal:out" in ports(jack), "the pedal doesn't come")
    yield one
    one.unplug()


def test_a_pedal_drives_the_room_and_a_synthesiser_rings_its_chime(
    jack: dict[str, str], pedal: Pedal, tmp_path: Path
) -> None:
    """Press for press, over two real connections; the bell is heard as A4, and nothing else is."""
    house = musical_house(tmp_path, MUSIC)
    with (house / "rooms" / "bench.yaml").open("a") as room_file:
        room_file.write(MIDI)
    with recorded_synth(jack, tmp_path) as sound, Daemon(house, "bench") as room:

        def session(key: str) -> object:
            return room.ask_status()["session"][key]

        room.told("start", "bench")
        wait_until(lambda: "kacenv:controls" in ports(jack), "the room doesn't listen")
        assert room.ask_status()["health"]["midi"] is None
        link(pedal, lambda: session("mode") == "held", (NOTE, 60, 100))
        for value in (0, 127):
            pedal.send(CONTROL, 64, value)
        wait_until(lambda: session("mode") == "running", "no release")
        for value in (102, 100, 80, 50):
            pedal.send(CONTROL, 7, value)
        wait_until(lambda: session("volumes") == {"speakers": -12.0}, "no volume")
        silent = len(played(sound))
        assert abs(played(sound)).max() < 0.001
        pedal.send(NOTE, 61, 100)
        wait_until(lambda: abs(played(sound)[silent:]).max(initial=0) > 0.003, "no chime")
        struck = len(played(sound))
        wait_until(lambda: len(played(sound)) > struck + 2 * RATE, "the recording stops")
        assert strike_note(played(sound)[struck : struck + 2 * RATE]) == 69


@pytest.mark.usefixtures("jack")
def test_a_port_is_closed_in_the_middle_of_a_flood() -> None:
    """Again and again, while garbage is collected: it neither crashes nor hangs nor is heard on."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "support.flood", str(FLOODS)],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:].decode()
    assert done.stdout.split() == [b"closed", str(FLOODS).encode(), b"times"]


def test_garbage_and_system_messages_are_nothing(jack: dict[str, str], pedal: Pedal) -> None:
    """Torn messages, data without a status and system messages press nothing; a note after does."""
    heard: list[tuple[int, ...]] = []
    name = next(name for name in RtMidiInputs().names() if "pedal" in name)
    port = RtMidiInputs().open(name, lambda data, _at: heard.append(tuple(data)))
    try:
        link(pedal, lambda: LINKED in heard)
        for data in ((0xF0, *[1] * 200, 0xF7), (0xF8,), (0xFE,), (NOTE, 60, 99)):
            pedal.send(*data)
        wait_until(lambda: (NOTE, 60, 99) in heard, "the note is lost")
    finally:
        port.close()
    assert [data for data in heard if message_in(data) and data != LINKED] == [(NOTE, 60, 99)]
    assert "pedal" in ports(jack)


@pytest.mark.usefixtures("jack")
def test_messages_are_timed_when_they_arrive(pedal: Pedal) -> None:
    """However late they are handled, and whatever clocks came between."""
    heard, free = SimpleQueue[tuple[float, float]](), threading.Event()
    linked = set[object]()

    def hear(data: Sequence[int], at: float) -> None:
        linked.add(hear)
        if data[0] == NOTE:
            heard.put((at, time.monotonic()))
            assert free.wait(30)

    def attest(data: Sequence[int], _at: float) -> None:
        linked.add(attest)
        if data[0] != CONTROL:
            witness.put(data)

    port, witness = RtMidiInputs().open("pedal:out", hear), SimpleQueue[Sequence[int]]()
    other = RtMidiInputs().open("pedal:out", attest)
    try:
        link(pedal, lambda: len(linked) == 2)
        sent = time.monotonic()
        pedal.send(NOTE, 60, 100)
        pressed, _ = heard.get(timeout=30)
        assert pressed >= sent
        free.wait(STALL / 2)
        for data in ((0xF8,), (0xFE,), (NOTE, 60, 0)):
            pedal.send(*data)
        assert [witness.get(timeout=30)[0] for _ in range(4)] == [NOTE, 0xF8, 0xFE, NOTE]
        free.wait(STALL)
        free.set()
        lifted, handled = heard.get(timeout=30)
    finally:
        free.set()
        port.close()
        other.close()
    assert lifted - pressed > STALL / 4
    assert lifted < handled - STALL / 4


@pytest.mark.usefixtures("pedal")
def test_a_port_whose_thread_has_ended_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """MIDI that fails is noted, and the port can be opened anew."""
    port = RtMidiPort("pedal:out", lambda _data, _at: None)
    try:
        assert port.alive
        monkeypatch.setattr(port, "_midi", Broken(port._midi))
        wait_until(lambda: not port.alive, "nobody notices")
    finally:
        port.close()


@pytest.mark.usefixtures("pedal")
def test_a_pedal_plugged_in_again_needs_its_port_opened_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its name is the same, and nothing would be heard; the machine's device is another."""
    device, same_name = tmp_path / "midiC1D0", tmp_path / "other"
    device.touch()
    same_name.touch()
    monkeypatch.setattr(midi_input, "DEVICES", tmp_path)
    port = RtMidiInputs().open("pedal:out", lambda _data, _at: None)
    try:
        assert port.alive
        same_name.rename(device)
        assert not port.alive
    finally:
        port.close()


@pytest.mark.usefixtures("pedal")
def test_ports_are_listed_by_direction() -> None:
    """A pedal is something that comes in."""
    typed = CliRunner().invoke
    assert "in   pedal:out" in typed(app, ["ports"]).output.splitlines()
    told = typed(app, ["ports", "--json"]).output
    assert json.loads(told) == {"inputs": ["pedal:out"], "outputs": []}


def test_what_is_learnt_can_be_pasted(jack: dict[str, str], pedal: Pedal, tmp_path: Path) -> None:
    """The lines of `learn` make a room file that can be used as it is."""
    house = musical_house(tmp_path, MUSIC)
    command = [KACENV, "midi", "learn", "--room", "bench", "--house", str(house)]
    with subprocess.Popen(
        command, env={**os.environ, **jack}, stdout=subprocess.PIPE, text=True
    ) as learning:
        assert learning.stdout is not None
        lines = [learning.stdout.readline() for _ in range(5)]
        # A busy JACK may lose a message, so each press is made until it has been read.
        for press in (((NOTE, 60, 100), (NOTE, 60, 0)), ((CONTROL, 64, 127),)):
            while not select.select([learning.stdout], [], [], 1.0)[0]:
                for data in press:
                    pedal.send(*data)
            lines.append(learning.stdout.readline())
        learning.send_signal(signal.SIGINT)
        assert learning.wait(60) == 130
    with (house / "rooms" / "bench.yaml").open("a") as room_file:
        room_file.writelines(lines)
    controls = load_room(House(house), "bench").midi.controls
    assert controls is not None
    assert controls.port == "pedal:out"
    assert [str(control.on) for control in controls.map] == ["note 60", "control 64 above 63"]


@pytest.mark.usefixtures("pedal")
def test_a_port_nobody_has_is_named_with_those_there_are() -> None:
    """What can be listened to is said."""
    refused = CliRunner().invoke(app, ["learn", "--port", "organ"])
    assert isinstance(refused.exception, DeviceError)
    assert "“organ”; there is: pedal:out" in str(refused.exception)
