"""A stream of a real PulseAudio server, which says when its sound will be heard."""

import threading
from contextlib import closing

import numpy as np
import pytest
from support.pulse import Pulse
from support.waiting import PATIENCE

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output.miniaudio_backend import DeviceMatch, find
from kacenv.devices.audio.output.pulse_device import PulseDevice
from kacenv.devices.audio.samples import RATE, Block


def zeros(frames: int) -> Block:
    """Return silence for a device of one channel."""
    return np.zeros((frames, 1), np.float32)


@pytest.mark.usefixtures("two_amps")
def test_a_playing_stream_knows_its_latency() -> None:
    """Soon after the start the server has told when the next sample will be heard."""
    known, pulled = threading.Event(), 0
    device = PulseDevice(find("left", 1), 1)

    def pull(frames: int) -> Block:
        nonlocal pulled
        pulled += frames
        if pulled > RATE / 2 and device.heard_in() is not None:
            known.set()
        return zeros(frames)

    with closing(device):
        device.start(pull, lambda: None)
        assert known.wait(PATIENCE)


def test_a_stream_ends_with_its_device(two_amps: Pulse) -> None:
    """A device that goes is told of, and its sound isn't moved to another."""
    playing, stopped = threading.Event(), threading.Event()

    def pull(frames: int) -> Block:
        playing.set()
        return zeros(frames)

    device = PulseDevice(find("left", 1), 1)
    with closing(device):
        device.start(pull, stopped.set)
        assert playing.wait(PATIENCE)
        two_amps.remove("left")
        assert stopped.wait(PATIENCE)
    device.close()


@pytest.mark.parametrize("server", ["two_amps", "no_sound_server"])
def test_a_device_that_has_gone_is_refused(server: str, request: pytest.FixtureRequest) -> None:
    """One that has gone since it was listed can't be opened, nor can one whose server has gone."""
    request.getfixturevalue(server)
    gone = DeviceMatch("Gone", None, 2, Seconds(0.075), on_server=True, address="gone")
    with pytest.raises(DeviceError, match="'Gone' can't be opened"):
        PulseDevice(gone, 2)
