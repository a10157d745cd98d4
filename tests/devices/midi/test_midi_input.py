"""A pedal's port that comes and goes, floods, and is never trusted too far."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from support.waiting import PATIENCE, wait_until

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.midi.control_map import FLOOD
from kacenv.devices.midi.midi_input import MidiControls, MidiInputPort, OnMessage
from kacenv.model.requests import Hold, Next, Press, Stop, Volume
from kacenv.model.room import Controls

SOON = Seconds(0.02)
MAP = Controls.model_validate(
    {
        "port": "Pedal",
        "map": [
            {"on": "note 60", "do": "hold"},
            {"on": "note 61", "do": "next"},
            {"on": "note 62", "do": "stop"},
            {"on": "control 7", "do": "volume"},
        ],
    }
)
HOLD, NEXT = (0x90, 60, 100), (0x90, 61, 100)
STOP, LIFT = (0x90, 62, 100), (0x80, 62, 0)


class MemoryPort:
    """A port that can be played on, until it is closed."""

    def __init__(self, hear: OnMessage) -> None:
        self._hear = hear
        self.closed = False
        self.alive = True

    def play(self, *data: int, at: float | None = None) -> None:
        """Let one message arrive, as a port's own thread would, now or late."""
        if not self.closed:
            self._hear(data, Seconds(time.monotonic() if at is None else at))

    def close(self) -> None:
        """OnMessage nothing more."""
        self.closed = True


class MemoryInputs:
    """A machine whose inputs can be plugged in and out; None for one without MIDI."""

    def __init__(self, names: list[str] | None) -> None:
        self.names_now = names
        self.ports: list[MemoryPort] = []
        self.stuck = False

    def names(self) -> Sequence[str]:
        """The ports plugged in."""
        if self.names_now is None:
            msg = "ALSA has no sequencer"
            raise OSError(msg)
        return list(self.names_now)

    def open(self, name: str, hear: OnMessage) -> MidiInputPort:
        """A new port."""
        assert name in self.names()
        if self.stuck:
            msg = "busy"
            raise OSError(msg)
        self.ports.append(MemoryPort(hear))
        return self.ports[-1]


class Room:
    """A room that remembers what it was asked and told."""

    def __init__(self) -> None:
        self.pressed: list[Press] = []
        self.told: list[str] = []
        self._changed = threading.Condition()

    def press(self, request: Press) -> None:
        """Remember a press."""
        with self._changed:
            self.pressed.append(request)
            self._changed.notify_all()

    def tell(self, text: str) -> None:
        """Remember what staff were told."""
        with self._changed:
            self.told.append(text)
            self._changed.notify_all()

    def volume(self, output: str | None) -> Decibels:
        """The plan's."""
        assert output is None
        return Decibels(0.0)

    def wait(self, true: Callable[[], object]) -> None:
        """Wait until something is so."""
        with self._changed:
            assert self._changed.wait_for(true, PATIENCE)


class Desk:
    """A room with controls, and the port they are on."""

    def __init__(self, names: list[str] | None) -> None:
        self.inputs, self.room = MemoryInputs(names), Room()
        self.controls = MidiControls(MAP, self.room, self.inputs, SOON)

    @property
    def port(self) -> MemoryPort:
        """The newest port, as soon as there is one."""
        wait_until(lambda: self.inputs.ports and not self.inputs.ports[-1].closed)
        return self.inputs.ports[-1]


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A room whose pedal is plugged in."""
    one = Desk(["Through 14:0", "USB PEDAL MIDI 1"])
    yield one
    one.controls.close()


def test_a_press_arrives_at_once(desk: Desk) -> None:
    """The request is on its way before the port's thread goes on, and staff hear nothing of it."""
    desk.port.play(*HOLD)
    assert desk.room.pressed == [Hold()]
    assert desk.room.told == []
    assert desk.controls.note is None


def test_bytes_that_mean_nothing_do_nothing(desk: Desk) -> None:
    """System messages, torn messages, other notes."""
    for data in ((0xF0, 1, 2, 0xF7), (0x90,), (60, 100), (), (0x90, 200, 1), (0x90, 1, 1)):
        desk.port.play(*data)
    desk.port.play(*NEXT)
    assert desk.room.pressed == [Next()]


def test_a_faders_last_word_comes_by_itself(desk: Desk) -> None:
    """When the hand rests, the room is asked for where the fader stands."""
    port = desk.port
    for value in (99, 101, 90, 80, 50):
        port.play(0xB0, 7, value)
    desk.room.wait(lambda: desk.room.pressed and _level(desk.room.pressed[-1]) == -12.0)
    assert len(desk.room.pressed) <= 2


def _level(press: Press) -> float:
    assert isinstance(press, Volume)
    return press.level


def test_a_port_that_goes_and_comes_is_named_once_each(desk: Desk) -> None:
    """Staff hear that it's away and that it's back, and it works again."""
    assert not desk.port.closed
    desk.inputs.names_now = []
    desk.room.wait(lambda: len(desk.room.told) == 1)
    assert "“Pedal” are away" in desk.room.told[0]
    assert desk.controls.note == desk.room.told[0]
    desk.inputs.names_now = ["pedal"]
    desk.room.wait(lambda: len(desk.room.told) == 2)
    assert "heard again" in desk.room.told[1]
    desk.port.play(*HOLD)
    assert desk.room.pressed == [Hold()]
    assert len(desk.inputs.ports) == 2
    assert desk.inputs.ports[0].closed


