"""Wrapper that replaces failed blocks by silence."""

import logging
from collections.abc import Callable

from kacenv.devices.audio.samples import Block, silence

_log = logging.getLogger(__name__)


class FaultGuard:
    """Returns the blocks of `source`, and silence for one that raises."""

    def __init__(self, source: Callable[..., Block], channels: int) -> None:
        self._source, self._channels = source, channels
        self.errors = 0

    def __call__(self, frames: int, *rest: float) -> Block:
        """Return the next `frames` frames; `rest` is passed to `source`."""
        try:
            return self._source(frames, *rest)
        except Exception:  # noqa: BLE001 - the sound survives any error
            self._lost()
            return silence(frames, self._channels)

    def _lost(self) -> None:
        """Count a lost block; log at powers of two."""
        self.errors += 1
        if self.errors.bit_count() == 1:
            _log.exception("a block of sound was lost, the %d. so far", self.errors)
