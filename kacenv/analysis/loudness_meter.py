"""Loudness measurement of a sound file by FFmpeg's decoders and `ebur128` filter, in-process."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter.context import FilterContext
from numpy.typing import NDArray

from kacenv.analysis.file_type import kind_of
from kacenv.analysis.frame_formats import FormatRecorder
from kacenv.analysis.loudness_curve import Course, largest_rise, packed
from kacenv.analysis.measurement import ABSOLUTE_GATE, QUIETEST, Measurement
from kacenv.analysis.silence_gaps import DEAD_AIR, QUIET, GapDetector
from kacenv.analysis.silence_gaps import packed as packed_gaps
from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels, Seconds

SILENCE: Final = 10.0 ** (-60 / 20)
"""Amplitude of -60 dBFS; with music at 60 dB SPL, anything below is inaudible."""
Samples = NDArray[np.float64]
"""Interleaved samples of shape (frames * channels,)."""
GAP: Final = Seconds(1.0)
"""Least jump (s) of the file's timestamps that means lost music; rounding errors are smaller."""
LONGEST: Final = Seconds(24 * 3600.0)
LOCAL: Final = {
    "protocol_whitelist": "file",
    "format_whitelist": "wav,aiff,flac,ogg,mp3,aac,matroska,mov",
}
_METER: Final = "peak=true:metadata=1:dualmono=1"
"""Options of the filter; a mono file plays on both sides, which `dualmono` measures."""
_KEY: Final = "lavfi.r128."
_QUIET_POWER: Final = 10.0 ** (QUIET / 10)


def measure(path: str, formats: FormatRecorder | None = None) -> Measurement:
    """Decode the file at `path` once and measure it, on one core.

    Skips stretches that can't be decoded, as players do. All frames pass `formats`.

    Raises:
        DeviceError: It isn't there, isn't music, or nothing of it can be decoded.
    """
    kind_of(path)
    try:
        with av.open(path, options=LOCAL, metadata_errors="replace") as container:
            return _measure(container, formats or FormatRecorder())
    except (av.FFmpegError, ValueError) as error:
        raise DeviceError("it can't be decoded; is it damaged? copy it again") from error
    except MemoryError as error:
        raise DeviceError("it needs too much memory; convert it to FLAC") from error


def _measure(container: InputContainer, formats: FormatRecorder) -> Measurement:
    if not container.streams.audio:
        raise DeviceError("there is no sound in it")
    stream = container.streams.audio[0]
    stream.codec_context.thread_type = "NONE"
    meter = _LoudnessMeter()
    for frame in formats.alike(_frames(container, stream)):
        if frame is None:
            meter.lose()
        else:
            meter.push(frame)
    return meter.result()


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame | None]:
    """Yield every frame, and None for each decoding error."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            yield None
            return
        if packet is None:
            return
        try:
            yield from stream.decode(packet)
        except av.FFmpegError:
            yield None


class _Stretch(NamedTuple):
    """Audible block of 0.1 s, `at` so many frames into the file."""

    samples: Samples
    at: int
    channels: int

    def span(self) -> tuple[int, int]:
        """Return the block's first and last audible frame, the last exclusive."""
        loud = np.flatnonzero(np.abs(self.samples) > SILENCE) // self.channels
        return self.at + int(loud[0]), self.at + int(loud[-1]) + 1


