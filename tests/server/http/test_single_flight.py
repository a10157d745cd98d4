"""Work with files that many requests wait for."""

import asyncio
import threading

import pytest

from kacenv.server.http.single_flight import SingleFlight

pytestmark = pytest.mark.anyio


async def test_the_same_operation_is_run_once() -> None:
    """A hundred who ask at once get one answer; who asks later gets a new one."""
    runs: list[str] = []

    def count(key: str) -> int:
        runs.append(key)
        return len(runs)

    flight = SingleFlight(count)
    together = await asyncio.gather(*(flight.run("scene") for _ in range(100)))
    assert [*together, await flight.run("scene")] == [1] * 100 + [2]


async def test_no_two_operations_run_at_once() -> None:
    """Different things are done one after the other."""
    busy = threading.Lock()

    def work(_: int) -> bool:
        alone = busy.acquire(blocking=False)
        threading.Event().wait(0.005)
        busy.release()
        return alone

    flight = SingleFlight(work)
    assert all(await asyncio.gather(*(flight.run(number) for number in range(10))))


async def test_who_gives_up_takes_the_answer_from_nobody() -> None:
    """One of two waiting leaves, and the other is answered."""
    go = threading.Event()
    flight = SingleFlight[None, int](lambda _: 7 if go.wait(30.0) else 0)
    one, other = (asyncio.create_task(flight.run(None)) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()
    go.set()
    assert await other == 7


async def test_an_error_is_raised_to_who_waits() -> None:
    """What the operation raises reaches its caller."""

    def fail(_: None) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await SingleFlight(fail).run(None)
