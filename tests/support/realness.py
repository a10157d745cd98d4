"""Which tests use real programs, sockets to browsers or sound, and a fence round all others."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

REAL = (
    "subprocess",
    "playwright",
    "soak",
    "support.access",
    "support.browser",
    "support.pipewire",
    "support.certificates",
    "support.daemon",
    "support.fork_server",
    "support.jack",
    "support.mosquitto",
    "support.pulse",
    "support.sandbox",
    "support.tablet",
    "support.tone_session",
    "kacenv.cli.service",
    "kacenv.diagnostics.probe_runner",
    "kacenv.diagnostics.doctor.machine_probes",
)
"""A file that imports of these starts programs, serves pages to some, or needs real time."""
_FINDS_LIBRARIES = "/sbin/ldconfig"
"""What Python itself asks where a library lies."""


@cache
def is_real(module: ModuleType) -> bool:
    """Return whether this file of tests, or of fixtures, imports what is real."""
    found = (f"{origin}." for origin in map(_origin, vars(module).values()))
    return any(origin.startswith(f"{real}.") for origin in found for real in REAL)


def _origin(one: object) -> str:
    """Return the module that this is, or comes from."""
    return one.__name__ if isinstance(one, ModuleType) else str(getattr(one, "__module__", ""))


class Fence:
    """Refuses to start programs while it is closed, whoever tries."""

    def __init__(self) -> None:
        self._closed = False
        sys.addaudithook(self._judge)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Let nobody start a program meanwhile."""
        self._closed = True
        try:
            yield
        finally:
            self._closed = False

    def _judge(self, event: str, given: tuple[Any, ...]) -> None:
        if self._closed and event == "subprocess.Popen" and given[0] != _FINDS_LIBRARIES:
            raise RuntimeError("this test starts a program: mark it with pytest.mark.real")
