"""Which tests use real programs, sockets to browsers or sound, and a fence round all others."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

REAL = (
    "subprocess",
    "playwright",
    "soak",
    "support.access",
    "support.busy",
    "support.certificates",
    "support.daemon",
    "support.jack",
    "support.mosquitto",
    "support.pulse",
    "support.sandbox",
    "support.tablet",
    "kacenv.cli.service",
    "kacenv.doctor.examine",
    "kacenv.doctor.machine",
    "kacenv.preflight.runner",
)
"""A file that imports of these starts programs, serves pages to some, or needs real time."""
_FINDS_LIBRARIES = "/sbin/ldconfig"
"""What Python itself asks where a library lies."""


def is_real(modules: set[ModuleType]) -> bool:
    """Return whether one of these files of tests, or of fixtures, imports what is real."""
    origins = {origin for module in modules for origin in _origins(module)}
    return any(f"{origin}.".startswith(f"{real}.") for origin in origins for real in REAL)


def _origins(module: ModuleType) -> set[str]:
    """Return the modules that a file imports, or imports from."""
    found = vars(module).values()
    return {
        one.__name__ if isinstance(one, ModuleType) else str(getattr(one, "__module__", ""))
        for one in found
    }


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
