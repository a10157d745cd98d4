"""miniaudio backend: list playback devices, and open them with numbered channels.

Where the system has no device of its own, those of a JACK server that runs are taken.
"""

import contextlib
import ctypes
import functools
import importlib
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any, Final

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output.device_list import NO_DEVICE, Device, Direction, find_devices
from kacenv.devices.audio.samples import RATE, Block

_PULSE_ALSA_MAP, _PULSE_AUX_MAP = 1, 2
_ALSA_POSITIONS: Final = (2, 3, 6, 7, 4, 5, 11, 12)
"""Channel positions of miniaudio in ALSA's order: front, rear, centre, LFE, side."""
_AUX_0 = 20
_PULSE, _JACK = "PulseAudio", "JACK"
_SERVER_LATENCY: Final = {_PULSE: Seconds(0.075), _JACK: Seconds(0.05)}
"""Estimated latency (s) from the request of a block to its sound; JACK's is two periods."""
_CARD_LATENCY = Seconds(0.15)
"""The same of a sound card."""
_PRO = " pro"
"""Suffix of PipeWire's pro-audio devices, whose channels have numbers instead of positions."""


@dataclass(frozen=True, slots=True)
class DeviceMatch:
    """Device to open; `key` is miniaudio's id, None for the system's default.

    `address` is the system's own name for it, empty for the default. `on_server` tells that the
    device is PulseAudio's, `on_jack` that it is JACK's.
    """

    name: str
    key: Any
    channels: int
    latency: Seconds
    on_server: bool
    address: str = ""
    on_jack: bool = False

    @property
    def is_pro(self) -> bool:
        """Tell if the channels have numbers instead of positions."""
        return self.name.casefold().endswith(_PRO)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """Device in a list for people; `channels` is 0 if unknown."""

    name: str
    channels: int
    backend: str


def list_devices() -> tuple[DeviceInfo, ...]:
    """Return all playback devices; none if there is no sound system."""
    try:
        devices, backend = _devices()
    except DeviceError:
        return ()
    return tuple(DeviceInfo(device.name, device.channels, backend) for device in devices)


def find(wanted: str, channels: int) -> DeviceMatch:
    """Return the device whose name contains `wanted`, or the system's `default`.

    Raises:
        DeviceError: There is none, or it has fewer than `channels` channels.
    """
    devices, system = _devices()
    if wanted == "default":
        only = devices[0] if len(devices) == 1 else None
        return _match("default", only, system, channels)
    for device in devices:
        if wanted.casefold() in device.name.casefold():
            match = _match(device.name, device, system, channels)
            return replace(match, key=device.key, address=device.address)
    names = ", ".join(device.name for device in devices)
    raise DeviceError(f"no sound device is called {wanted!r}; there are: {names}")


def open_device(found: DeviceMatch, period_ms: int) -> Any:
    """Open a `miniaudio.PlaybackDevice` for float samples at kacenv's rate.

    Raises:
        DeviceError: The device won't open.
    """
    miniaudio = _miniaudio()
    try:
        device = _channel_by_channel(miniaudio, found)(
            output_format=miniaudio.SampleFormat.FLOAT32,
            nchannels=found.channels,
            sample_rate=RATE,
            buffersize_msec=period_ms,
            device_id=found.key,
            backends=[miniaudio.Backend.JACK] if found.on_jack else None,
            app_name="kacenv",
        )
    except miniaudio.MiniaudioError as error:
        raise DeviceError(f"the sound device {found.name!r} can't be opened") from error
    if found.on_jack:
        _jack_devices.add(device)
    return device


def start(
    device: Any, feeder: Generator[Block | None, int, None], on_stop: Callable[[], None]
) -> None:
    """Start `device`: `feeder` yields its blocks, `on_stop` is called if it stops by itself.

    Raises:
        DeviceError: The device doesn't start.
    """
    device.stop_callback = on_stop
    try:
        device.start(feeder)
    except _miniaudio().MiniaudioError as error:
        raise DeviceError("the sound device doesn't start") from error


def _miniaudio() -> Any:
    """Import miniaudio, which initializes native code, only when sound is needed."""
    return importlib.import_module("miniaudio")


