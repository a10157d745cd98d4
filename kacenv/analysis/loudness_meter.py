"""Loudness measurement of a sound file by FFmpeg's decoders and `ebur128` filter, in-process.

The filter's own true peak takes three quarters of its time; `true_peak` works out the same.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter.context import FilterContext
from numpy.typing import NDArray

from kacenv.analysis.downmix import (
    Form,
    StereoConverter,
    form_of,
    pulled,
    source_of,
    stereo_filters,
)
from kacenv.analysis.frame_formats import FormatRecorder
from kacenv.analysis.frame_samples import planes_of
from kacenv.analysis.loudness_curve import Course, largest_rise, packed
from kacenv.analysis.measurement import ABSOLUTE_GATE, QUIETEST, Measurement
from kacenv.analysis.silence_gaps import DEAD_AIR, QUIET, GapDetector
from kacenv.analysis.silence_gaps import packed as packed_gaps
from kacenv.analysis.sound_decoder import BROKEN, Decoded, decoded
from kacenv.analysis.sound_file import SoundFile, open_sound
from kacenv.analysis.true_peak import TruePeakMeter
from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels, Seconds

SILENCE: Final = 10.0 ** (-60 / 20)
"""Amplitude of -60 dBFS; with music at 60 dB SPL, anything below is inaudible."""
Samples = NDArray[np.float64]
"""Interleaved samples of shape (frames * channels,)."""
LONGEST: Final = Seconds(24 * 3600.0)
_COMMON_RATE: Final = 48000
_METER: Final = "peak=none:metadata=1:dualmono=1"
"""Options of the filter; a mono file plays on both sides, which `dualmono` measures."""
_KEY: Final = "lavfi.r128."
_QUIET_POWER: Final = 10.0 ** (QUIET / 10)


def measure(path: str, formats: FormatRecorder | None = None) -> Measurement:
    """Decode the file at `path` once and measure it, on one core.

    Skips stretches that can't be decoded, as players do.

    Raises:
        DeviceError: It isn't there, isn't music, or nothing of it can be decoded.
    """
    try:
        with open_sound(path) as sound:
            return _measured(sound, formats or FormatRecorder())
    except BROKEN as error:
        raise DeviceError("it can't be decoded; is it damaged? copy it again") from error
    except MemoryError as error:
        raise DeviceError("it needs too much memory; convert it to FLAC") from error


def _measured(sound: SoundFile, formats: FormatRecorder) -> Measurement:
    """Measure a file in its own form, or as stereo at 48 kHz if its form changes inside."""
    try:
        return _measure(formats.recorded(decoded(sound)))
    except _FormChangedError:
        return _measure(_as_stereo(formats.recorded(decoded(sound))))


def _measure(frames: Iterable[Decoded]) -> Measurement:
    meter = _LoudnessMeter()
    for _, frame in frames:
        if frame is None:
            meter.lose()
        else:
            meter.push(frame)
    return meter.result()


def _as_stereo(frames: Iterable[Decoded]) -> Iterator[Decoded]:
    converter = StereoConverter("dbl", _COMMON_RATE)
    for place, frame in frames:
        if frame is None:
            yield Decoded(place, None)
        else:
            yield from (Decoded(place, part) for part in converter.convert(frame))
    yield from (Decoded(0.0, part) for part in converter.convert(None))


class _FormChangedError(Exception):
    """A change of sample rate, channels or format inside a file."""


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
        self._form: Form | None = None
        self._momentary: list[float] = []
        self._short_term: list[float] = []
        self._last: dict[str, str] = {}
        self._given = self._samples = 0
        self._peaks: TruePeakMeter | None = None
        self._gaps = GapDetector()
        self._first_loud: _Stretch | None = None
        self._last_loud: _Stretch | None = None
        self._damaged_at: Seconds | None = None

    def push(self, frame: AudioFrame) -> None:
        """Measure the next samples.

        Raises:
            DeviceError: The file is too long to be music.
            _FormChangedError: They have another form than those before.
        """
        if self._source is None:
            self._begin(frame)
        elif form_of(frame) != self._form:
            raise _FormChangedError
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
        self._form = form_of(frame)
        self._peaks = TruePeakMeter(self._rate, min(2, frame.layout.nb_channels))
        self._graph = av.filter.Graph()
        self._source = source_of(self._graph, frame)
        self._sink = self._graph.add("abuffersink")
        mixed = stereo_filters(self._graph, frame.layout.nb_channels)
        meter = self._graph.add("ebur128", _METER)
        self._graph.link_nodes(self._source, *mixed, meter, self._sink).configure()

    def _measure(self, frame: AudioFrame | None) -> None:
        """Feed samples, or None for the end, to the filter, and collect its results."""
        assert self._source is not None  # noqa: S101 - it has begun
        self._source.push(frame)
        for measured in pulled(self._sink):
            self._read(measured)

    def _read(self, frame: AudioFrame) -> None:
        """Collect the loudness so far, and the audibility of these samples."""
        if figures := frame.metadata:
            self._last = figures
            self._momentary.append(float(figures[_KEY + "M"]))
            self._short_term.append(float(figures[_KEY + "S"]))
        assert self._peaks is not None  # noqa: S101 - it has begun
        (samples,) = planes_of(frame)  # interleaved doubles, by the filter
        channels = frame.layout.nb_channels
        self._peaks.add(samples.reshape(-1, channels).T.astype(np.float32))
        if max(float(samples.max()), -float(samples.min())) > SILENCE:
            self._last_loud = _Stretch(samples, self._samples, channels)
            self._first_loud = self._first_loud or self._last_loud
        power = float(np.vdot(samples, samples)) / len(samples)
        self._gaps.add(frame.samples, loud=power >= _QUIET_POWER)
        self._samples += frame.samples

    def result(self) -> Measurement:
        """Return the complete measurement.

        Raises:
            DeviceError: There was nothing to measure.
        """
        if self._peaks is None or not self._given:
            raise DeviceError("nothing in it can be decoded; is it damaged? copy it again")
        self._measure(None)
        gated = self._figure("I", ABSOLUTE_GATE)
        loudness = gated if gated > ABSOLUTE_GATE else None
        head, tail = self._silence()
        sudden, sudden_at = largest_rise(_course(self._momentary), loudness, head)
        return Measurement(
            loudness=loudness,
            true_peak=_decibels(self._peaks.result()),
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


def _course(values: list[float]) -> Course:
    course: Course = np.nan_to_num(np.array(values), nan=QUIETEST, neginf=QUIETEST)
    return course


def _decibels(amplitude: float) -> Decibels:
    return Decibels(max(QUIETEST, 20.0 * float(np.log10(max(amplitude, 1e-9)))))