def test_a_port_that_goes_in_the_middle_of_a_press_stops_nothing(desk: Desk) -> None:
    """However late the release would come, and from which port: half a press is none."""
    desk.port.play(*STOP, at=100.0)
    first = desk.port
    desk.inputs.names_now = []
    wait_until(lambda: first.closed)
    desk.inputs.names_now = ["pedal"]
    desk.port.play(*LIFT, at=102.0)
    assert desk.room.pressed == []
    desk.port.play(*STOP, at=200.0)
    desk.port.play(*LIFT, at=201.2)
    assert desk.room.pressed == [Stop()]


def test_a_tap_that_is_handled_late_stops_nothing(desk: Desk) -> None:
    """When the machine has stood still, a press lasts as long as it did on the cable."""
    now = time.monotonic()
    desk.port.play(*STOP, at=now - 60.0)
    desk.port.play(*LIFT, at=now - 59.9)
    assert desk.room.pressed == []


def test_a_backlog_after_a_stall_is_no_flood(desk: Desk) -> None:
    """What has waited to be handled is counted by when it came."""
    port, now = desk.port, time.monotonic()
    for count in range(2 * FLOOD):
        port.play(0xB0, 1, count % 128, at=now - 8.0 + count / FLOOD * 2)
    port.play(*HOLD)
    assert desk.room.pressed == [Hold()]
    assert not port.closed


def test_a_port_that_hears_no_more_is_opened_anew(desk: Desk) -> None:
    """Its name is there as ever, so nobody would notice; staff needn't."""
    first = desk.port
    first.alive = False
    wait_until(lambda: first.closed)
    desk.port.play(*HOLD)
    assert desk.room.pressed == [Hold()]
    assert desk.room.told == []


def test_a_pedal_under_another_number_is_heard_again(desk: Desk) -> None:
    """Unplugged and plugged in again, ALSA counts on; the room file has the number of before."""
    desk.controls.close()
    inputs, room = MemoryInputs(["USB PEDAL MIDI 1 20:0"]), Room()
    mapped = MAP.model_copy(update={"port": "USB PEDAL MIDI 1 20:0"})
    controls = MidiControls(mapped, room, inputs, SOON)
    wait_until(lambda: inputs.ports)
    inputs.names_now = ["USB PEDAL MIDI 1 24:0"]
    wait_until(lambda: len(inputs.ports) == 2)
    inputs.ports[1].play(*HOLD)
    controls.close()
    assert inputs.ports[0].closed
    assert room.pressed == [Hold()]


def test_two_pedals_of_one_name_are_both_heard_and_told(desk: Desk) -> None:
    """Each with its own presses, and the second from when it is plugged in."""
    first = desk.port
    desk.inputs.names_now = ["USB PEDAL MIDI 1 20:0", "USB PEDAL MIDI 1 24:0"]
    desk.room.wait(lambda: desk.room.told)
    assert first.closed
    one, two = desk.inputs.ports[1:]
    one.play(*STOP, at=100.0)
    two.play(*LIFT, at=101.5)
    assert desk.room.pressed == []
    two.play(*NEXT)
    one.play(*HOLD)
    assert desk.room.pressed == [Next(), Hold()]
    told = "2 MIDI controls are called “USB PEDAL MIDI 1”. Each of them drives the room."
    assert desk.room.told == [told]


def test_of_two_pedals_one_that_cannot_be_opened_silences_none(desk: Desk) -> None:
    """Another program has it; the other one goes on."""
    opened = desk.inputs.open

    def open_first(name: str, hear: OnMessage) -> MidiInputPort:
        if name.endswith("24:0"):
            raise OSError("busy")
        return opened(name, hear)

    desk.inputs.open = open_first  # type: ignore[method-assign] # the machine's own fault
    first = desk.port
    desk.inputs.names_now = ["USB PEDAL MIDI 1 20:0", "USB PEDAL MIDI 1 24:0"]
    wait_until(lambda: first.closed)
    desk.port.play(*HOLD)
    assert desk.room.pressed == [Hold()]


def test_a_port_that_is_there_but_cannot_be_opened_is_away() -> None:
    """Another program has it: staff hear of that, too."""
    inputs, room = MemoryInputs(["pedal"]), Room()
    inputs.stuck = True
    controls = MidiControls(MAP, room, inputs, SOON)
    room.wait(lambda: room.told)
    controls.close()
    assert "away" in room.told[0]


def test_a_machine_without_midi_is_told_once() -> None:
    """The room goes on without controls."""
    desk = Desk(None)
    desk.room.wait(lambda: desk.room.told)
    desk.controls.close()
    desk.controls.close()
    assert len(desk.room.told) == 1


def test_a_flood_presses_once_and_is_shut_out(desk: Desk) -> None:
    """Ten thousand presses are one; the port is closed until it is calm, and staff hear why."""
    port = desk.port
    for _ in range(10_000):
        port.play(*NEXT)
    assert desk.room.pressed == [Next()]
    wait_until(lambda: port.closed)
    desk.room.wait(lambda: desk.room.told)
    assert "send without end" in desk.room.told[0]
    again = desk.port
    for _ in range(FLOOD + 1):
        again.play(*HOLD)
    wait_until(lambda: again.closed)
    assert desk.room.pressed == [Next()]
    desk.room.wait(lambda: len(desk.room.told) == 2)
    assert "heard again" in desk.room.told[1]
    desk.port.play(*HOLD)
    assert desk.room.pressed == [Next(), Hold()]
