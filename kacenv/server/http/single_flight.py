"""Single-flight execution of file operations on a thread, whatever the number of requests."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SingleFlight(Generic[K, T]):
    """Runs a function on a thread, one call at a time.

    Concurrent calls with the same key share one result: a hundred clients that ask at once cost
    as much as one, and leave the processor to the audio.
    """

    def __init__(self, operation: Callable[[K], T]) -> None:
        self._operation = operation
        self._lock = asyncio.Lock()
        self._running: dict[K, asyncio.Task[T]] = {}

    async def run(self, key: K) -> T:
        """Return the result for a key; raises what the operation raises."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._run(key))
            self._running[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    async def _run(self, key: K) -> T:
        async with self._lock:
            return await asyncio.to_thread(self._operation, key)

    def _forget(self, key: K, done: asyncio.Task[T]) -> None:
        """Drop a finished call; its exception counts as retrieved."""
        del self._running[key]
        if not done.cancelled():
            done.exception()
