"""Asynchronous tests inside a context."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from support.waiting import PATIENCE

Place = TypeVar("Place")
Fixtures = ParamSpec("Fixtures")
Visit = Callable[Concatenate[Place, Fixtures], Awaitable[None]]


def inside(
    opened: Callable[[], AbstractAsyncContextManager[Place]],
) -> Callable[[Visit[Place, Fixtures]], Callable[Fixtures, None]]:
    """Run a test in an event loop; it gets what the context yields, and then its fixtures."""

    def decorate(visit: Visit[Place, Fixtures]) -> Callable[Fixtures, None]:
        @wraps(visit)
        def test(*args: Fixtures.args, **fixtures: Fixtures.kwargs) -> None:
            async def stay() -> None:
                async with opened() as place:
                    await asyncio.wait_for(visit(place, *args, **fixtures), PATIENCE)

            asyncio.run(stay())

        signature = inspect.signature(visit)
        _, *parameters = signature.parameters.values()
        test.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined] # pytest reads it
        return test

    return decorate
