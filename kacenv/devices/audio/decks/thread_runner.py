"""Thread runner: opens and closes decks, each on its own thread, so that none blocks another."""

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from kacenv.core.units import Seconds

_TIMEOUT = Seconds(3.0)
_log = logging.getLogger(__name__)
Work = Callable[[], object]


class ThreadRunner:
    """Runs jobs that may block for ever, for example on a disk that doesn't answer.

    Submitting a job never blocks, so the rendering thread may do it.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Work | None] = SimpleQueue()
        self._running: set[threading.Thread] = set()
        self._dispatcher = threading.Thread(target=self._dispatch, name="decks", daemon=True)
        self._dispatcher.start()

    def run(self, work: Work) -> None:
        """Run `work` on a thread of its own."""
        self._jobs.put(work)

    def close(self) -> None:
        """Wait up to 3 s for running jobs; abandon those that hang."""
        self._jobs.put(None)
        deadline = time.monotonic() + _TIMEOUT
        self._dispatcher.join(_TIMEOUT)
        for thread in tuple(self._running):
            thread.join(max(0.0, deadline - time.monotonic()))

    def _dispatch(self) -> None:
        while (work := self._jobs.get()) is not None:
            thread = threading.Thread(target=_do, args=(work,), name="deck", daemon=True)
            self._running = {other for other in self._running if other.is_alive()} | {thread}
            thread.start()
            del work  # or the last deck that was closed is kept until there is another job


def _do(work: Work) -> None:
    try:
        work()
    except Exception:  # noqa: BLE001 - a failing deck must not affect the others
        _log.exception("a deck could not be opened or closed")
