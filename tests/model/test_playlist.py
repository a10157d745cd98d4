"""Queues: how long the crossfade of each pair of neighbours is, and which of them join."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sessions import a_cut, a_queue

from kacenv.core.units import Seconds

NONE = Seconds(0.0)


def test_a_short_piece_shortens_its_own_crossfades_alone() -> None:
    """Of four pieces, only the two crossfades of the short one are half of it."""
    queue = a_queue("calm", [31.0, 0.6, 31.0, 31.0], crossfade=Seconds(10.0))
    assert [queue.crossfade_between(*pair) for pair in pairwise(queue.cuts)] == [0.3, 0.3, 10.0]
    assert [cut.title for cut in queue.too_short()] == ["calm-2"]
    assert queue.length == 93.6 - 10.6


@given(st.floats(0.0, 60.0), st.floats(0.1, 600.0), st.floats(0.1, 600.0))
def test_a_crossfade_takes_at_most_half_of_either_piece(
    wanted: float, one: float, other: float
) -> None:
    """Whatever is wanted, it isn't longer than half of a piece, nor shorter than need be."""
    queue = a_queue("calm", [one, other], crossfade=Seconds(wanted), fit=True)
    fade = queue.crossfade_between(*queue.cuts)
    half = min(one, other) / 2
    assert fade <= half + 0.0005
    assert fade >= min(half, max(0.5, wanted)) - 0.0005


def test_a_gapless_list_joins_round_and_round() -> None:
    """Without a crossfade each piece joins the one listed before it, the first one the last."""
    first, second, third = a_queue("album", [60.0] * 3).cuts
    queue = replace(a_queue("album"), cuts=(first, second, third), crossfade=NONE)
    joined = [(first, second), (second, third), (third, first)]
    assert all(queue.joins(*pair) and not queue.crossfade_between(*pair) for pair in joined)
    for before, after in ((second, first), (first, third), (first, a_cut("pool"))):
        assert queue.crossfade_between(before, after) == 0.5


@pytest.mark.parametrize(
    "fields", [{"shuffle_seed": 1}, {"fit": True}, {"crossfade": Seconds(0.2)}], ids=str
)
def test_only_a_list_without_crossfade_is_gapless(fields: dict[str, Any]) -> None:
    """Pieces that chance or a phase's length brings together don't join, nor with any crossfade."""
    queue = a_queue("album", **({"crossfade": NONE} | fields))
    assert not queue.is_gapless
    assert queue.crossfade_between(*queue.cuts) == 0.5


def test_a_single_piece_played_once_has_no_crossfade_to_be_too_short_for() -> None:
    """What nothing follows in its playlist isn't told as too short."""
    assert a_queue("one", [5.0], repeat=False).too_short() == ()
    assert len(a_queue("one", [5.0], repeat=True).too_short()) == 1
