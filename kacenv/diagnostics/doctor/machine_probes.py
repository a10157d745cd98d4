"""Probes of the machine: versions, disk, clock, sound cards and MIDI."""

import errno
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kacenv import __version__
from kacenv.diagnostics.finding import Finding, Severity, counted
from kacenv.system.paths import state_folder
from kacenv.system.timestamps import is_synchronised

LITTLE, SCARCE = 1_000_000_000, 100_000_000
"""Bytes that should be free, and bytes below which a session may fail to be recorded."""
_RTC = Path("/sys/class/rtc")
_SERVICE = Path("/var/lib/kacenv")
_PACKAGES = ("numpy", "mido", "python-rtmidi", "paho-mqtt", "pydantic", "fastapi", "uvicorn")
"""Which support asks for; those that bring native libraries are told with them."""


def versions() -> Iterator[Finding]:
    """Report the versions of kacenv, the system and the libraries."""
    yield Finding("kacenv", f"{__version__}, Python {platform.python_version()}")
    yield Finding("system", f"{_system()}, Linux {platform.release()}, {platform.machine()}")
    yield _libraries()
    yield Finding("packages", ", ".join(f"{name} {_version(name)}" for name in _PACKAGES))


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return sys.platform


def _version(package: str) -> str:
    """The version of a package as it was installed; RtMidi may also be Debian's own."""
    from kacenv.devices.midi.rtmidi_ports import load_rtmidi  # noqa: PLC0415 - loaded by its own probe alone

    try:
        if package == "python-rtmidi":
            return str(load_rtmidi().__version__)
        return version(package)
    except (PackageNotFoundError, OSError):
        return "missing"


def _libraries() -> Finding:
    import av  # noqa: PLC0415 - native code, loaded in the probe's own process alone
    import miniaudio  # noqa: PLC0415 - as above

    from kacenv.core.errors import DeviceError  # noqa: PLC0415 - beside its raiser
    from kacenv.devices.audio.decks.libvlc import library  # noqa: PLC0415 - as above

    others = (
        f"miniaudio {miniaudio.__version__}, PyAV {av.__version__}, FFmpeg {av.ffmpeg_version_info}"
    )
    try:
        vlc = library().libvlc_get_version().decode()
    except DeviceError as error:
        return Finding("libraries", f"no libVLC, {others}", Severity.WRONG, str(error))
    return Finding("libraries", f"libVLC {vlc}, {others}")


def storage() -> Iterator[Finding]:
    """Probe the disk for session data: writable, and with free space."""
    folder = _SERVICE if _SERVICE.is_dir() else state_folder()
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    disk = os.statvfs(there)
    free = disk.f_bavail * disk.f_frsize
    found = f"{free / 1e9:.1f} GB free for what sessions write down"
    if disk.f_flag & os.ST_RDONLY:
        todo = "Look for a broken disk (dmesg), and restart the machine between sessions."
        yield Finding("storage", "the disk is read-only", Severity.WRONG, todo)
    elif fault := _fault(there):
        yield _unwritable(fault)
    elif free < SCARCE or (disk.f_files and disk.f_favail < 100):
        todo = "Make room on the disk: a session could not be resumed after a power cut."
        yield Finding("storage", found, Severity.WRONG, todo)
    else:
        few = free < LITTLE
        yield Finding("storage", found, *((Severity.NOTE, "Make room on the disk.") if few else ()))


def _fault(folder: Path) -> int:
    """Return the error number of a test write; 0 if it works."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _unwritable(fault: int) -> Finding:
    if fault in {errno.EACCES, errno.EPERM} and os.geteuid() != 0:
        todo = "To look there too: sudo kacenv doctor"
        return Finding("storage", "another user's", Severity.NOTE, todo)
    todo = "Make room, or give the room's user the right to write there (docs/install.md)."
    return Finding("storage", f"can't be written to: {os.strerror(fault)}", Severity.WRONG, todo)


def clock() -> Iterator[Finding]:
    """Probe the clock: synchronised, and kept by a battery over a power cut."""
    if is_synchronised():
        yield Finding("clock", "synchronised")
    else:
        todo = "Switch on time from the network: timedatectl set-ntp true"
        yield Finding("clock", "not synchronised", Severity.NOTE, todo)
    if any(_RTC.glob("rtc*")):
        yield Finding("battery clock", "present")
    else:
        todo = (
            "After a power cut this machine can't know how long it was away, and the room comes "
            "back on hold and asks. Add a clock with a battery (RTC) to spare staff that."
        )
        yield Finding("battery clock", "none", Severity.NOTE, todo)


def sound() -> Iterator[Finding]:
    """List the sound devices."""
    from kacenv.devices.audio.output.miniaudio_backend import (  # noqa: PLC0415 - as above
        list_devices,
    )

    devices = list_devices()
    names = tuple(f"{one.name} ({one.channels or '?'} channels)" for one in devices)
    if not devices:
        todo = "Connect the device and switch it on; the user must be in the group audio."
        yield Finding("sound", "no device", Severity.WRONG, todo)
    else:
        yield Finding(
            "sound", f"{counted(len(devices), 'device')}, by {devices[0].backend}", lines=names
        )


def midi() -> Iterator[Finding]:
    """List the MIDI ports."""
    from kacenv.devices.midi.chime_player import RtMidiOutputs  # noqa: PLC0415 - as above

    try:
        ports = tuple(RtMidiOutputs().output_names())
    except OSError as error:
        todo = "Only rooms with `midi` need it; the built-in bell rings all the same."
        yield Finding("midi", f"can't be asked: {error}", Severity.NOTE, todo)
    else:
        yield Finding("midi", f"{len(ports) or 'no'} ports for chimes", lines=ports)
