"""Hot-plug loop: keeps a MIDI port open that may be disconnected and reconnected."""

import logging
import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final, Generic, Protocol, TypeVar

from kacenv.core.units import Seconds
from kacenv.devices.midi.port_names import matching_port

LOOK_EVERY: Final = Seconds(2.0)
"""Interval (s) between scans of the ports."""
NO_MIDI: Final = Seconds(15.0)
"""Interval (s) between scans where there is no MIDI."""
_log = logging.getLogger(__name__)


class Port(Protocol):
    """Open MIDI port."""

    def close(self) -> None:
        """Close the port."""
        ...


PortT = TypeVar("PortT", bound=Port)


def now() -> Seconds:
    """Return the time of the loop's clock (s), which is monotonic."""
    return Seconds(time.monotonic())


class HotPlugLoop(ABC, Generic[PortT]):
    """Opens the first port whose name matches `wanted`, and reopens it after a disconnection.

    A subclass sees its ports by `_names` and `_open`, and is told by `_opened` and `_closed`; all
    of it runs on the loop's thread, without the lock `_wake` except for `_run_due`.
    """

    def __init__(self, wanted: str, look_every: Seconds, thread_name: str) -> None:
        self._wanted, self._look_every = wanted, look_every
        self._port: PortT | None = None
        self._port_name = ""
        self._look_at = Seconds(-math.inf)
        self._closing = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=thread_name, daemon=True)

    @abstractmethod
    def _names(self) -> Sequence[str]:
        """Return the names of the available ports; raise OSError without MIDI."""

    @abstractmethod
    def _open(self, name: str) -> PortT:
        """Open a port; raise OSError on failure."""

    @abstractmethod
    def _run_due(self) -> Seconds:
        """Do what is due, with the lock held; return the time (s) until the next task."""

    def _is_alive(self, port: PortT) -> bool:  # noqa: ARG002 - for subclasses
        """Tell if a port that is still listed works."""
        return True

    def _opened(self) -> None:
        """Prepare a port that has just been opened."""

    def _closed(self) -> None:
        """Note that the port is gone."""

    def _finish(self) -> None:
        """Do the last things with the port, as the loop ends."""

    def close(self) -> None:
        """Close the port; idempotent."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            if now() >= self._look_at:
                self._look_at = Seconds(now() + self._look())
            with self._wake:
                pause = min(self._run_due(), self._look_at - now())
                if not self._closing:
                    self._wake.wait(max(0.0, pause))
        self._finish()
        self._close_port()

    def _look(self) -> Seconds:
        """Look for the port; return the time (s) until the next time."""
        return self._find_port()

    def _find_port(self) -> Seconds:
        """Open the port if available, close it if gone; return the time (s) until the next scan."""
        try:
            names = self._names()
        except Exception as error:  # noqa: BLE001 - MIDI libraries raise undocumented types
            _log.debug("the MIDI ports can't be seen: %s", error)
            self._close_port()
            return max(self._look_every, NO_MIDI)
        self._follow(names)
        return self._look_every

    def _follow(self, names: Sequence[str]) -> None:
        found = matching_port(names, self._wanted)
        try:
            if self._port and not (self._port_name in names and self._is_alive(self._port)):
                self._close_port()
            if not self._port and found:
                self._port, self._port_name = self._open(found[0]), found[0]
                self._opened()
        except Exception as error:  # noqa: BLE001 - MIDI libraries raise undocumented types
            _log.debug("the MIDI port can't be opened: %s", error)
            self._close_port()

    def _close_port(self) -> None:
        port, self._port = self._port, None
        if port is None:
            return
        try:
            port.close()
        except OSError as error:
            _log.warning("closing the MIDI port failed: %s", error)
        self._closed()
