"""Errands: work with files that requests wait for, run such that no flood of them takes over."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Errands(Generic[K, T]):
    """Runs `errand` on a thread, one at a time.

    Who asks for the same thing while it is under way gets the same answer: a hundred surfaces
    that ask at once cost as much as one, and the music keeps the machine.
    """

    def __init__(self, errand: Callable[[K], T]) -> None:
        self._errand = errand
        self._turn = asyncio.Lock()
        self._under_way: dict[K, asyncio.Task[T]] = {}

    async def run(self, what: K) -> T:
        """The errand's answer; raises what it raises."""
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
        """An error that everybody has stopped waiting for is nobody's."""
        del self._under_way[what]
        if not done.cancelled():
            done.exception()