def _reader() -> ctypes.c_void_p:
    """Return a C function that reads a message and does nothing with it (strlen).

    A function of Python's would be called under a lock of ALSA's or JACK's and wait for Python's
    GIL, which RtMidi keeps while it waits for that lock.
    """
    return ctypes.cast(ctypes.CDLL(None).strlen, ctypes.c_void_p)


@functools.cache
def _hush_alsa() -> None:
    """Silence ALSA's messages on the terminal; errors are raised all the same."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_reader())


_jack_devices: Final = set[Any]()
"""JACK's devices that are open. Until they are closed, JACK isn't asked for others: if its server
has died meanwhile, libjack frees their clients at that, and closing them would crash."""


@functools.cache
def _hush_jack() -> bool:
    """Silence JACK's messages on the terminal; return False if its library isn't installed."""
    try:
        jack = ctypes.CDLL("libjack.so.0")
    except OSError:
        return False
    jack.jack_set_error_function(_reader())
    jack.jack_set_info_function(_reader())
    return True


def _devices() -> tuple[list[Device], str]:
    """Return all playback devices, and the sound system they belong to; JACK if no other has any.

    A JACK server is only found, never started: miniaudio's contexts ask for that by default.
    """
    _hush_alsa()
    miniaudio = _miniaudio()
    try:
        found, system = find_devices(miniaudio, Direction.PLAYBACK)
    except DeviceError:
        found, system = [], ""
    if found and system != "Null":
        return found, system
    return _devices_of_jack(miniaudio)


def _devices_of_jack(miniaudio: Any) -> tuple[list[Device], str]:
    if "JACK" in os.environ.get("MIDO_BACKEND", ""):
        # RtMidi keeps Python's GIL while it waits for JACK, which waits for our sound's thread.
        raise DeviceError(f"{NO_DEVICE} (JACK's isn't used, for MIDI goes by JACK)")
    if _jack_devices or not _hush_jack():
        raise DeviceError(NO_DEVICE)
    return find_devices(miniaudio, Direction.PLAYBACK, miniaudio.Backend.JACK)


def _match(name: str, device: Device | None, system: str, needed: int) -> DeviceMatch:
    """Return how to open a system's default device; `device` if it is known which that is."""
    on_server = system in _SERVER_LATENCY
    width = _width(name, device, on_server, needed)
    latency = _SERVER_LATENCY.get(system, _CARD_LATENCY)
    return DeviceMatch(name, None, width, latency, system == _PULSE, on_jack=system == _JACK)


def _width(name: str, device: Device | None, on_server: bool, needed: int) -> int:
    """Return the number of channels to open: all, or a server would upmix ours to the rest."""
    width = device.channels if device else 0
    if 0 < width < needed:
        raise DeviceError(f"the sound device {name!r} has {width} channels, the room uses {needed}")
    return width if on_server and width else needed


def _channel_by_channel(miniaudio: Any, found: DeviceMatch) -> Any:
    """Return a playback device class whose channels are numbered as on sound cards.

    With miniaudio's own order, a server takes the third channel for a centre, and mixes it into the
    first two.
    """
    aux = found.is_pro
    order = _order(found.channels, aux)

    class Playback(miniaudio.PlaybackDevice):  # type: ignore[misc]  # loaded late, so untyped
        _connection: Any = None

        def _make_context(self, *args: Any) -> Any:
            self._order = miniaudio.ffi.new("unsigned char[]", order)
            self._devconfig.playback.pChannelMap = self._order
            self._devconfig.pulse.channelMap = _PULSE_AUX_MAP if aux else _PULSE_ALSA_MAP
            self._connection = super()._make_context(*args)
            return self._connection

        def close(self) -> None:
            super().close()
            _jack_devices.discard(self)
            connection, self._connection = self._connection, None
            if connection is not None:  # miniaudio's own class leaves it open
                miniaudio.lib.ma_context_uninit(connection)

    return Playback


def _order(channels: int, aux: bool) -> list[int]:
    numbered = range(_AUX_0, _AUX_0 + channels)
    if aux:
        return list(numbered)
    named = _ALSA_POSITIONS[:channels]
    return [*named, *numbered[: channels - len(named)]]
