"""libVLC deck.

libVLC's audio callbacks follow the clock, and drop samples that a full buffer holds up for longer
than 60 ms, so a cued track would lose its beginning. Its stream output to memory (smem) has no
clock: it decodes as fast as the buffer takes samples, and blocks.
"""

import ctypes
import threading
import time
from typing import Any

import numpy as np

from kacenv.analysis.absurd_samples import ABSURD, SampleCheck
from kacenv.analysis.sound_file import SoundFile, open_sound
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import NOTHING_LEFT, BufferedDeck
from kacenv.devices.audio.decks.libvlc import instance, library
from kacenv.devices.audio.decks.libvlc_input import LibvlcInput
from kacenv.devices.audio.decks.ring_buffer import RingBuffer
from kacenv.devices.audio.samples import RATE, Block, Pcm, frames_in
from kacenv.model.playlist import Cut

_TIMEOUT = Seconds(5.0)
_BEFORE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t)
_AFTER = ctypes.CFUNCTYPE(
    None,
    ctypes.c_void_p,
    ctypes.c_void_p,
    *[ctypes.c_uint] * 4,
    ctypes.c_size_t,
    ctypes.c_int64,
)
_CHAIN = (
    ":sout=#transcode{{acodec=f32l,channels=2,samplerate={}}}"
    ":smem{{no-time-sync,audio-prerender-callback={},audio-postrender-callback={}}}"
)
_NOTHING = "it holds no music that VLC can play; does it play elsewhere?"
_NOT_ITS_KIND = "VLC isn't asked to play files of this kind"


class VlcDeck(BufferedDeck):
    """Plays one cut once, by libVLC."""

    def __init__(self, *, ring: RingBuffer | None = None) -> None:
        super().__init__(audible=True, ring=ring)
        self._guard = threading.Lock()
        self._player: Any = None
        self._events: Any = None
        self._media: Any = None
        self._sound: SoundFile | None = None
        self._input: LibvlcInput | None = None
        self._received = self._skip = self._left = 0
        self._check = SampleCheck()
        self._heard_from = float("inf")
        self._memory = ctypes.create_string_buffer(1 << 16)
        # Referenced here, as libVLC holds only the addresses of these callbacks.
        self._before: Any = _BEFORE(self._lend)
        self._after: Any = _AFTER(self._receive)

    def open(self, cut: Cut) -> None:
        """Start to decode; errors are reported by `failed`."""
        with self._guard:
            if self._closed:
                return
            try:
                self._sound = open_sound(cut.path)
                self._play(cut, self._sound)
            except DeviceError as error:
                self._ring.reason = str(error)

    @property
    def failed(self) -> str | None:
        """Return the reason for a failure, at the start or later; None without one."""
        reason = super().failed
        waiting = not (self._closed or self._ring.ended or self._ring.available)
        if waiting and time.monotonic() - self._heard_from > _TIMEOUT:
            return reason or "no sound came out of it for 5 s; is its disk slow or away?"
        return reason

    def close(self) -> None:
        """Release the file; idempotent. May block for a second."""
        self._ring.release()
        with self._guard:
            self._closed = True
            if self._player is not None:
                self._player.stop()
                for kind in _ends():
                    self._events.event_detach(kind)
                self._player.release()
            if self._media is not None:
                self._media.release()
            if self._input is not None:
                self._input.release()
            if self._sound is not None:
                self._sound.close()
            self._player = self._media = self._events = self._before = self._after = None
            self._input = self._sound = None

    def _play(self, cut: Cut, sound: SoundFile) -> None:
        self._skip = frames_in(cut.cue_in) + self._ring.written
        self._left = frames_in(cut.length) - self._ring.written
        demuxer = _demuxer(sound)
        self._input = LibvlcInput(sound.parts[0])
        self._media = self._input.media(demuxer)
        ends = _address(self._before), _address(self._after)
        self._media.add_option(_CHAIN.format(RATE, *ends))
        self._player = instance().media_player_new()
        self._player.set_media(self._media)
        self._listen()
        self._heard_from = time.monotonic()
        self._player.play()

    def _listen(self) -> None:
        # python-vlc's own method keeps every event manager, and so every deck, for ever.
        self._events = library().libvlc_media_player_event_manager(self._player)
        for kind in _ends():
            self._events.event_attach(kind, self._on_end)

    def _on_end(self, _event: object) -> None:
        """Handle the event after the last sample; libVLC calls would deadlock here."""
        self._end()

    def _end(self) -> None:
        if self._ring.written == 0:
            unheard = ABSURD if self._check.found else _NOTHING
            self._ring.reason = NOTHING_LEFT if self._received else unheard
        self._ring.ended = True

    def _lend(self, _data: int, memory: Any, size: int) -> None:
        """Provide libVLC with the memory for its next samples."""
        if size > len(self._memory):
            self._memory = ctypes.create_string_buffer(size)
        memory[0] = ctypes.addressof(self._memory)

    def _receive(self, *call: int) -> None:
        """Take the samples that libVLC has written; block while the ring buffer is full."""
        size = call[6]
        sound: Block = np.frombuffer(memoryview(self._memory), np.float32, size // 4).reshape(-1, 2)
        pcm = self._believed(sound)
        self._received += len(pcm)
        skipped = min(self._skip, len(pcm))
        self._skip -= skipped
        wanted = pcm[skipped : skipped + self._left]
        self._left -= len(wanted)
        going_on = self._put(wanted)
        self._heard_from = time.monotonic()
        if going_on and (self._left == 0 or self._check.is_over):
            self._end()
            self._ring.wait_for_release()

    def _believed(self, sound: Block) -> Pcm:
        """Return samples to be heard, as the room's whole numbers; none where they are absurd."""
        if not self._check.passes([sound], len(sound) / RATE):
            sound = sound[:0]
        return np.round(sound * 32768).clip(-32768, 32767).astype(np.int16)


def _demuxer(sound: SoundFile) -> str:
    if sound.kind.vlc is None or len(sound.parts) > 1:
        raise DeviceError(_NOT_ITS_KIND)
    return sound.kind.vlc


def _ends() -> tuple[Any, Any]:
    kinds = library().EventType
    return kinds.MediaPlayerEndReached, kinds.MediaPlayerEncounteredError


def _address(callback: Any) -> int | None:
    # `ctypes.cast` would have the callback refer to itself, and so keep the deck until the garbage
    # collector's next full run, which may be hours away.
    return ctypes.c_void_p.from_buffer(callback).value
