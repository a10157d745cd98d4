"""The player of test signals: a device's failure is reported."""

import pytest
from support.sound_devices import PulledDevice

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output.sound_device import OnStop, Pull
from kacenv.devices.audio.samples import silence
from kacenv.devices.audio.signal_player import SignalPlayer
from kacenv.model.room import Output, Role, Room


class Unplugged(PulledDevice):
    """A device that stops as soon as it has begun; `channels` is how many it was opened with."""

    def __init__(self, wanted: str, channels: int) -> None:
        super().__init__(Seconds(0.1))
        self.wanted, self.channels = wanted, channels

    def start(self, pull: Pull, on_stop: OnStop) -> None:
        """Pull once, and stop."""
        super().start(pull, on_stop)
        assert self.ask().shape == (480, self.channels)
        on_stop()


def test_a_device_that_stops_is_told() -> None:
    """Nobody waits for a tone on a device that is gone, opened with its own channels alone."""
    opened: list[Unplugged] = []

    def open_device(wanted: str, channels: int) -> Unplugged:
        opened.append(Unplugged(wanted, channels))
        return opened[-1]

    seat = Output(id="a", role=Role.SEAT_A, device="amp")
    other = Output(id="b", role=Role.SPEAKERS, device="card", channels=(7, 8))
    room = Room(name="test", outputs=(seat, other))
    player = SignalPlayer(room, seat, silence(48000), open_device=open_device)
    with player, pytest.raises(DeviceError, match="is it still connected"):
        player.wait()
    assert [(device.wanted, device.channels) for device in opened] == [("amp", 2)]
