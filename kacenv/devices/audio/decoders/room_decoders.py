"""Decoders of a room: makes decks whose pieces are decoded in processes of their own."""

from collections.abc import Callable, Sequence
from functools import partial

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.fallback_deck import FallbackDeck
from kacenv.devices.audio.decks.file_deck import must_sound
from kacenv.devices.audio.decoders import decoder, server
from kacenv.devices.audio.decoders.decoder import Family
from kacenv.devices.audio.decoders.decoder_watch import DecoderWatch
from kacenv.devices.audio.decoders.process_deck import ProcessDeck
from kacenv.devices.audio.decoders.server_process import ServerProcess
from kacenv.devices.audio.decoders.stall_detector import LOOK_EVERY
from kacenv.model.playlist import Cut


class RoomDecoders:
    """Decoder server of a room, and the watch over its decoders.

    To be made before this process has threads, as the server is its fork then.
    """

    def __init__(
        self,
        look_every: Seconds = LOOK_EVERY,
        command: Callable[[int], Sequence[str]] = server.command,
    ) -> None:
        """With `command`, a server that is no fork is that program."""
        self._server = ServerProcess(command)
        self._watch = DecoderWatch(self._server, look_every)

    def deck(self, cut: Cut) -> Deck:
        """Return the deck for a cut; it isn't open yet."""
        made = partial(ProcessDeck, self._server, self._watch)
        first = partial(made, Family.FFMPEG, audible=must_sound(cut))
        return FallbackDeck((first, partial(made, Family.VLC, audible=True)))

    def processes(self) -> tuple[tuple[str, int], ...]:
        """Return role and process id of the server and of each decoder."""
        decoders = ((decoder.ROLE, pid) for pid in self._watch.decoders)
        return ((server.ROLE, self._server.pid), *decoders)

    def close(self) -> None:
        """End the server and all decoders; idempotent. Close the decks before."""
        self._watch.close()
        self._server.close()
