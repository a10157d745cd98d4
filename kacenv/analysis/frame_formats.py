"""Formats of a file's frames: recorded, and made alike where they change within the file."""

from collections.abc import Iterable, Iterator

from av import AudioResampler
from av.audio.frame import AudioFrame

from kacenv.analysis.landmarks import LandmarkRecorder
from kacenv.core.units import Seconds


class FormatRecorder:
    """Records rates, numbers of channels, first timestamp and landmarks of passing frames."""

    def __init__(self) -> None:
        self.rates: dict[int, None] = {}
        self.channels: dict[int, None] = {}
        self.starts_at: Seconds | None = None
        self.landmarks = LandmarkRecorder()
        self._first: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None
        self._from: tuple[str, str, int] | None = None

    def alike(self, frames: Iterable[AudioFrame | None]) -> Iterator[AudioFrame | None]:
        """Yield the frames, all in the format of the first one; None, for an error, passes."""
        for frame in frames:
            if frame is None:
                yield None
                continue
            self.add(frame)
            yield from self._converted(frame)
        yield from self._rest()

    def add(self, frame: AudioFrame) -> None:
        """Record the next frame."""
        self.landmarks.add(frame)
        self.rates[frame.sample_rate] = self.channels[frame.layout.nb_channels] = None
        if self.starts_at is None:
            self.starts_at = Seconds(max(0.0, float(frame.time or 0.0)))

    def _converted(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        form = frame.format.name, frame.layout.name, frame.sample_rate
        self._first = self._first or form
        if form != self._from:
            yield from self._rest()
            self._from = form
            if form != self._first:
                kind, layout, rate = self._first
                self._resampler = AudioResampler(format=kind, layout=layout, rate=rate)
        if self._resampler is None:
            yield frame
        else:
            yield from self._resampler.resample(frame)

    def _rest(self) -> Iterator[AudioFrame]:
        """Yield what the resampler still holds, and let go of it."""
        resampler, self._resampler = self._resampler, None
        if resampler is not None:
            yield from resampler.resample(None)
