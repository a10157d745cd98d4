"""FFmpeg deck: plays every kind of file from any place, exact to the sample."""

import logging
import math
import threading
from collections.abc import Iterator
from itertools import chain

from kacenv.analysis.downmix import StereoConverter
from kacenv.analysis.sound_decoder import BROKEN, Decoded, decoded, part_of
from kacenv.analysis.sound_file import SoundFile, open_sound
from kacenv.core.errors import DeviceError
from kacenv.devices.audio.decks.deck import NOTHING_LEFT, BufferedDeck
from kacenv.devices.audio.decks.ring_buffer import RingBuffer
from kacenv.devices.audio.samples import RATE, Pcm, frames_in
from kacenv.model.playlist import Cut

_log = logging.getLogger(__name__)
_END = Decoded(0.0, None)
_NOTHING = "it can't be decoded from where it should go on"
_BROKE_DOWN = "its decoder broke down over it; convert it to FLAC"


class FfmpegDeck(BufferedDeck):
    """Plays one cut once, by FFmpeg."""

    def __init__(self, *, audible: bool = False, ring: RingBuffer | None = None) -> None:
        """With `audible`, fail where nothing can be heard in the first 6 s."""
        super().__init__(audible=audible, ring=ring)
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def open(self, cut: Cut) -> None:
        """Start to decode on a new thread; errors are reported by `failed`."""
        with self._guard:
            if not self._closed:
                thread = threading.Thread(
                    target=self.decode, args=(cut,), name="decode", daemon=True
                )
                thread.start()
                self._thread = thread

    def close(self) -> None:
        """Release the file and join the thread; idempotent."""
        with self._guard:
            self._closed = True
        self._ring.release()
        if self._thread is not None:
            self._thread.join()

    def decode(self, cut: Cut) -> None:
        """Decode the cut on this thread, behind what the ring buffer has of it already."""
        try:
            with open_sound(cut.path) as sound:
                self._decode(sound, cut)
        except DeviceError as error:
            self._give_up(str(error))
        except (*BROKEN, MemoryError):
            self._give_up(_NOTHING)
        except Exception:  # noqa: BLE001 - the deck must fail, whatever the decoder throws
            _log.exception("FFmpeg broke down over %s", cut.path)
            self._ring.broken_down = True
            self._give_up(_BROKE_DOWN)
        self._ring.ended = True

    def _give_up(self, reason: str) -> None:
        """Note why there is no sound; what has sounded ends there without a word."""
        self._ring.reason = None if self._ring.written else reason

    def _decode(self, sound: SoundFile, cut: Cut) -> None:
        done = self._ring.written
        left, place = frames_in(cut.length) - done, frames_in(cut.cue_in) + done
        received = left <= 0
        for begins, pcm in _pcm(decoded(sound, cut.cue_in + done / RATE)):
            received = True
            wanted = pcm[max(0, place - begins) :][:left]
            left -= len(wanted)
            if self._closed or not self._put(wanted) or not left:
                return
        self._give_up(NOTHING_LEFT if received else _NOTHING)


def _on_grid(frames: Iterator[Decoded]) -> Iterator[Decoded]:
    """Yield whole frames, the first from a sample on that falls together with one of the room's.

    So a resampler makes the very same samples of a piece, wherever in it a decoder begins.
    """
    whole = (one for one in frames if one.frame is not None)
    for at, frame in whole:
        assert frame is not None  # noqa: S101 - for mypy
        step = frame.sample_rate // math.gcd(frame.sample_rate, RATE)
        extra = -round(at * frame.sample_rate) % step
        if extra < frame.samples:
            yield Decoded(at + extra / frame.sample_rate, part_of(frame, extra, frame.samples))
            break
    yield from whole


def _pcm(frames: Iterator[Decoded]) -> Iterator[tuple[int, Pcm]]:
    """Yield stereo samples at kacenv's rate, each part with its first frame's number."""
    converter, place = StereoConverter("s16", RATE), None
    for at, frame in chain(_on_grid(frames), (_END,)):
        place = frames_in(at) if place is None else place
        for part in converter.convert(frame):
            pcm: Pcm = part.to_ndarray().reshape(-1, 2)  # type: ignore[assignment]  # it's s16
            yield place, pcm
            place += len(pcm)
