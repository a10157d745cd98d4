"""Probes of devices: sound cards and MIDI."""

from collections.abc import Iterator

from kacenv.devices.audio.output.miniaudio_backend import list_devices
from kacenv.devices.midi.chime_player import RtMidiOutputs
from kacenv.diagnostics.finding import Finding, Severity


def sound() -> Iterator[Finding]:
    """List the sound devices."""
    devices = list_devices()
    names = tuple(f"{one.name} ({one.channels or '?'} channels)" for one in devices)
    if not devices:
        todo = "Connect the device and switch it on; the user must be in the group audio."
        yield Finding("sound", "no device", Severity.WRONG, todo)
    else:
        yield Finding("sound", f"{_count(len(devices))}, by {devices[0].backend}", lines=names)


def midi() -> Iterator[Finding]:
    """List the MIDI ports."""
    try:
        ports = tuple(RtMidiOutputs().output_names())
    except OSError as error:
        todo = "Only rooms with `midi` need it; the built-in bell rings all the same."
        yield Finding("midi", f"can't be asked: {error}", Severity.NOTE, todo)
    else:
        yield Finding("midi", f"{len(ports) or 'no'} ports for chimes", lines=ports)


def _count(number: int) -> str:
    return "1 device" if number == 1 else f"{number} devices"
