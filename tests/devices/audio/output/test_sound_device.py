"""Sound devices of a real PulseAudio server."""

import os
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from support.pulse import Pulse
from support.waiting import PATIENCE

from kacenv.devices.audio.output.sound_device import SoundDevice
from kacenv.devices.audio.samples import RATE, Block


@pytest.mark.parametrize("channels", [2, 6, 8, 18])
def test_each_channel_of_a_wide_device_carries_its_own_sound(
    channels: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many channels an interface has, it keeps asking, and none is mixed into another."""
    levels = np.linspace(0.1, 0.9, channels, dtype=np.float32)
    pulled, enough = 0, threading.Event()

    def pull(frames: int) -> Block:
        nonlocal pulled
        pulled += frames
        if pulled > RATE:
            enough.set()
        return np.tile(levels, (frames, 1))

    with Pulse(tmp_path, channels=channels) as pulse:
        for name, value in {**pulse.env, "PULSE_LATENCY_MSEC": "120"}.items():
            monkeypatch.setenv(name, value)
        path = tmp_path / "heard.raw"
        with pulse.recording(path), closing(SoundDevice("room", channels)) as device:
            device.start(pull, lambda: None)
            assert enough.wait(PATIENCE)
        heard = np.abs(pulse.read(path)).max(axis=0)
    assert heard == pytest.approx(levels, abs=0.01)


@pytest.mark.usefixtures("pulse")
def test_a_closed_device_leaves_no_file_open() -> None:
    """However often a device is lost and opened again, it has one connection to the server."""
    counts = []
    for _ in range(4):
        SoundDevice("room", 2).close()
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
    assert max(counts) == counts[0]


@pytest.mark.parametrize(("wish", "kept"), [("30", "30"), ("2000", "78"), ("soon", "78")])
def test_a_shorter_latency_of_ones_own_is_kept(
    wish: str, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A technician may have less sound kept in hand, but never so much that the device stalls."""
    with Pulse(tmp_path, channels=8) as pulse:
        for name, value in {**pulse.env, "PULSE_LATENCY_MSEC": wish}.items():
            monkeypatch.setenv(name, value)
        SoundDevice("room", 8).close()
        assert os.environ["PULSE_LATENCY_MSEC"] == kept
