"""Programs and threads of a test that go ahead of others, as a room's service does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_AHEAD = 10
"""`Nice=-10` in the service's unit."""


@contextmanager
def ahead() -> Iterator[None]:
    """Programs and threads that begin here go ahead of others, as a room's service does.

    Where nobody may go ahead, they wait their turn.
    """
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, before - _AHEAD)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)
