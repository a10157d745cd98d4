"""Keeps a fault in what makes the sound from reaching the device."""

import logging
from collections.abc import Callable

from kacenv.audio.samples import Block, silence

_log = logging.getLogger(__name__)


class Guard:
    """Gives what `source` gives, and silence where that raises."""

    def __init__(self, source: Callable[..., Block], channels: int) -> None:
        self._source, self._channels = source, channels
        self.errors = 0

    def __call__(self, frames: int, *rest: float) -> Block:
        """The next `frames` frames; `rest` is for `source`."""
        try:
            return self._source(frames, *rest)
        except Exception:  # noqa: BLE001 - whatever it is, the sound goes on
            self._lost()
            return silence(frames, self._channels)

    def _lost(self) -> None:
        """Count a lost block; log the first, and then ever more rarely."""
        self.errors += 1
        if self.errors.bit_count() == 1:
            _log.exception("a block of sound was lost, the %d. so far", self.errors)
