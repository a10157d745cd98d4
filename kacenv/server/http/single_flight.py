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

    def __init__(self, errand: Callable[[K], T]) -> None:
        self._errand = errand
        self._turn = asyncio.Lock()
        self._under_way: dict[K, asyncio.Task[T]] = {}

    async def run(self, what: K) -> T:
        """Return the result for a key; raises what the operation raises."""
        task = self._under_way.get(what)
        if task is None:
            task = asyncio.create_task(self._run(what))
            self._under_way[what] = task
            task.add_done_callback(lambda done: self._forget(what, done))
        return await asyncio.shield(task)

    async def _run(self, what: K) -> T:
        async with self._turn:
            return await asyncio.to_thread(self._errand, what)

    def _forget(self, what: K, done: asyncio.Task[T]) -> None:
        """Drop a finished call; its exception counts as retrieved."""
        del self._under_way[what]
        if not done.cancelled():
            done.exception()
