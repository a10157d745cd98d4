"""The loop that keeps a port open: it looks, opens, closes, and runs what is due."""

import math
import threading
from collections.abc import Iterator, Sequence

import pytest
from support.waiting import PATIENCE

from kacenv.core.units import Seconds
from kacenv.devices.midi.hot_plug import HotPlugLoop

SOON = Seconds(0.01)


class MemoryPort:
    """Port that notes its closing."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def close(self) -> None:
        """Note the call."""
        self.closed.set()


class Bench(HotPlugLoop[MemoryPort]):
    """Loop on ports that a test plugs in and out; `names` is None without MIDI."""

    def __init__(self) -> None:
        super().__init__("pedal", SOON, "bench")
        self.names: list[str] | None = ["A Pedal"]
        self.opened = threading.Semaphore(0)
        self.ports: list[MemoryPort] = []
        self._thread.start()

    def _names(self) -> Sequence[str]:
        if self.names is None:
            raise OSError("no sequencer")
        return self.names

    def _open(self, name: str) -> MemoryPort:
        assert name == "A Pedal"
        self.ports.append(MemoryPort())
        return self.ports[-1]

    def _opened(self) -> None:
        self.opened.release()

    def _run_due(self) -> Seconds:
        return Seconds(math.inf)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Return a running loop whose port is open."""
    loop = Bench()
    assert loop.opened.acquire(timeout=PATIENCE)
    yield loop
    loop.close()


def test_a_port_that_goes_is_closed_and_opened_anew(bench: Bench) -> None:
    """Back under its name, the port is a new one."""
    bench.names = ["another"]
    assert bench.ports[0].closed.wait(PATIENCE)
    bench.names = ["A Pedal"]
    assert bench.opened.acquire(timeout=PATIENCE)
    assert not bench.ports[1].closed.is_set()


def test_a_port_is_closed_where_midi_goes(bench: Bench) -> None:
    """When the ports can't be listed any more, the open one is given up."""
    bench.names = None
    assert bench.ports[0].closed.wait(PATIENCE)


def test_closing_twice_closes_the_port_once(bench: Bench) -> None:
    """The loop ends with its port closed, and a second close does no harm."""
    bench.close()
    bench.close()
    assert [port.closed.is_set() for port in bench.ports] == [True]
