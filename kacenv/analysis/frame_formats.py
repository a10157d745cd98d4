"""Formats of a file's frames, recorded as they are decoded."""

from collections.abc import Iterable, Iterator

from av.audio.frame import AudioFrame

from kacenv.analysis.landmarks import LandmarkRecorder
from kacenv.analysis.sound_decoder import Decoded
from kacenv.core.units import Seconds


class FormatRecorder:
    """Records rates, numbers of channels, first timestamp and landmarks of decoded frames."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.rates: dict[int, None] = {}
        self.channels: dict[int, None] = {}
        self.starts_at: Seconds | None = None
        self.landmarks = LandmarkRecorder()

    def recorded(self, frames: Iterable[Decoded]) -> Iterator[Decoded]:
        """Yield the frames, of a file's beginning on, as they are recorded."""
        self._forget()
        for one in frames:
            if one.frame is not None:
                self._add(one.frame)
            yield one

    def _add(self, frame: AudioFrame) -> None:
        self.landmarks.add(frame)
        self.rates[frame.sample_rate] = self.channels[frame.layout.nb_channels] = None
        if self.starts_at is None:
            self.starts_at = Seconds(max(0.0, float(frame.time or 0.0)))
