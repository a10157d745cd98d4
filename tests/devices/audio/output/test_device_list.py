"""Sound devices as the system lists them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import miniaudio as untyped
import pytest
from support.pulse import Pulse

from kacenv.devices.audio.output.device_list import Device, Direction, find_devices, told_apart

miniaudio: Any = untyped


def _named(*pairs: tuple[str, str]) -> list[Device]:
    return [Device(name, None, 2, address) for name, address in pairs]


@pytest.mark.parametrize(
    ("result", "channels"),
    [(miniaudio.lib.MA_BUSY, [0]), (miniaudio.lib.MA_CONNECTION_REFUSED, [])],
)
def test_a_device_in_use_is_in_the_list(
    result: int, channels: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that another program has open is there all the same; what leads nowhere isn't."""

    class Busy:
        def __getattr__(self, name: str) -> Any:
            return getattr(miniaudio.lib, name)

        def ma_context_get_device_info(self, *_: Any) -> int:
            return result

    deaf = SimpleNamespace(lib=Busy(), ffi=miniaudio.ffi, DeviceType=miniaudio.DeviceType)
    with Pulse(tmp_path, channels=6) as pulse:
        for name, value in pulse.env.items():
            monkeypatch.setenv(name, value)
        whole, system = find_devices(miniaudio, Direction.PLAYBACK)
        found, _ = find_devices(deaf, Direction.PLAYBACK)
    assert system == "PulseAudio"
    assert [(device.name, device.channels) for device in whole] == [(whole[0].name, 6)]
    assert [device.channels for device in found] == channels


def test_cards_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    """Each of two devices of one card has a name that can be written into a room file."""
    (tmp_path / "card1").mkdir()
    (tmp_path / "card1" / "id").write_text("Loopback\n")
    twins = _named(("Loopback PCM", ":1,0"), ("Loopback PCM", ":1,1"), ("USB Audio", ":0,0"))
    assert [device.name for device in told_apart(twins, tmp_path)] == [
        "Loopback PCM (Loopback 0)",
        "Loopback PCM (Loopback 1)",
        "USB Audio",
    ]


def test_sinks_of_the_same_name_are_told_apart_by_the_servers_own(tmp_path: Path) -> None:
    """Two interfaces of one make on a sound server are called as the server calls them."""
    twins = _named(("USB Audio", "alsa_output.usb-1"), ("USB Audio", "alsa_output.usb-2"))
    assert [device.name for device in told_apart(twins, tmp_path)] == [
        "USB Audio (alsa_output.usb-1)",
        "USB Audio (alsa_output.usb-2)",
    ]
