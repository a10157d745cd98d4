"""Fifty tablets watch, one client sends a hundred requests a second: is the session on time?"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from support.access import a_token
from support.sessions import a_cue, a_phase, a_timeline
from support.tablet import ServedRoom

from kacenv.model.commands import StrikeChime
from kacenv.model.timeline import Timeline

TABLETS = 50
PER_SECOND = 100.0
SPAN = 60.0
CHIMES_EVERY = 0.5
"""Seconds between two orders of the plan, each of which may be early or late."""
_HERE = Path(__file__).parents[1]


@dataclass
class Heard:
    """What the clients got."""

    statuses: dict[str, int] = field(default_factory=dict)
    """Answers to requests; `line` where the line was closed."""
    watched: int = 0
    """Tablets that heard something within the last five seconds."""
    bytes_each: float = 0.0
    slowest: float = 0.0
    """Seconds of the slowest answer that was not a refusal."""


class Verdict(NamedTuple):
    """How the session fared; times in seconds, memory in bytes."""

    orders: int
    late: float
    """The latest order: negative is before its moment."""
    median: float
    grown: float
    heard: Heard

    def lines(self) -> Iterator[str]:
        """For the report."""
        yield f"{self.orders} orders of the plan, given {-self.median * 1000:.0f} ms (median) and"
        yield f"at least {-self.late * 1000:.0f} ms before their moments"
        yield f"memory grew by {self.grown / 1e6:.1f} MB once all were there"
        heard = self.heard
        yield f"{heard.watched} tablets heard all to the end, {heard.bytes_each:.0f} bytes each"
        yield f"answers: {heard.statuses}; the slowest {heard.slowest * 1000:.0f} ms"


def report() -> Iterator[str]:
    """A quiet minute first, then the crowded one."""
    for tablets, rate in ((0, 0.0), (TABLETS, PER_SECOND)):
        with tempfile.TemporaryDirectory() as folder:
            yield f"{tablets} tablets, {rate:.0f} requests a second for {SPAN:.0f} s:"
            yield from run(Path(folder), tablets, rate, SPAN).lines()


def busy_plan(span: float) -> Timeline:
    """A phase with an order twice a second."""
    count = round((span + 30.0) / CHIMES_EVERY)
    cues = tuple(a_cue(f"look {n}", 1.0 + n * CHIMES_EVERY) for n in range(count))
    return a_timeline(a_phase("onset", span + 600.0, cues=cues), a_phase("return"))


def run(folder: Path, tablets: int, rate: float, span: float) -> Verdict:
    """The room here, its clients in a process of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KACENV_STATE", str(folder / "state"))
        token = a_token()
        with ServedRoom(folder, busy_plan(span), access={}) as room:
            return _watch(room, token, tablets, rate, span)


def _watch(room: ServedRoom, token: str, tablets: int, rate: float, span: float) -> Verdict:
    command = [sys.executable, "-m", "soak.tablets", str(room.port), str(tablets)]
    crowd = subprocess.Popen(
        [*command, str(rate), str(span)],
        cwd=_HERE,
        env={**os.environ, "PYTHONPATH": str(_HERE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with crowd:
        assert crowd.stdin
        assert crowd.stdout
        crowd.stdin.write(f"{token}\n")
        crowd.stdin.close()
        crowd.stdout.readline()
        memory, first = psutil.Process().memory_info().rss, room.ask(lambda _: room.clock.now())
        found = Heard(**json.loads(crowd.stdout.readline()))
        grown = psutil.Process().memory_info().rss - memory
    late = [came - at for came, at in _orders(room) if came > first]
    return Verdict(len(late), max(late), statistics.median(late), grown, found)


def _orders(room: ServedRoom) -> list[tuple[float, float]]:
    """When each order of the plan came, and for when."""
    sound: Any = room.session.devices.sound
    orders = list(sound.orders)
    return [(came, order.at) for came, order in orders if isinstance(order, StrikeChime)]


class Crowd:
    """The clients; each tablet has an address of its own."""

    def __init__(self, port: int, token: str, span: float) -> None:
        self._port, self._span = port, span
        self._token = f"Authorization: Bearer {token}\r\n"
        self._statuses: Counter[str] = Counter()
        self._slowest = 0.0
        self._heard: dict[int, tuple[int, float]] = {}

    async def come(self, tablets: int, rate: float) -> Heard:
        """Watch and press for the span; prints a line when all are there."""
        watching = [asyncio.create_task(self._watch(n)) for n in range(tablets)]
        while len(self._heard) < tablets:  # noqa: ASYNC110 - once, before anything is measured
            await asyncio.sleep(0.05)
        print("all are there", flush=True)
        end = time.monotonic() + self._span
        if rate:
            await self._send(rate, end)
        await asyncio.sleep(max(0.0, end - time.monotonic()))
        now = time.monotonic()
        fresh = [got for got, at in self._heard.values() if now - at < 5.0]
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        each = statistics.fmean(fresh) if fresh else 0.0
        return Heard(dict(self._statuses), len(fresh), each, self._slowest)

    async def _open(self, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port, local_addr=(address, 0))

    async def _watch(self, number: int) -> None:
        reader, writer = await self._open(f"127.0.1.{number + 1}")
        head = f"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n{self._token}\r\n"
        writer.write(head.encode())
        got = 0
        try:
            while data := await reader.read(65536):
                got += len(data)
                self._heard[number] = got, time.monotonic()
        finally:
            writer.close()

    async def _send(self, rate: float, end: float) -> None:
        """One press after the other at that pace, on a new line where the old one was closed."""
        line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        due, steps = time.monotonic(), 0
        while due < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due, steps = due + 1.0 / rate, steps + 1
            try:
                line = line or await self._open("127.0.2.1")
                closed = await self._press(*line, "dimmer" if steps % 2 else "brighter")
            except (OSError, asyncio.IncompleteReadError):
                self._statuses["line"] += 1
                closed = True
            if closed and line:
                line[1].close()
                with suppress(OSError):
                    await line[1].wait_closed()
                line = None

    async def _press(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, step: str
    ) -> bool:
        """One press; whether the line is closed then."""
        body = json.dumps({"kind": "lights", "step": step})
        head = f"POST /v1/requests HTTP/1.1\r\nHost: localhost\r\n{self._token}"
        typed = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        begun = time.monotonic()
        writer.write(f"{head}{typed}{body}".encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(answer.partition("content-length: ")[2].partition("\r\n")[0])
        await reader.readexactly(length)
        status = answer.split(" ", 2)[1]
        self._statuses[status] += 1
        if status == "200":
            self._slowest = max(self._slowest, time.monotonic() - begun)
        return "connection: close" in answer


def main(port: str, tablets: str, rate: str, span: str) -> None:
    """The clients' process; the token comes by standard input."""
    crowd = Crowd(int(port), sys.stdin.readline().strip(), float(span))
    heard = asyncio.run(crowd.come(int(tablets), float(rate)))
    print(json.dumps(asdict(heard)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
