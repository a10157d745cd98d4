"""Work with files that many requests wait for."""

import asyncio
import threading

import pytest

from kacenv.server.http.single_flight import SingleFlight


def test_the_same_errand_is_run_once() -> None:
    """A hundred who ask at once get one answer; who asks later gets a new one."""
    runs: list[str] = []

    def count(what: str) -> int:
        runs.append(what)
        return len(runs)

    async def ask() -> list[int]:
        errands = SingleFlight(count)
        together = await asyncio.gather(*(errands.run("scene") for _ in range(100)))
        return [*together, await errands.run("scene")]

    assert asyncio.run(ask()) == [1] * 100 + [2]


def test_no_two_errands_run_at_once() -> None:
    """Different things are done one after the other."""
    busy = threading.Lock()

    def work(_: int) -> bool:
        with_nobody = busy.acquire(blocking=False)
        threading.Event().wait(0.005)
        busy.release()
        return with_nobody

    async def ask() -> list[bool]:
        errands = SingleFlight(work)
        return await asyncio.gather(*(errands.run(number) for number in range(10)))

    assert all(asyncio.run(ask()))


def test_who_gives_up_takes_the_answer_from_nobody() -> None:
    """One of two waiting leaves; the other is answered, and an error is raised to who waits."""

    async def ask() -> int:
        go = threading.Event()
        errands = SingleFlight[None, int](lambda _: 7 if go.wait(30.0) else 0)
        one, other = (asyncio.create_task(errands.run(None)) for _ in range(2))
        await asyncio.sleep(0)
        one.cancel()
        go.set()
        return await other

    def fail(_: None) -> None:
        raise ZeroDivisionError

    assert asyncio.run(ask()) == 7
    with pytest.raises(ZeroDivisionError):
        asyncio.run(SingleFlight(fail).run(None))
