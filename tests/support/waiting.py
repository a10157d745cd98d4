"""Waiting for what tells nobody that it has come about."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from kacenv.session.session import Session

PATIENCE = 300.0
"""Seconds that anything may take on a busy machine."""
_LOOK_EVERY = 0.005
_SELDOM = 0.05
"""Seconds between looks at what takes long; most looks ask a program, which costs it time."""

Found = TypeVar("Found")


def wait_until(
    condition: Callable[[], Found], trouble: str = "it never came about", patience: float = PATIENCE
) -> Found:
    """Wait until `condition` returns something true, and return that.

    Raises:
        AssertionError: It hasn't within `patience` real seconds; with the `trouble`.
    """
    begin = time.monotonic()
    while not (found := condition()):
        waited = time.monotonic() - begin
        assert waited < patience, trouble
        time.sleep(min(_SELDOM, max(_LOOK_EVERY, waited / 20)))
    return found


async def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    """Let the event loop go round until `condition` holds.

    Raises:
        TimeoutError: It hasn't within `patience` real seconds.
    """
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - what is looked at has no event to set
            await asyncio.sleep(_LOOK_EVERY)


async def next_turn(session: Session) -> None:
    """Let the session's loop go round once.

    Raises:
        TimeoutError: It stands still.
    """
    turns = session.turns
    session.wake()
    async with asyncio.timeout(PATIENCE):
        while session.turns == turns:  # noqa: ASYNC110 - a turn of the loop sets no event
            await asyncio.sleep(0)
