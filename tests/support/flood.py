"""A pedal that sends without end to a port that is opened and closed, while garbage is collected.

`python -m support.flood TIMES` does so in a process of its own, which a crash ends.
"""

import gc
import sys
import threading
from collections.abc import Sequence
from typing import Any

import mido
from support.jack import Pedal, ports
from support.waiting import wait_until

from kacenv.devices.midi.midi_input import RtMidiInputs

_MIDO: Any = mido  # it has no types
_CONTROL = (0xB0, 7, 64)
_AT_ONCE, _PAUSE = 300, 0.002
_HEARD = 50
"""Messages heard before a port is closed in the middle of them."""


class Flood:
    """Notes and garbage, from two threads, as long as the block lasts."""

    def __init__(self, pedal: Pedal) -> None:
        self._pedal, self._over = pedal, threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._send, self._collect)]

    def __enter__(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        while not self._over.wait(_PAUSE):
            for _ in range(_AT_ONCE):
                self._pedal.send(*_CONTROL)

    def _collect(self) -> None:
        while not self._over.wait(_PAUSE):
            rings: list[list[object]] = [[] for _ in range(1000)]
            for ring in rings:
                ring.append(ring)
            gc.collect()


def main(times: int) -> None:
    """Open and close; ends with an error where a port is heard after it was closed."""
    _MIDO.set_backend("mido.backends.rtmidi/UNIX_JACK")
    pedal, inputs, heard = Pedal("flood"), RtMidiInputs(), list[Sequence[int]]()
    wait_until(lambda: "flood:out" in ports({}), "the pedal doesn't come")
    with Flood(pedal):
        for _ in range(times):
            port = inputs.open("flood:out", lambda data, _at: heard.append(data))
            wait_until(lambda: len(heard) > _HEARD, "nothing is heard")
            port.close()
            heard.clear()
            port.close()
            assert not heard
    pedal.unplug()
    print(f"closed {times} times")


if __name__ == "__main__":
    main(int(sys.argv[1]))
