"""FFmpeg deck: starts anywhere in a file at once, and ends there, exact to the sample.

libVLC lands up to 100 s away from a seek's target, and decoding up to the target takes it a
hundredth of the time. FFmpeg seeks in 10 to 20 ms in every format that kacenv plays.
"""

import threading
from collections.abc import Iterator
from itertools import chain

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from kacenv.analysis.file_type import kind_of
from kacenv.analysis.loudness_meter import LOCAL
from kacenv.analysis.padding import unpadded
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import BufferedDeck
from kacenv.devices.audio.samples import RATE, Pcm, frames_in
from kacenv.model.playlist import Cut

_RUN_UP = Seconds(1.0)
"""Decoding starts this much (s) before the cue point: the first frames after a seek may be
incomplete."""
_HOPELESS = 500
"""Number of consecutive damaged packets after which the whole file counts as damaged."""
_NOTHING = "it can't be decoded from where it should go on"


class FfmpegDeck(BufferedDeck):
    """Plays one cut once, by FFmpeg; for cuts that begin far into their files, or are gapless."""

    def __init__(self) -> None:
        super().__init__()
        self._thread: threading.Thread | None = None

    def open(self, cut: Cut) -> None:
        """Start to decode on a new thread; errors are reported by `failed`."""
        if self._closed:
            return
        self._thread = threading.Thread(target=self._run, args=(cut,), name="seek", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Release the file and join the thread; idempotent."""
        self._closed = True
        self._ring.release()
        if self._thread is not None:
            self._thread.join()

    def _run(self, cut: Cut) -> None:
        try:
            kind_of(cut.path)
            self._decode(cut)
            if not self._ring.written:
                self._reason = _NOTHING
        except DeviceError as error:
            self._reason = str(error)
        except (av.FFmpegError, ValueError, LookupError, MemoryError):
            self._reason = None if self._ring.written else _NOTHING
        self._ended = True

    def _decode(self, cut: Cut) -> None:
        left, place = frames_in(cut.length), frames_in(cut.cue_in)
        for begins, pcm in _from(cut.path, cut.cue_in):
            wanted = pcm[max(0, place - begins) :][:left]
            left -= len(wanted)
            if not self._ring.put(wanted) or not left:
                return


def _from(path: str, begin: Seconds) -> Iterator[tuple[int, Pcm]]:
    """Decode from a little before `begin` on; yield each part with its first frame's number."""
    with av.open(path, options=LOCAL, metadata_errors="replace") as container:
        stream = container.streams.audio[0]
        stream.codec_context.thread_type = "NONE"
        if begin > _RUN_UP:
            container.seek(int((begin - _RUN_UP) * av.time_base), backward=True)
        # FFmpeg's upmix would make a mono file 3 dB softer than libVLC's and the meter's.
        layout = "mono" if stream.codec_context.layout.nb_channels == 1 else "stereo"
        resampler = av.AudioResampler(format="s16", layout=layout, rate=RATE)
        # The beginning of a file is at 0, whatever its timestamps say; a seek there loses samples.
        place = None if begin > _RUN_UP else 0
        music = unpadded(_frames(container, stream), container)
        for frame in chain(music, (None,)):
            place = (_place(frame) if frame else 0) if place is None else place
            for part in resampler.resample(frame):
                pcm = _stereo(part)
                yield place, pcm
                place += len(pcm)


def _stereo(frame: AudioFrame) -> Pcm:
    """Return a frame of one or two channels as stereo samples, of shape (n, 2)."""
    pcm = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
    return np.broadcast_to(pcm, (len(pcm), 2)).astype(np.int16, copy=False)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Yield every frame that can be decoded; skip damaged stretches, as libVLC does."""
    damaged = 0
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
            damaged = 0
        except av.error.InvalidDataError:
            damaged += 1
            if damaged > _HOPELESS:
                return


def _place(frame: AudioFrame) -> int:
    """Return the position of `frame` in the file, in frames at kacenv's rate."""
    return frames_in(float(frame.time)) if frame.time is not None else 0
