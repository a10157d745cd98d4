"""Connections leave enough handles to the room."""

import resource

import pytest

from kacenv.system.handles import ENOUGH, KEPT, handles_for_connections

_NONE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("limits", "raised", "left"),
    [
        ((1024, 524_288), None, ENOUGH - KEPT),
        ((_NONE, _NONE), None, ENOUGH - KEPT),
        ((256, 4096), (1024, 4096), ENOUGH - KEPT),
        ((64, 128), (128, 128), 128 - KEPT),
        ((64, 64), None, 64 - KEPT),
        ((40, 40), None, 8),
    ],
)
def test_the_limit_is_raised_and_a_part_is_kept(
    limits: tuple[int, int],
    raised: tuple[int, int] | None,
    left: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As far as the system permits, and never beyond what select(2) knows."""
    told = list[tuple[int, int]]()
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, new: told.append(new))
    assert handles_for_connections() == left
    assert told == ([raised] if raised else [])
