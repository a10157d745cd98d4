"""Audio of a room: performs the engine's commands and reports the tracks' events."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.decks.thread_runner import ThreadRunner
from kacenv.devices.audio.mixing.meters import LevelReading
from kacenv.devices.audio.mixing.mixer import Mixer
from kacenv.devices.audio.output.device_output import DeviceOutput
from kacenv.devices.audio.output.multi_device import DeviceSpec, MultiDeviceOutput
from kacenv.devices.audio.output.render_clock import RenderClock
from kacenv.devices.audio.output.sound_device import Device, SoundDevice, open_one_of_several
from kacenv.devices.audio.samples import Block
from kacenv.model.commands import AudioCommand, ScheduledCommand
from kacenv.model.dropout import Dropout
from kacenv.model.playlist import Cut
from kacenv.model.requests import Event
from kacenv.model.room import Room
from kacenv.system.clock import Clock


class RoomAudio:
    """Decks, mixer and output of one room.

    `report` is called from any thread and must be quick. `make_deck` and `open_device` (by name and
    number of channels) replace files and devices in rehearsals.
    """

    def __init__(
        self,
        room: Room,
        clock: Clock,
        report: Callable[[Event], None],
        make_deck: Callable[[Cut], Deck] = file_deck,
        open_device: Callable[[str, int], Device] | None = None,
    ) -> None:
        self._runner = ThreadRunner()
        self._mixer = Mixer(room, report, make_deck, self._runner.run)
        self._clock, self._pacer = clock, RenderClock(clock)
        self.moved = 0
        self._output = self._plan(room, open_device)

    @property
    def device(self) -> str:
        """Return the names of the playing devices; `none` without one."""
        return self._output.device

    @property
    def device_note(self) -> str | None:
        """Return the devices' troubles and remedies, for people to read; None without trouble."""
        return self._output.note

    @property
    def underruns(self) -> int:
        """Return how often a decoder fell behind playback."""
        return self._mixer.underruns

    @property
    def sounding(self) -> tuple[int, ...]:
        """Return the ids of the playing tracks, the newest last."""
        return self._mixer.sounding

    @property
    def is_silent(self) -> bool:
        """Tell if nothing has sounded for a while, and nothing will without another command."""
        return self._mixer.is_at_rest

    @property
    def errors(self) -> int:
        """Return the number of blocks lost to errors."""
        return self._output.errors

    @property
    def music_level(self) -> LevelReading:
        """Return the music's levels before volumes and trims, over the last tenth of a second."""
        return self._mixer.music_level

    @property
    def recent_music(self) -> Decibels:
        """Return the music's level (dBFS rms) of the last 3 s, before volumes and trims."""
        return self._mixer.recent_music

    def meters(self) -> dict[str, LevelReading]:
        """Return each output's levels, by its id, over the last tenth of a second."""
        return self._mixer.meters()

    def take_dropouts(self) -> list[Dropout]:
        """Return and forget the gaps in the devices' sound, in room time."""
        ahead = self._clock.now() - time.monotonic()
        return [one.moved(ahead) for one in self._output.take_dropouts()]

    def start(self) -> None:
        """Start to play; silently without a device, with the reason in `device_note`."""
        self._output.start()

    def perform(self, command: AudioCommand) -> bool:
        """Queue a command; return False if nobody can hear it (a staff chime without staff output).

        Raises:
            DeviceError: The room has no such output.
        """
        return self._mixer.perform(command)

    def schedule(self, commands: Sequence[ScheduledCommand]) -> None:
        """Replace the orders that are performed at their times if nobody gives them by then."""
        self._mixer.schedule(commands)

    def fade_in(self) -> None:
        """Mute for a moment and fade in, to hide a jump of the values or of the clock.

        The clock may jump within that moment.
        """
        self._pacer.expect_leap()
        self._output.fade_in()

    def duck_for_chime(self, at: Seconds) -> None:
        """Duck the music as for a chime in the room, for a MIDI instrument's chime at `at`."""
        self._mixer.duck_for_chime(at)

    def close(self) -> None:
        """Stop at once and release everything; idempotent. Fade out before."""
        self._output.close()
        self._mixer.close()
        self._runner.close()

    def _plan(
        self, room: Room, open_device: Callable[[str, int], Device] | None
    ) -> DeviceOutput | MultiDeviceOutput:
        """Return the output: from the mixer for one device, by a shared buffer for several."""
        devices = self._mixer.devices
        if len(devices) == 1:
            wanted, columns = next(iter(devices.items()))
            own = partial(open_device or SoundDevice, wanted, len(columns))
            return DeviceOutput(self._pull, len(columns), own, self._begin)
        opened = open_device or open_one_of_several
        parts = [
            DeviceSpec(_names(room, wanted), columns, partial(opened, wanted, len(columns)))
            for wanted, columns in devices.items()
        ]
        return MultiDeviceOutput(self._pull, parts)

    def _begin(self, device: Device) -> None:
        self._pacer.restart(device.latency)

    def _pull(self, frames: int, heard_in: Seconds | None = None) -> Block:
        block = self._mixer.render(frames, self._pacer.block(frames, heard_in))
        self.moved += 1
        return block


def _names(room: Room, device: str) -> str:
    return " and ".join(output.id for output in room.outputs if output.device == device)
