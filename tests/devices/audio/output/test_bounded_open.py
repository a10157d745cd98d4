"""Opening of a device: a card that another program holds never holds up the room."""

import threading

import pytest
from support.waiting import PATIENCE, wait_until

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output.bounded_open import BoundedOpen
from kacenv.devices.audio.output.sound_device import Device, NullDevice

SOON = Seconds(0.01)


class HeldCard:
    """A card that opens, as ALSA's do, once it is free."""

    def __init__(self) -> None:
        self.free, self.calls = threading.Event(), 0
        self.device = ClosingDevice()

    def open(self) -> Device:
        """Return the device when the card is free."""
        self.calls += 1
        assert self.free.wait(PATIENCE)
        return self.device


class ClosingDevice(NullDevice):
    """A silent device that tells whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def close(self) -> None:
        """Note the call."""
        self.closed = True


def test_a_card_in_use_is_told_of_and_taken_when_it_is_free() -> None:
    """The first call says that the card may be in use; the same opening serves a later call."""
    card = HeldCard()
    opening = BoundedOpen(card.open, SOON, SOON)
    for _ in range(2):
        with pytest.raises(DeviceError, match="another program may be using it"):
            opening()
    card.free.set()
    wait_until(lambda: _opens(opening))
    assert card.calls == 1


def test_a_device_that_opens_too_late_is_closed() -> None:
    """When the output has ended meanwhile, the card is given back."""
    card = HeldCard()
    opening = BoundedOpen(card.open, SOON, SOON)
    with pytest.raises(DeviceError):
        opening()
    opening.abandon()
    assert not card.device.closed
    card.free.set()
    wait_until(lambda: card.device.closed)


def test_a_device_that_is_missing_is_named_by_its_own_words() -> None:
    """What the opening says is what is heard of it, and the next call tries again."""

    def missing() -> Device:
        raise DeviceError("no sound device was found")

    opening = BoundedOpen(missing)
    for _ in range(2):
        with pytest.raises(DeviceError, match="no sound device was found"):
            opening()


def _opens(opening: BoundedOpen) -> bool:
    try:
        opening()
    except DeviceError:
        return False
    return True
