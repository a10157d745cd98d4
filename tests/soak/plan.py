"""Twenty thousand random sessions, held against the reference model of docs/plan.md."""

from collections.abc import Iterator
from random import Random

from support.plan_comparison import described, differences
from support.plan_sessions import a_session

COUNT = 20_000
SHOWN = 5
"""Differences that are shown in full."""


def report(count: float = COUNT) -> Iterator[str]:
    """Yield how many of `count` sessions differ, and the first of them."""
    presses = differing = 0
    for seed in range(int(count)):
        session = a_session(Random(seed))  # noqa: S311 - chance, not a secret
        found = differences(session)
        presses += len(session.presses)
        differing += bool(found)
        if found and differing <= SHOWN:
            yield f"session {seed}: {'; '.join(found)}"
            yield described(session)
    yield f"{int(count)} sessions with {presses} presses: differences in {differing}"
