"""The room's sound: performs the engine's orders and reports what the music does."""

from collections.abc import Callable
from functools import partial

from kacenv.audio.deck import Deck
from kacenv.audio.devices import Device, SoundDevice
from kacenv.audio.ensemble import Ensemble, Part
from kacenv.audio.file_deck import FileDeck
from kacenv.audio.libvlc import instance
from kacenv.audio.meter import Loudness
from kacenv.audio.mixer import Mixer
from kacenv.audio.output import Output
from kacenv.audio.pacing import Pacer
from kacenv.audio.samples import Block
from kacenv.audio.stagehands import Stagehands
from kacenv.clock import Clock
from kacenv.commands import AudioCommand
from kacenv.requests import Event
from kacenv.room import Room
from kacenv.units import Decibels, Seconds


class RoomAudio:
    """Decks, mixer and output of one room.

    `report` hears of tracks from any thread and must be quick. `make_deck` and `open_device`
    (by name and number of channels) are for rehearsals that bring their own.
    """

    def __init__(
        self,
        room: Room,
        clock: Clock,
        report: Callable[[Event], None],
        make_deck: Callable[[], Deck] = FileDeck,
        open_device: Callable[[str, int], Device] | None = None,
    ) -> None:
        self._stagehands = Stagehands()
        self._make_deck = make_deck
        self._mixer = Mixer(room, report, make_deck, self._stagehands.do)
        self._pacer = Pacer(clock)
        self.moved = 0
        self._output = self._plan(room, open_device)

    @property
    def device(self) -> str:
        """The names of the devices that play; `none` while there is none."""
        return self._output.device

    @property
    def device_note(self) -> str | None:
        """What is wrong with which device and what to do; None while all is well."""
        return self._output.note

    @property
    def underruns(self) -> int:
        """How often a decoder fell behind what was to be heard."""
        return self._mixer.underruns

    @property
    def errors(self) -> int:
        """Blocks of sound lost to an error."""
        return self._output.errors

    @property
    def music_level(self) -> Loudness:
        """How loud the music is before volumes and trims, over the last tenth of a second."""
        return self._mixer.music_level

    @property
    def recent_music(self) -> Decibels:
        """The music's level (rms, dBFS) of the last 3 s, before volumes and trims."""
        return self._mixer.recent_music

    def meters(self) -> dict[str, Loudness]:
        """How loud each output is, by its id, over the last tenth of a second."""
        return self._mixer.meters()

    def start(self) -> None:
        """Begin to play; without a device, silently, as `device_note` then says."""
        if self._make_deck is FileDeck:
            # libVLC takes a moment to find its plug-ins; the first track shan't wait for it.
            self._stagehands.do(instance)
        self._output.start()

    def perform(self, command: AudioCommand) -> bool:
        """Take an order; False where nobody can hear it (a chime for staff without an output).

        Raises:
            DeviceError: The room has no such output.
        """
        return self._mixer.perform(command)

    def fade_in(self) -> None:
        """Fall silent for a moment and fade in, so that nothing that has leapt is heard to.

        The clock may leap within that moment.
        """
        self._pacer.expect_leap()
        self._output.fade_in()

    def make_room(self, at: Seconds) -> None:
        """Lower the music, as for a chime in the room, for one that a MIDI instrument plays."""
        self._mixer.make_room(at)

    def close(self) -> None:
        """Stop at once and let go of everything; twice does no harm. Fade out before."""
        self._output.close()
        self._mixer.close()
        self._stagehands.close()

    def _plan(
        self, room: Room, open_device: Callable[[str, int], Device] | None
    ) -> Output | Ensemble:
        """One device is fed straight from the mixer, several from what it leaves on a tape."""
        devices = self._mixer.devices
        if len(devices) == 1:
            wanted, columns = next(iter(devices.items()))
            own = partial(open_device or SoundDevice, wanted, len(columns))
            return Output(self._pull, len(columns), own, self._begin)
        opened = open_device or partial(SoundDevice, telling=True)
        parts = [
            Part(_names(room, wanted), columns, partial(opened, wanted, len(columns)))
            for wanted, columns in devices.items()
        ]
        return Ensemble(self._pull, parts)

    def _begin(self, device: Device) -> None:
        self._pacer.restart(device.latency)

    def _pull(self, frames: int, heard_in: Seconds | None = None) -> Block:
        block = self._mixer.render(frames, self._pacer.block(frames, heard_in))
        self.moved += 1
        return block


def _names(room: Room, device: str) -> str:
    return " and ".join(output.id for output in room.outputs if output.device == device)
