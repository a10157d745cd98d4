"""Dropout detector: when a device ran dry, inferred from the times and sizes of its pulls.

What the sound systems know, and what of it can be had:

- PulseAudio tells clients of an underflow (`pa_stream_set_underflow_callback`, pulse/stream.h);
  miniaudio 0.11 keeps the stream to itself and sets no such callback (`ma_device_init__pulse`).
- ALSA's `snd_pcm_writei` returns -EPIPE; miniaudio calls `snd_pcm_recover`, and says so in its own
  log at most (`ma_device_write__alsa`).
- JACK has `jack_set_xrun_callback`; miniaudio doesn't set it. PipeWire is played to by one of
  these three.
- A server that stands still tells nobody until it runs again.

All of them play silence, or nothing, until the device has sound again, and then request what fills
their buffer. So what was played without us is missing from the frames pulled, for good: sound
pulled minus time elapsed returns after every pull to the same *full mark*, and after a dropout to a
lower one.

- That there was a dropout is certain as far as the device's clock runs as evenly as this machine's
  (to 0.1 %), and the server doesn't change its buffer in the same half second.
- Its length is an estimate: PulseAudio drops up to a request (40 ms) when it runs dry, and what the
  device holds is known to about that. Of 14 dropouts of 20 to 240 ms on PulseAudio's null sink,
  those told were 5 to 10 ms shorter than those heard. After a device was opened again, the length
  is known to a tenth of a second or two.
- Dropouts less than half a second apart count as one. One shorter than 5 ms isn't told, nor one in
  the first half second of a device.
"""

import math

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE
from kacenv.model.dropout import Dropout

SHORTEST = 0.005
"""Fall of the full mark (s) that is a dropout; clocks differ by less in twice `_WINDOW`."""
_LATE = 0.75
"""Share of the sound held that is used up when a pull counts as late."""
_SETTLED_AFTER = 0.5
"""Time (s) of punctual pulls after which the full mark is known again."""
_WINDOW = 2.0


class DropoutDetector:
    """Folds the pulls of one device after another into dropouts; times are monotonic (s)."""

    def __init__(self) -> None:
        self._held: float | None = None
        self._latency = 0.0
        self._settling_since: float | None = None
        self._full_before: float | None = None
        self._ran_dry_at: float | None = None
        self._start_over()

    def begin(self, held: Seconds | None, latency: Seconds) -> None:
        """Begin with a device that holds `held` when full; None for one that nobody hears.

        A dropout lasts from where the device before ran dry until this one plays steadily.
        """
        if self._held is not None and self._steady and self._ran_dry_at is None:
            self._ran_dry_at = self._pulled - self._peak.value + self._held
        self._held, self._latency = held, latency
        self._start_over()

    def pull(self, at: float, frames: int) -> Dropout | None:
        """Take a pull of `frames` frames; return a dropout that is over, once that is certain."""
        if self._held is None:
            return None
        found = None
        deficit = self._peak.value - (self._pulled - at)
        if deficit > _LATE * self._held:
            self._come_late(at, deficit - self._held)
        elif self._settling_since is not None and at - self._settling_since >= _SETTLED_AFTER:
            found = self._settle()
        if self._settling_since is None and not self._steady:
            self._settling_since = at
        self._pulled += frames / RATE
        self._peak.add(at, self._pulled - at)
        return found

    def _start_over(self) -> None:
        self._peak = _Peak()
        self._pulled = 0.0
        self._steady = False
        self._settling_since = self._full_before = None
        self._missing = 0.0

    def _come_late(self, at: float, missing: float) -> None:
        """Note a late pull, when `missing` seconds had run dry; the full mark is then unknown."""
        if self._steady and self._settling_since is None:
            self._full_before = self._peak.value
            self._ran_dry_at = at - max(0.0, missing)
        self._missing += max(0.0, missing)
        self._settling_since = at
        self._peak = _Peak()

    def _settle(self) -> Dropout | None:
        """Compare the full mark that is known again with the one before."""
        ran_dry_at, length = self._ran_dry_at, self._length()
        self._ran_dry_at = self._full_before = self._settling_since = None
        self._missing, self._steady = 0.0, True
        if ran_dry_at is None or length < SHORTEST:
            return None
        return Dropout(Seconds(ran_dry_at), Seconds(length))

    def _length(self) -> float:
        if self._full_before is not None:
            fallen = self._full_before - self._peak.value
            return max(fallen, self._missing) if fallen >= SHORTEST else 0.0
        if self._ran_dry_at is None or self._settling_since is None:
            return 0.0
        return self._settling_since + self._latency - self._ran_dry_at


class _Peak:
    """Greatest value of the last two to four seconds, so that clocks may drift apart."""

    def __init__(self) -> None:
        self._now = self._before = -math.inf
        self._until = -math.inf

    @property
    def value(self) -> float:
        return max(self._now, self._before)

    def add(self, at: float, value: float) -> None:
        if at >= self._until:
            self._before, self._now, self._until = self._now, -math.inf, at + _WINDOW
        self._now = max(self._now, value)
