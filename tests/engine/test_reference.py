"""The engine keeps the plan's word: sessions are as the model of docs/plan.md has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.plan_comparison import described, differences, run_engine
from support.plan_sessions import NO_SOUND, Session, a_session
from support.reference.fit import nearest_end
from support.reference.plan import millis
from support.sessions import a_phase, a_queue, a_timeline

from kacenv.core.units import Seconds

SESSIONS = 20 * settings().max_examples
"""As many more in a deep run."""
BLOCK = 250
"""Sessions of one test, so that several processors share them."""
ONCE_DIFFERENT = [
    *((seed, NO_SOUND) for seed in (18712, 19443, 19849)),
    *((seed, ()) for seed in (4699, 10249)),
]
"""Sessions of the long run in which engine and model differed, and their kinds of presses."""


@pytest.mark.parametrize("first", range(0, SESSIONS, BLOCK))
def test_a_session_is_as_the_plan_promises(first: int) -> None:
    """Phases, pieces, crossfades, check-ins, light and answers come as promised, to the ms.

    The number of a session is its seed: `a_session(Random(7))` is always the same one.
    """
    for seed in range(first, first + BLOCK):
        session = a_session(Random(seed))  # noqa: S311 - chance, not a secret
        found = differences(session)
        assert not found, f"session {seed}: {found}\n{described(session)}"


@pytest.mark.parametrize(("seed", "kinds"), ONCE_DIFFERENT)
def test_what_once_differed_is_as_the_plan_promises(seed: int, kinds: Sequence[type]) -> None:
    """A hold before a shortened end, undos of a stop and of an end, ends that rounding put off."""
    session = a_session(Random(seed), kinds)  # noqa: S311 - chance, not a secret
    assert not differences(session), described(session)


@examples(25)
@given(st.randoms(use_true_random=False))
def test_any_session_is_as_the_plan_promises(random: Random) -> None:
    """The same for sessions of any chance, so that a difference is shown by its smallest case."""
    session = a_session(random)
    assert not differences(session), described(session)


@dataclass(frozen=True)
class FittedPhase:
    """A phase that fits its pieces, and the crossfade of the next one, in whole seconds."""

    lengths: list[float]
    crossfade: int
    duration: int
    flow: int


def fitted_phases() -> st.SearchStrategy[FittedPhase]:
    """Phases of two minutes or more, and pieces that are enough for most of them."""
    lengths = st.lists(st.integers(60, 300).map(float), min_size=2, max_size=7)
    spans = st.integers(120, 900)
    return st.builds(
        FittedPhase, lengths, st.sampled_from([1, 5, 12, 20]), spans, st.integers(1, 45)
    )


@examples(30)
@given(fitted_phases())
def test_what_fits_ends_when_the_next_phase_has_flowed_in(fitted: FittedPhase) -> None:
    """No choice of pieces would have ended nearer to that moment, by more than two seconds."""
    lengths = [millis(length) for length in fitted.lengths]
    least, aim = millis(fitted.duration + 0.5), millis(fitted.duration + fitted.flow)
    best = nearest_end(lengths, millis(fitted.crossfade), least, aim)
    heard = last_end(fitted)
    if best >= least:
        assert heard >= least - 1
        assert abs(heard - aim) <= abs(best - aim) + 2000


def last_end(fitted: FittedPhase) -> int:
    """Return when the last piece of the phase would end by itself, in ms."""
    queue = a_queue("fitted", fitted.lengths, fit=True, crossfade=Seconds(fitted.crossfade))
    first = a_phase("peak", float(fitted.duration), queue=queue)
    following = a_queue("return", [300.0])
    then = a_phase("return", 600.0, queue=following, crossfade=Seconds(fitted.flow))
    run = run_engine(Session(a_timeline(first, then), []))
    pieces = [one for one in run.happenings if one.what == "piece"]
    last = [one for one in pieces if one.which.startswith("fitted")][-1]
    return last.at + millis(fitted.lengths[int(last.which.split()[1])])
