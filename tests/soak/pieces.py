"""Hours of music, decoded as fast as it goes: what does the process keep of each piece?"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from support.played_pieces import Kept, kept_after

PIECES = 100
ROUND = 4
SETTLED = 2
"""Rounds before memory is compared."""
HOUSE = Path(__file__).parents[2] / "playlists" / "house"


def report(pieces: float = PIECES) -> Iterator[str]:
    """How much memory an hour of the house music leaves, and what stays open."""
    rounds = [ROUND] * (round(pieces) // ROUND)
    looks = kept_after(sorted(HOUSE.glob("*.opus")), *rounds)
    yield from _summed(looks[SETTLED:])


def _summed(looks: list[Kept]) -> Iterator[str]:
    hours = [look.played / 3600 for look in looks]
    slope = float(np.polyfit(hours, [look.memory for look in looks], 1)[0])
    first, last = looks[0], looks[-1]
    yield f"{hours[-1]:.2f} hours: memory {first.memory:.1f} to {last.memory:.1f} MB"
    yield f"{slope:+.2f} MB for an hour of music"
    yield f"files open {first.files} to {last.files}, threads {first.threads} to {last.threads}"
