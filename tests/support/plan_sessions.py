"""Sessions of all kinds, and presses at awkward moments, to hold the engine against the plan."""

from dataclasses import replace
from typing import NamedTuple

from hypothesis import strategies as st
from support.sessions import a_cue, a_phase, a_queue, a_timeline

from kacenv.core.units import Decibels, Kelvin, Level, Seconds
from kacenv.model.look import Setting, Zone
from kacenv.model.playlist import Queue
from kacenv.model.requests import (
    Back,
    Done,
    End,
    Extend,
    Hold,
    Next,
    Pass,
    Press,
    Release,
    SeatStarted,
    Shorten,
    Snooze,
    Stop,
)
from kacenv.model.scene import EndKind, Follow, Seat
from kacenv.model.timeline import Cue, PlannedPhase, Timeline


class When(NamedTuple):
    """A moment of a press: so many moments of the plan further on, and so many ms beside it."""

    skip: int
    beside: int
    since_press: bool = False


Presses = list[tuple[When, Press]]
_SECONDS = st.integers(1, 400)
_LENGTHS = st.lists(st.integers(15, 300).map(float), min_size=1, max_size=4)
_FADES = st.sampled_from([0.0, 1.0, 5.0, 12.0, 20.0, 45.0])


@st.composite
def _queues(draw: st.DrawFn, name: str) -> Queue:
    kind = draw(st.sampled_from(["listed", "listed", "shuffled", "fit"]))
    return a_queue(
        name,
        draw(_LENGTHS),
        crossfade=Seconds(draw(_FADES)),
        repeat=draw(st.booleans()),
        shuffle_seed=draw(st.integers(0, 9)) if kind == "shuffled" else None,
        fit=kind == "fit",
    )


def _cue(name: str, at: int, every: bool) -> Cue:
    return a_cue(name, float(at), max(30.0, float(at)) if every else None)


def _cues(name: str, most: int = 2) -> st.SearchStrategy[tuple[Cue, ...]]:
    times = st.lists(st.tuples(_SECONDS, st.booleans()), max_size=most)
    return times.map(
        lambda some: tuple(_cue(f"{name}-{n}", at, every) for n, (at, every) in enumerate(some))
    )


@st.composite
def _phases(draw: st.DrawFn, name: str, queue: Queue) -> PlannedPhase:
    duration = draw(st.integers(10, 900))
    end = draw(st.sampled_from(EndKind))
    return a_phase(
        name,
        float(duration),
        queue=queue,
        cues=draw(_cues(name)),
        end=end,
        slack=Seconds(0.0 if end is EndKind.TIME else draw(st.integers(0, duration // 2))),
        level=Decibels(draw(st.integers(-12, 0))),
        look=draw(st.sampled_from([{}, {Zone.SEATS: Setting(Level(0.1), Kelvin(2200.0))}])),
        light_fade=Seconds(draw(st.sampled_from([0, 30, 300]))),
        crossfade=Seconds(min(draw(_FADES), duration / 2)),
    )


@st.composite
def plans(draw: st.DrawFn) -> Timeline:
    """Any session of one to four phases, some of which may share a playlist."""
    count = draw(st.integers(1, 4))
    queues = [draw(_queues(f"list{number}")) for number in range(count)]
    shared = draw(st.integers(0, 3)) == 0
    planned = [
        draw(_phases(f"phase-{number}", queues[0 if shared else number])) for number in range(count)
    ]
    waits = [at for at, phase in enumerate(planned[:-1]) if phase.end is EndKind.GO]
    seats = draw(st.lists(st.tuples(st.sampled_from(Seat), _SECONDS, st.booleans()), max_size=2))
    return a_timeline(
        *planned,
        overflow=draw(st.none() | _queues("overflow")),
        cues=tuple(replace(cue, every=None) for cue in draw(_cues("session"))),
        seat_cues=tuple(
            replace(_cue(f"seat-{seat}-{n}", at, every), seat=seat)
            for n, (seat, at, every) in enumerate(seats)
        ),
        follow=draw(st.sampled_from(Follow)) if waits else Follow.NEITHER,
        waits_in=waits[0] if waits else None,
        return_from=draw(st.integers(0, count - 1)),
        return_within=Seconds(draw(st.integers(5, 900))),
    )


_TIMES: list[Press] = [Hold(), Release(), Next(), Back(), End(), Hold(), Release()]
_OTHERS: list[Press] = [
    Done(),
    Pass(),
    Stop(),
    SeatStarted(seat=Seat.A),
    SeatStarted(seat=Seat.B),
    SeatStarted(seat=Seat.A, started=False),
]
_SPANS = [f"{span}s" for span in (1, 30, 60, 61, 200, 600)]
_SPANNED: list[Press] = [
    kind.model_validate({"by": span}) for kind in (Extend, Shorten, Snooze) for span in _SPANS
]
_ASKED = st.one_of(*map(st.sampled_from, (_TIMES, _OTHERS, _SPANNED)))
_AFTER_PRESS = st.sampled_from([0, 1, 600, 1999, 2000, 2001]).map(
    lambda beside: When(0, beside, since_press=True)
)
_WHEN = st.one_of(
    st.builds(When, st.integers(0, 12), st.sampled_from([-1, 0, 1, 1])),
    st.builds(When, st.integers(0, 6), st.integers(0, 60_000)),
    _AFTER_PRESS,
)


def awkward_presses() -> st.SearchStrategy[Presses]:
    """Presses at and beside the moments of the plan, and soon after each other."""
    return st.lists(st.tuples(_WHEN, _ASKED), max_size=9)
