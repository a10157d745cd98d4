"""Process deck: plays a cut by a decoder in another process, which is replaced if it fails.

A decoder's word isn't believed blindly: the ring buffer's reader checks its positions, and what it
does is seen in /proc. A new one goes on at the very sample behind what is there.
"""

import logging
import os
import threading
from typing import Final

from kacenv.core.errors import DeviceError
from kacenv.core.plain_text import cleaned_line
from kacenv.devices.audio.decks.deck import BUFFER, BufferedDeck
from kacenv.devices.audio.decoders.decoder import DecodeOrder, Family
from kacenv.devices.audio.decoders.decoder_watch import DecoderWatch
from kacenv.devices.audio.decoders.server_process import DecoderProcess, ServerProcess
from kacenv.devices.audio.decoders.shared_ring import RingHandles
from kacenv.devices.audio.decoders.stall_detector import StallDetector
from kacenv.model.playlist import Cut
from kacenv.system.processes import has_ended

REPLACEMENTS: Final = 2
"""Most decoders that go on for another of the same piece."""
_CRASHES: Final = "its decoder crashes over it; convert it to FLAC"
_HANGS: Final = "its decoder gives no answer; is its disk slow or away?"
_log = logging.getLogger(__name__)


class ProcessDeck(BufferedDeck):
    """Plays one cut once, by decoders of one family in processes of their own."""

    def __init__(
        self,
        server: ServerProcess,
        watch: DecoderWatch,
        family: Family,
        *,
        audible: bool = False,
    ) -> None:
        """With `audible`, fail where nothing can be heard in the first 6 s."""
        self._handles = RingHandles(BUFFER)
        super().__init__(audible=audible, ring=self._handles.room_ring())
        self._server, self._watch = server, watch
        self._family, self._needs_sound = family, audible
        self._guard = threading.Lock()
        self._order: DecodeOrder | None = None
        self._process: DecoderProcess | None = None
        self._stall = StallDetector(0)
        self._replacements = REPLACEMENTS
        self._trouble = _CRASHES
        self._failure: str | None = None

    def open(self, cut: Cut) -> None:
        """Start a decoder; errors are reported by `failed`."""
        with self._guard:
            if self._closed:
                return
            where = float(cut.cue_in), float(cut.length)
            self._start(DecodeOrder(self._family, cut.path, *where, self._needs_sound))
        self._watch.add(self)

    @property
    def decoder(self) -> tuple[int, int] | None:
        """Return process id and pidfd of its decoder; None without one."""
        return self._process

    @property
    def failed(self) -> str | None:
        """Return the reason for a failure, at the start or later; None without one."""
        reason = self._failure or super().failed
        return cleaned_line(reason) if reason else None

    @property
    def refused(self) -> bool:
        """Tell if it has failed for what the file holds, so that no other decoder is asked."""
        return super().refused if self._failure is None else self._failure is _HANGS

    def check(self) -> None:
        """Put another decoder in the place of one that has ended too soon."""
        with self._guard:
            process = self._process
            if process is None or not has_ended(process.ended):
                return
            self._process = None
            os.close(process.ended)
            is_done = self._ring.ended or self._ring.reason is not None
            if self._ring.is_broken or not is_done:
                self._replace()

    def look(self) -> None:
        """End its decoder if it hangs, or says what can't be."""
        with self._guard:
            if self._process is None:
                return
            if not self._ring.is_wanted:
                self._stall.rest()
            elif self._stall.look(self._ring.written):
                self._trouble = _HANGS
                self._process.kill()
            if self._ring.is_broken:
                self._process.kill()

    def close(self) -> None:
        """Release the file, and end its decoder; idempotent."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            self._ring.release()
            if self._process is not None:
                self._process.kill()
                os.close(self._process.ended)
                self._process = None
            self._handles.close()
        self._watch.remove(self)

    def _replace(self) -> None:
        """Have another decoder go on, unless none is left or this one never began to answer."""
        trouble, self._trouble, order = self._trouble, _CRASHES, self._order
        is_mute = trouble is _HANGS and not self._ring.believed
        if order is None or is_mute or not self._replacements:
            self._failure = trouble
            return
        _log.warning("another decoder goes on at frame %d of %s", self._ring.believed, order.path)
        self._replacements -= 1
        self._ring.begin_anew()
        self._start(order)

    def _start(self, order: DecodeOrder) -> None:
        self._order = order
        try:
            self._process = self._server.start(order, self._handles)
            self._stall = StallDetector(self._process.pid)
        except DeviceError as error:
            self._failure = str(error)
