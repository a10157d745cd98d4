"""The devices of the system's sound, each under a name of its own."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

from kacenv.core.errors import DeviceError

NO_DEVICE: Final = "no sound device was found"
_CARDS: Final = Path("/proc/asound")
_ALSA: Final = "ALSA"
_ALSA_ADDRESS: Final = re.compile(r":(\d+),(\d+)")
_ALSA_DETOURS: Final = {"null", "pulse", "jack"}
"""ALSA's devices that throw everything away, or lead to another sound system."""


class Direction(Enum):
    """Direction of a device's sound."""

    PLAYBACK = "PLAYBACK"
    CAPTURE = "CAPTURE"


@dataclass(frozen=True, slots=True)
class Device:
    """A device that the system lists.

    `key` opens it with miniaudio. `channels` is 0 where the system doesn't tell, as of a card that
    another program has open. `address` is the system's own name for it.
    """

    name: str
    key: Any
    channels: int
    address: str


def find_devices(miniaudio: Any, direction: Direction) -> tuple[list[Device], str]:
    """Return the devices there are, and the name of the sound system they belong to.

    A card that another program has open is in the list all the same; miniaudio's own class
    `Devices` then gives up the whole list. ALSA's plug-ins that lead nowhere are left out.

    Raises:
        DeviceError: There is no sound system.
    """
    with _context(miniaudio) as context:
        backend = miniaudio.ffi.string(miniaudio.lib.ma_get_backend_name(context[0].backend))
        infos = _infos(miniaudio, context, direction)
        system = backend.decode()
        detours = _ALSA_DETOURS if system == _ALSA else set()
        listed = [_listed(miniaudio, info) for info in infos]
        # A detour isn't even asked: its library would write to the terminal.
        direct = [device for device in listed if device.address not in detours]
        told = [_told(miniaudio, context, direction, device) for device in direct]
    return told_apart([device for device in told if device is not None], _CARDS), system


def told_apart(devices: list[Device], cards: Path) -> list[Device]:
    """Return the devices with those of the same name told apart by what the system calls them.

    An ALSA device is called by the card's own id and its number on the card, which stay the same
    when cards are found in another order; `cards` is ALSA's folder in /proc.
    """
    often = Counter(device.name for device in devices)
    return [
        device
        if often[device.name] == 1
        else replace(device, name=f"{device.name} ({_lasting(device.address, cards)})")
        for device in devices
    ]


def _lasting(address: str, cards: Path) -> str:
    found = _ALSA_ADDRESS.fullmatch(address)
    if found is None:
        return address
    try:
        card = (cards / f"card{found[1]}" / "id").read_text(encoding="utf-8").strip()
    except OSError:
        return address
    return f"{card} {found[2]}"


@contextmanager
def _context(miniaudio: Any) -> Iterator[Any]:
    """Open the system's sound for asking; it is closed at the end."""
    context = miniaudio.ffi.new("ma_context*")
    if miniaudio.lib.ma_context_init(miniaudio.ffi.NULL, 0, miniaudio.ffi.NULL, context):
        raise DeviceError(NO_DEVICE)
    try:
        yield context
    finally:
        miniaudio.lib.ma_context_uninit(context)


def _infos(miniaudio: Any, context: Any, direction: Direction) -> list[Any]:
    ffi = miniaudio.ffi
    infos, count = ffi.new("ma_device_info**"), ffi.new("ma_uint32*")
    playing = direction is Direction.PLAYBACK
    wanted = (infos, count, ffi.NULL, ffi.NULL) if playing else (ffi.NULL, ffi.NULL, infos, count)
    if miniaudio.lib.ma_context_get_devices(context, *wanted):
        raise DeviceError(NO_DEVICE)
    return [infos[0][number] for number in range(count[0])]


def _listed(miniaudio: Any, info: Any) -> Device:
    """Return a device as the list has it, its channels unknown."""
    ffi = miniaudio.ffi
    key = ffi.new("ma_device_id *", info.id)
    # A union; the systems that we use have a string in it (miniaudio.h, ma_device_id).
    address = ffi.string(ffi.cast("char *", key), 256).decode(errors="replace")
    return Device(ffi.string(info.name).decode(errors="replace") or address, key, 0, address)


def _told(miniaudio: Any, context: Any, direction: Direction, device: Device) -> Device | None:
    """Return a device with its channels, if it can be opened now or once it is free, else None."""
    channels = _widest(miniaudio, context, direction, device.key)
    return None if channels is None else replace(device, channels=channels)


def _widest(miniaudio: Any, context: Any, direction: Direction, key: Any) -> int | None:
    """Return the most channels that a device has; 0 if it is in use, None if it can't be opened."""
    told, lib = miniaudio.ffi.new("ma_device_info*"), miniaudio.lib
    kind = miniaudio.DeviceType[direction.value].value
    result = lib.ma_context_get_device_info(context, kind, key, told)
    if result in {lib.MA_BUSY, lib.MA_ALREADY_IN_USE}:
        return 0
    if result != lib.MA_SUCCESS:
        return None
    formats = told.nativeDataFormats
    return max((formats[n].channels for n in range(told.nativeDataFormatCount)), default=0)