class _LoudnessMeter:
    """Feeds FFmpeg's `ebur128` filter, and collects its results every 0.1 s."""

    def __init__(self) -> None:
        self._source: FilterContext | None = None
        self._rate = 1
        self._starts_at = 0.0
        self._momentary: list[float] = []
        self._short_term: list[float] = []
        self._last: dict[str, str] = {}
        self._given = self._samples = 0
        self._peak = 0.0
        self._gaps = GapDetector()
        self._first_loud: _Stretch | None = None
        self._last_loud: _Stretch | None = None
        self._damaged_at: Seconds | None = None

    def push(self, frame: AudioFrame) -> None:
        """Measure the next samples.

        Raises:
            DeviceError: The file is too long to be music.
        """
        here = _seconds_at(frame)
        if self._source is None:
            self._begin(frame)
            self._starts_at = here
        if here - self._starts_at > self._given / self._rate + GAP:
            self.lose()
        self._given += frame.samples
        if self._given > LONGEST * self._rate:
            raise DeviceError("it is longer than 24 hours; cut it")
        self._measure(frame)

    def lose(self) -> None:
        """Note a decoding error at the current position; the first counts."""
        if self._damaged_at is None:
            self._damaged_at = Seconds(self._given / self._rate)

    def _begin(self, frame: AudioFrame) -> None:
        self._rate = frame.sample_rate
        self._gaps = GapDetector(least=round(DEAD_AIR * self._rate))
        self._graph = av.filter.Graph()
        self._source = self._graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=frame.time_base,
        )
        self._sink = self._graph.add("abuffersink")
        meter = self._graph.add("ebur128", _METER)
        self._graph.link_nodes(self._source, meter, self._sink).configure()

    def _measure(self, frame: AudioFrame | None) -> None:
        """Feed samples, or None for the end, to the filter, and collect its results."""
        assert self._source is not None  # noqa: S101 - it has begun
        self._source.push(frame)
        while True:
            try:
                measured = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(measured, AudioFrame)  # noqa: S101 - the sink is one for sound
            self._read(measured)

    def _read(self, frame: AudioFrame) -> None:
        """Collect the loudness so far, and the audibility of these samples."""
        if figures := frame.metadata:
            self._last = figures
            self._momentary.append(float(figures[_KEY + "M"]))
            self._short_term.append(float(figures[_KEY + "S"]))
        samples: Samples = frame.to_ndarray().ravel()  # type: ignore[assignment]  # the filter gives doubles
        peak = max(float(samples.max()), -float(samples.min()))
        self._peak = max(self._peak, peak)
        if peak > SILENCE:
            self._last_loud = _Stretch(samples, self._samples, frame.layout.nb_channels)
            self._first_loud = self._first_loud or self._last_loud
        power = float(np.square(samples).mean())
        self._gaps.add(frame.samples, loud=power >= _QUIET_POWER)
        self._samples += frame.samples

    def result(self) -> Measurement:
        """Return the complete measurement.

        Raises:
            DeviceError: There was nothing to measure.
        """
        if not self._given:
            raise DeviceError("nothing in it can be decoded; is it damaged? copy it again")
        self._measure(None)
        gated = self._figure("I", ABSOLUTE_GATE)
        loudness = gated if gated > ABSOLUTE_GATE else None
        head, tail = self._silence()
        sudden, sudden_at = largest_rise(_course(self._momentary), loudness, head)
        return Measurement(
            loudness=loudness,
            true_peak=_decibels(max(self._figure("true_peak", 0.0), self._peak)),
            loudness_range=self._figure("LRA", 0.0),
            rise=largest_rise(_course(self._short_term), loudness, head)[0],
            sudden=sudden,
            sudden_at=sudden_at,
            head=head,
            tail=tail,
            duration=Seconds(self._samples / self._rate),
            damaged_at=self._damaged_at,
            gap=Seconds(self._gaps.longest.length / self._rate),
            gap_at=Seconds(self._gaps.longest.at / self._rate),
            gaps=packed_gaps(self._gaps.found, self._rate),
            course=packed(_course(self._short_term)),
        )

    def _silence(self) -> tuple[Seconds, Seconds]:
        """Return the durations of silence at the beginning and at the end."""
        if self._first_loud is None or self._last_loud is None:
            return Seconds(self._samples / self._rate), Seconds(0.0)
        begin, end = self._first_loud.span()[0], self._last_loud.span()[1]
        return Seconds(begin / self._rate), Seconds((self._samples - end) / self._rate)

    def _figure(self, name: str, missing: float) -> float:
        return float(self._last.get(_KEY + name, missing))


def _seconds_at(frame: AudioFrame) -> float:
    """Return the position of a frame (s) by the file's timestamps."""
    base = frame.time_base
    if frame.pts is None or base is None:
        return 0.0
    return frame.pts * base.numerator / base.denominator


def _course(values: list[float]) -> Course:
    course: Course = np.nan_to_num(np.array(values), nan=QUIETEST, neginf=QUIETEST)
    return course


def _decibels(amplitude: float) -> Decibels:
    return Decibels(max(QUIETEST, 20.0 * float(np.log10(max(amplitude, 1e-9)))))
