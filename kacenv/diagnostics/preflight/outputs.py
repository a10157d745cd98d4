"""Probe of the outputs: a soft tone, checked by a microphone, a person, or the device alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial

from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.output import miniaudio_backend
from kacenv.devices.audio.output.sound_device import Device, SoundDevice
from kacenv.devices.audio.signal_player import SignalPlayer
from kacenv.devices.audio.signals import soft_tone
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.availability import RoomAvailability, RoomTakenError
from kacenv.diagnostics.preflight.microphone import Microphone
from kacenv.diagnostics.preflight.tone_detection import rise
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question, Taken
from kacenv.model.room import Output, Room
from kacenv.system.clock import MonotonicClock
from kacenv.system.room_lock import is_claimed

LEVEL = Decibels(-30.0)
"""Peak of the tone in dBFS, below most music."""
TONE = Seconds(1.5)
_BEFORE = Seconds(0.8)
_AFTER = Seconds(0.5)
"""Recording time after the tone, for its latency."""
_LOOK = 0.1
"""Polling interval of the room's availability during a tone (seconds)."""
_SILENT = (
    "Check amplifier, cable and volume, also the sound server's own; try a side by: "
    "kacenv audio test"
)
_DEVICE = "Connect it and switch it on; kacenv audio devices lists what there is."
OpenDevice = Callable[[str, int], Device]
_Recorder = Microphone | None
_Level = Decibels | None


def output(
    room: Room,
    name: str,
    availability: RoomAvailability,
    microphone: str | None = None,
    open_device: OpenDevice = SoundDevice,
) -> Iterator[ProbeMessage]:
    """Play a tone on each side of one output; it fades out if the room is needed."""
    one = next(one for one in room.outputs if one.id == name)
    what = f"output {name}"
    try:
        found = miniaudio_backend.find(one.device, max(one.channels))
        yield from _played(one, microphone, partial(_tone, room, availability, open_device))
    except RoomTakenError as taken:
        yield Taken(taken.reason, taken.todo)
    except DeviceError as error:
        if is_claimed(room.name) and "can't be opened" in str(error) and not found.on_server:
            yield _held(what, room.name)
        else:
            yield Finding(what, str(error), Severity.WRONG, _DEVICE)


def _played(
    one: Output, microphone: str | None, tone: Callable[[Output, _Recorder], _Level]
) -> Iterator[ProbeMessage]:
    heard: list[_Level] = []
    with Microphone(microphone) if microphone else nullcontext() as recorder:
        for side, column in zip(sides(one), one.channels, strict=True):
            yield Progress(f"a soft tone, {side}")
            alone = one.model_copy(update={"channels": (column,)})
            heard.append(tone(alone, recorder))
    if microphone is None:
        yield _asked(one)
    elif None in heard:
        silent = [side for side, level in zip(sides(one), heard, strict=True) if level is None]
        yield _unheard(one, silent)
    else:
        softest = min(level for level in heard if level is not None)
        found = f"heard by the microphone, {softest:.0f} dB above the room"
        yield Finding(f"output {one.id}", found)


def sides(one: Output) -> tuple[str, ...]:
    """Return the names of an output's channels."""
    return ("left", "right") if len(one.channels) == 2 else ("mono",)


def _tone(
    room: Room,
    availability: RoomAvailability,
    open_device: OpenDevice,
    alone: Output,
    recorder: _Recorder,
) -> _Level:
    """Play one side; return the rise above the room's noise if there is a microphone."""
    tone = soft_tone(TONE, LEVEL)
    begun = recorder.frames if recorder else 0
    if recorder:
        recorder.listen(_BEFORE)
    middle = recorder.frames if recorder else 0
    availability.check()
    with SignalPlayer(room, alone, tone, open_device=open_device) as player:
        _stay(availability)
        player.wait()
    if recorder is None:
        return None
    recorder.listen(_AFTER)
    return rise(recorder.heard(begun, middle), recorder.heard(middle))


def _stay(availability: RoomAvailability) -> None:
    """Wait until the tone is over, or raise if the room is needed."""
    clock, pause = MonotonicClock(), threading.Event()
    while clock.now() < TONE:
        availability.check()
        pause.wait(_LOOK)


def _asked(one: Output) -> Question:
    what, turns = f"output {one.id}", " and then ".join(sides(one))
    how = f", {turns}" if len(one.channels) == 2 else ""
    return Question(
        f"Did you hear a soft tone from {one.id}{how}?",
        yes=Finding(what, "heard"),
        no=Finding(what, "not heard, though the device took the tone", Severity.WRONG, _SILENT),
        unasked=Finding(what, "the device took the tone; not listened to"),
    )


def _unheard(one: Output, silent: list[str]) -> Question:
    """Ask a person, who may hear headphones that a microphone in the room can't."""
    what, which = f"output {one.id}", " and ".join(silent)
    found = Finding(what, f"{which}: the microphone heard no tone", Severity.WRONG, _SILENT)
    return Question(
        f"The microphone heard nothing from {one.id}, {which}. Did you?",
        yes=Finding(what, "heard by a person; not by the microphone"),
        no=found,
        unasked=found,
    )


def _held(what: str, room: str) -> Finding:
    found = "the room's daemon has the device to itself; no tone was played"
    todo = (
        "Without a sound server two programs can't share a card. To hear it, end the daemon "
        f"(systemctl stop kacenv-{room}) and look again; or hear a bell by: kacenv chime"
    )
    return Finding(what, found, Severity.NOTE, todo)
