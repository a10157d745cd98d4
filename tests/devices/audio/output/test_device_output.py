"""The output: pulls without end, through faults of devices and mixers."""

import logging
import threading

import numpy as np
import pytest
from support.sound_devices import PulledDevice
from support.waiting import PATIENCE, wait_until

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output.device_output import DeviceOutput, StallDetector
from kacenv.devices.audio.output.sound_device import Device, NullDevice, Pull, SoundDevice
from kacenv.devices.audio.samples import RATE, Block

CHECK = Seconds(0.05)


def a_device() -> PulledDevice:
    """A device that is heard a quarter of a second later."""
    return PulledDevice(Seconds(0.25))


class DeviceQueue:
    """Source of devices for an output; opening fails while it is empty."""

    def __init__(self, *devices: PulledDevice) -> None:
        self.devices = list(devices)

    def open(self) -> Device:
        """Return the next device."""
        if not self.devices:
            msg = "no sound device was found"
            raise DeviceError(msg)
        return self.devices.pop(0)


class OneHolderCard:
    """A sound card for one program at a time; opening it waits until it is free, as ALSA does."""

    def __init__(self) -> None:
        self.holder: PulledDevice | None = None
        self.held_when_opened: list[bool] = []

    def open(self) -> Device:
        """Return a device when the one before is closed."""
        self.held_when_opened.append(self._is_held())
        wait_until(lambda: not self._is_held())
        self.holder = a_device()
        return self.holder

    def _is_held(self) -> bool:
        return self.holder is not None and not self.holder.closed


def ones(frames: int) -> Block:
    """Return full-scale samples."""
    return np.ones((frames, 2), np.float32)


def make(source: Pull, queue: DeviceQueue, latencies: list[Seconds] | None = None) -> DeviceOutput:
    """Return an output on the devices of `queue`."""
    heard = latencies if latencies is not None else []
    return DeviceOutput(
        source, 2, queue.open, lambda device: heard.append(device.latency), check_every=CHECK
    )


def test_an_error_costs_one_block(caplog: pytest.LogCaptureFixture) -> None:
    """A source that raises is logged and counted; silence is played and the next block asked."""
    calls = iter([ones, None, ones])

    def source(frames: int) -> Block:
        call = next(calls)
        if call is None:
            msg = "broken"
            raise ZeroDivisionError(msg)
        return call(frames)

    device = a_device()
    output = DeviceOutput(source, 2, DeviceQueue(device).open, lambda _: None, Seconds(60.0))
    output.start()
    with caplog.at_level(logging.ERROR):
        blocks = [device.ask(), device.ask(), device.ask()]
    output.close()
    assert [block.all() for block in blocks] == [True, False, True]
    assert blocks[1].shape == (480, 2)
    assert output.errors == 1
    assert "a block of sound was lost" in caplog.text


def test_without_a_device_it_goes_on_silently() -> None:
    """The note says what happened and what to do, and the source is pulled on and on."""
    pulled: list[int] = []

    def source(frames: int) -> Block:
        pulled.append(frames)
        return ones(frames)

    output = make(source, DeviceQueue())
    output.start()
    assert output.device == "none"
    assert output.note is not None
    assert "No sound device was found. The session goes on silently." in output.note
    wait_until(lambda: sum(pulled) >= RATE / 2)
    output.close()
    assert output.errors == 0


def test_a_device_that_comes_later_is_used_and_fades_in() -> None:
    """Sound begins softly on a device that is plugged in during the session."""
    queue, latencies = DeviceQueue(), list[Seconds]()
    output = make(ones, queue, latencies)
    output.start()
    device = a_device()
    queue.devices.append(device)
    wait_until(lambda: device.started)
    sound = np.concatenate([device.ask() for _ in range(300)])
    output.close()
    assert output.note is None
    assert latencies == [0.0, 0.25]
    assert sound[0, 0] < 0.01
    assert np.abs(np.diff(sound[:, 0])).max() < 0.001
    assert sound[-1, 0] == 1.0
    assert device.closed


def test_a_fade_in_begins_with_a_silence() -> None:
    """What leaps in the next 0.4 s isn't heard; nor does the way there and back break off."""
    device = a_device()
    output = DeviceOutput(ones, 2, DeviceQueue(device).open, lambda _: None, Seconds(60.0))
    output.start()
    before = device.ask()
    output.fade_in()
    sound = np.concatenate((before, *(device.ask() for _ in range(200))))[:, 0]
    output.close()
    assert not sound[960 : round(0.4 * RATE)].any()
    assert np.abs(np.diff(sound)).max() < 0.003
    assert sound[-1] == 1.0


def test_a_device_that_stops_is_replaced() -> None:
    """When a device no longer asks for sound, another is opened, or silence pulls on."""
    first, second = a_device(), a_device()
    output = make(ones, DeviceQueue(first, second))
    output.start()
    first.ask()
    wait_until(lambda: second.started)
    assert first.closed
    second.ask()
    wait_until(lambda: output.device == "none")
    assert output.note is not None
    output.close()


def test_a_device_that_says_it_stops_is_replaced_at_once() -> None:
    """A device's own word is enough; nobody waits for it to be missed."""
    first, second = a_device(), a_device()
    queue = DeviceQueue(first, second)
    output = DeviceOutput(ones, 2, queue.open, lambda _: None, check_every=Seconds(60.0))
    output.start()
    first.ask()
    first.stop()
    wait_until(lambda: second.started)
    assert first.closed
    assert second.ask()[0, 0] < 0.01
    output.close()


def test_a_card_is_closed_before_it_is_opened_again() -> None:
    """A card that asks for no more sound after a sleep is free when it is opened anew."""
    card = OneHolderCard()
    output = DeviceOutput(ones, 2, card.open, lambda _: None, check_every=CHECK)
    output.start()
    first = card.holder
    assert first
    first.ask()
    wait_until(lambda: card.holder is not first and bool(card.holder and card.holder.started))
    output.close()
    assert first.closed
    assert card.held_when_opened[:2] == [False, False]


def test_a_device_that_is_still_waking_is_given_time() -> None:
    """A device that begins slowly is missed at the eleventh look, one that has played sooner."""
    watch = StallDetector()
    asleep = [watch.stuck(1) for _ in range(11)]
    assert asleep == [False] * 10 + [True]
    watch = StallDetector()
    assert not any(watch.stuck(blocks) for blocks in (1, 1, 1, 1, 5, 9, 13))
    assert [watch.stuck(13) for _ in range(2)] == [False, True]


@pytest.mark.usefixtures("no_sound_server")
def test_an_unknown_device_is_refused_in_plain_words() -> None:
    """A machine without such a device says so."""
    with pytest.raises(DeviceError, match="no sound device"):
        SoundDevice("a device of which nobody has ever heard", 2)


def test_the_null_device_stops_when_closed() -> None:
    """Closing ends its thread; twice does no harm."""
    device = NullDevice()
    pulled = threading.Event()

    def pull(frames: int) -> Block:
        pulled.set()
        return ones(frames)

    device.start(pull, lambda: None)
    assert pulled.wait(PATIENCE)
    device.close()
    device.close()
    assert "null-output" not in [thread.name for thread in threading.enumerate()]
