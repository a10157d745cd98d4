"""Order of a run's tests: what takes longest begins first, on as many workers as there are."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

_T = TypeVar("_T")

TESTS: Final = Path(__file__).parents[1]
LONGEST: Final = (
    "test_end_to_end.py",
    "docs/test_commands.py",
    "cli/test_terminal.py",
    "cli/test_doctor.py",
    "test_path.py",
    "cli/test_preflight.py",
    "test_foreign_music.py",
    "test_crash.py",
    "test_faults.py",
    "playlists/test_house_music.py",
    "test_one_verdict.py",
    "session/records/test_builder.py",
    "diagnostics/preflight/test_lamps.py",
)
"""Files that take half a minute or more, whatever else happens."""


def rank(file: Path) -> int | None:
    """Return the place of a test file among the longest; None if it isn't one of them."""
    name = str(file.relative_to(TESTS))
    return LONGEST.index(name) if name in LONGEST else None


def spread(items: Sequence[_T], place_of: Callable[[_T], int | None], workers: int) -> list[_T]:
    """Return `items` in the order in which `workers` workers are to have them.

    Each worker is given one stretch of the list to begin with, and takes from others when it has
    done its own. The items of each place stay together and stand at the front of a stretch, lower
    places first; items without a place fill the rest in their order.
    """
    ranked: dict[int, list[_T]] = {}
    others: list[_T] = []
    for item in items:
        place = place_of(item)
        (others if place is None else ranked.setdefault(place, [])).append(item)
    fronts: list[list[_T]] = [[] for _ in range(workers)]
    for number, place in enumerate(sorted(ranked)):
        fronts[number % workers] += ranked[place]
    return _filled(fronts, others)


def _filled(fronts: list[list[_T]], others: list[_T]) -> list[_T]:
    """Return stretches of equal length, each of its front and of as many others as it needs."""
    left, result = sum(map(len, fronts)) + len(others), list[_T]()
    for number, front in enumerate(fronts):
        length = max(left // (len(fronts) - number), len(front))
        filling = length - len(front)
        result += [*front, *others[:filling]]
        others, left = others[filling:], left - length
    return result + others
