"""The room's sound: performs the engine's orders and reports what the music does."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from kacenv.audio.deck import Deck
from kacenv.audio.devices import Device, SoundDevice
from kacenv.audio.libvlc import instance
from kacenv.audio.meter import Loudness
from kacenv.audio.mixer import Mixer
from kacenv.audio.output import Output
from kacenv.audio.pacing import Pacer
from kacenv.audio.samples import Block
from kacenv.audio.vlc_deck import VlcDeck
from kacenv.clock import Clock
from kacenv.commands import AudioCommand
from kacenv.requests import Event
from kacenv.room import Room
from kacenv.units import Seconds

_log = logging.getLogger(__name__)


class RoomAudio:
    """Decks, mixer and output of one room.

    `report` hears of tracks from any thread and must be quick. `make_deck` and `open_device`
    are for rehearsals that bring their own.
    """

    def __init__(
        self,
        room: Room,
        clock: Clock,
        report: Callable[[Event], None],
        make_deck: Callable[[], Deck] = VlcDeck,
        open_device: Callable[[], Device] | None = None,
    ) -> None:
        self._stagehands = ThreadPoolExecutor(max_workers=2, thread_name_prefix="decks")
        self._make_deck = make_deck
        self._mixer = Mixer(room, report, make_deck, self._elsewhere)
        self._pacer = Pacer(clock)
        channels = self._mixer.channels
        own = partial(SoundDevice, room.outputs[0].device, channels)
        self._output = Output(self._pull, channels, open_device or own, self._pacer.restart)

    @property
    def device(self) -> str:
        """The name of the device that plays; `none` while there is none."""
        return self._output.device

    @property
    def device_note(self) -> str | None:
        """What is wrong with the device and what to do; None while all is well."""
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

    def meters(self) -> dict[str, Loudness]:
        """How loud each output is, by its id, over the last tenth of a second."""
        return self._mixer.meters()

    def start(self) -> None:
        """Begin to play; without a device, silently, as `device_note` then says."""
        if self._make_deck is VlcDeck:
            # libVLC takes a moment to find its plug-ins; the first track shan't wait for it.
            self._elsewhere(instance)
        self._output.start()

    def perform(self, command: AudioCommand) -> bool:
        """Take an order; False where nobody can hear it (a chime for staff without an output).

        Raises:
            DeviceError: The room has no such output.
        """
        return self._mixer.perform(command)

    def make_room(self, at: Seconds) -> None:
        """Lower the music, as for a chime in the room, for one that a MIDI instrument plays."""
        self._mixer.make_room(at)

    def close(self) -> None:
        """Stop at once and let go of everything; twice does no harm. Fade out before."""
        self._output.close()
        self._mixer.close()
        self._stagehands.shutdown(wait=True)

    def _pull(self, frames: int) -> Block:
        return self._mixer.render(frames, self._pacer.block(frames))

    def _elsewhere(self, work: Callable[[], object]) -> None:
        self._stagehands.submit(_logged, work)


def _logged(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # noqa: BLE001 - one deck must not take the others along
        _log.exception("a deck could not be opened or closed")
