"""Routing: outputs with their volumes and trims, onto the devices' channels and limiters."""

from collections.abc import Mapping

import numpy as np

from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.mixing.automation import LevelAutomation, MuteAutomation
from kacenv.devices.audio.mixing.bell_synth import Mono
from kacenv.devices.audio.mixing.gain_ramp import GainRamp
from kacenv.devices.audio.mixing.limiter import Limiter
from kacenv.devices.audio.mixing.meters import LevelMeter, LevelReading
from kacenv.devices.audio.samples import Block, frames_in, silence
from kacenv.model.commands import SetMute, SetVolume
from kacenv.model.room import Output, Role
from kacenv.model.scene import Audience


class DelayLine:
    """Delays a signal by `frames` frames; starts with silence."""

    def __init__(self, frames: int, channels: int) -> None:
        self._waiting = silence(frames, channels)

    def apply(self, block: Block) -> Block:
        """Append a block; return as many frames, delayed."""
        if not len(self._waiting):
            return block
        late = np.concatenate((self._waiting, block))
        self._waiting = late[len(block) :].copy()
        return late[: len(block)]


def _places(columns: list[int]) -> slice | list[int]:
    """Return an index of columns: a slice if they lie side by side, which is quicker."""
    side_by_side = list(range(columns[0], columns[0] + len(columns)))
    return slice(columns[0], columns[-1] + 1) if columns == side_by_side else columns


_CHIMES_FOLLOW = (Decibels(-20.0), Decibels(0.0))
"""Range (dB) in which chimes follow an output's volume: down, but not up."""


class ChannelStrip:
    """Channel strip of one output."""

    def __init__(self, output: Output, columns: list[int]) -> None:
        self.output, self.columns = output, columns
        self.places = _places(columns)
        """The columns as an index, a slice if they lie side by side."""
        self._volume, self._mute = LevelAutomation(), MuteAutomation()
        self.meter = LevelMeter()
        self._ramp, self._bell, self._gate = GainRamp(), GainRamp(), GainRamp()
        self._trim = amplitude(output.trim)
        self._delay = DelayLine(frames_in(output.delay), len(self.columns))

    def follow(self, order: SetVolume | SetMute) -> None:
        """Fade to a volume, to silence or back."""
        if isinstance(order, SetMute):
            self._mute.fade_to(order.muted, order.at, order.duration)
        else:
            self._volume.fade_to(order.level, order.at, order.duration)

    def is_steady(self, start: Seconds, end: Seconds) -> bool:
        """Tell if neither volume nor mute moves from `start` to `end`."""
        return (
            self._volume.is_steady(start, end)
            and self._mute.is_steady(start, end)
            and self._ramp.rests_at(self._volume.gain_at(start) * self._trim)
            and self._gate.rests_at(self._mute.gain_at(start))
        )

    def mix(self, music: Block, chimes: Mapping[Audience, Mono], end: Seconds) -> Block:
        """Return the output's sound, of shape (frames, 1 or 2); staff outputs have no music."""
        if self.output.role is Role.STAFF:
            block = silence(len(music))
        else:
            block = self._ramp.apply(music, self._volume.gain_at(end) * self._trim)
        bells = self._chimes(chimes, end)
        if bells is not None:
            block = block + bells
        if len(self.columns) == 1:
            block = block.mean(axis=1, keepdims=True)
        return self._delay.apply(self._gate.apply(block, self._mute.gain_at(end)))

    def _chimes(self, chimes: Mapping[Audience, Mono], end: Seconds) -> Block | None:
        """Return the chimes for this output's audience, following the volume within bounds."""
        volume = max(_CHIMES_FOLLOW[0], min(_CHIMES_FOLLOW[1], self._volume.level_at(end)))
        ours = [
            chime
            for audience, chime in chimes.items()
            if audience is Audience.ROOM or self.output.role is Role.STAFF
        ]
        gain = amplitude(volume) * self._trim
        if not ours:
            self._bell = GainRamp(gain)
            return None
        return self._bell.apply(np.sum(ours, axis=0)[:, None], gain)


class Routing:
    """Routes all outputs of a room onto the channels of its devices, side by side."""

    def __init__(self, outputs: tuple[Output, ...]) -> None:
        self.devices = device_columns(outputs)
        """Columns of each device, by its name in the room file."""
        columns = output_columns(outputs)
        self.strips = {output.id: ChannelStrip(output, columns[output.id]) for output in outputs}
        self.channels = sum(len(columns) for columns in self.devices.values())
        groups = _groups(outputs)
        self._limiters = [(_places(cols), Limiter(ceiling, len(cols))) for cols, ceiling in groups]

    @property
    def staff_can_hear(self) -> bool:
        """Tell if there is an output for staff."""
        return any(strip.output.role is Role.STAFF for strip in self.strips.values())

    def meters(self) -> dict[str, LevelReading]:
        """Return each output's levels, by its id."""
        return {name: strip.meter.read() for name, strip in self.strips.items()}

    def is_steady(self, start: Seconds, end: Seconds) -> bool:
        """Tell if no output's volume or mute moves from `start` to `end`."""
        return all(strip.is_steady(start, end) for strip in self.strips.values())

    def mix(self, music: Block, chimes: Mapping[Audience, Mono], end: Seconds) -> Block:
        """Return the devices' sound, of shape (frames, channels), delayed by the look-ahead."""
        device = silence(len(music), self.channels)
        for strip in self.strips.values():
            device[:, strip.places] += strip.mix(music, chimes, end)
        for places, limiter in self._limiters:
            device[:, places] = limiter.process(device[:, places])
        for strip in self.strips.values():
            strip.meter.add(device[:, strip.places])
        return device


def device_columns(outputs: tuple[Output, ...]) -> dict[str, list[int]]:
    """Return the columns of each device, in the order in which outputs first name the devices."""
    devices: dict[str, list[int]] = {}
    begin = 0
    for device in dict.fromkeys(output.device for output in outputs):
        width = max(max(output.channels) for output in outputs if output.device == device)
        devices[device] = list(range(begin, begin + width))
        begin += width
    return devices


def output_columns(outputs: tuple[Output, ...]) -> dict[str, list[int]]:
    """Return the columns of each output, by its id."""
    devices = device_columns(outputs)
    return {
        output.id: [devices[output.device][channel - 1] for channel in output.channels]
        for output in outputs
    }


def _groups(outputs: tuple[Output, ...]) -> list[tuple[list[int], float]]:
    """Group columns that outputs share, to be limited together at their lowest ceiling."""
    groups: list[tuple[set[int], Decibels]] = []
    places = output_columns(outputs)
    for output in outputs:
        columns, ceiling = set(places[output.id]), output.ceiling
        for group in [group for group in groups if group[0] & columns]:
            groups.remove(group)
            columns, ceiling = columns | group[0], min(ceiling, group[1])
        groups.append((columns, ceiling))
    return [(sorted(columns), amplitude(ceiling)) for columns, ceiling in groups]
