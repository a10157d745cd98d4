"""Sessions of all kinds, and presses at awkward moments, to hold the engine against the plan."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final, NamedTuple

from support.sessions import a_cue, a_phase, a_queue, a_timeline

from kacenv.core.units import Decibels, Kelvin, Level, Seconds
from kacenv.model.look import Look, Setting, Zone
from kacenv.model.playlist import Queue
from kacenv.model.requests import (
    Back,
    Chime,
    Done,
    Duck,
    End,
    Extend,
    Hold,
    Lights,
    LightsUp,
    Music,
    Mute,
    Next,
    Pass,
    Press,
    Release,
    SeatStarted,
    Shorten,
    Silence,
    Snooze,
    Stop,
    Undo,
    Volume,
)
from kacenv.model.scene import EndKind, Follow, Seat
from kacenv.model.timeline import Cue, PlannedPhase, Timeline


class When(NamedTuple):
    """A moment of a press: so many moments of the plan further on, and so many ms beside it."""

    skip: int
    beside: int
    since_press: bool = False


class Session(NamedTuple):
    """A plan, and the presses in it."""

    timeline: Timeline
    presses: list[tuple[When, Press]]


FADES: Final = (0.0, 1.0, 5.0, 12.0, 20.0, 45.0)
BRIEF: Final = (0.6, 1.0, 4.0)
"""Lengths of pieces that are shorter than their crossfades."""
SPANS: Final = tuple(map(Seconds, (1.0, 30.0, 60.0, 61.0, 200.0, 600.0)))
LOOKS: Final[tuple[Look, ...]] = (
    {},
    {Zone.SEATS: Setting(Level(0.1), Kelvin(2200.0))},
    {Zone.SEATS: Setting(Level(0.6)), Zone.PATH: Setting(Level(0.3))},
)


def a_session(random: Random, kinds: Sequence[type] = ()) -> Session:
    """Any session of one to four phases, and up to nine presses in it.

    The model is told which piece of a shuffle or a fit is chosen when it is heard, and can't know
    it beforehand. So crossfades between such pieces don't depend on the choice, and phases don't
    share what fits, as it is chosen anew at every press and phase. The presses are of `kinds`, by
    default of all or of some few.
    """
    timeline = _plan(random)
    kinds = kinds or _kinds(random)
    presses: list[tuple[When, Press]] = []
    for _ in range(random.randint(0, 9)):
        when = _when(random)
        again = when.since_press and len(presses) > 1 and random.random() < 0.6
        request = presses[-random.randint(1, 2)][1] if again else _press(random, kinds)
        presses.append((when, request))
    return Session(timeline, presses)


def _plan(random: Random) -> Timeline:
    count = random.randint(1, 4)
    queues = [_queue(random, f"list{number}") for number in range(count)]
    if random.randrange(4) == 0:
        queues = [replace(queues[0], fit=False)] * count
    planned = [_phase(random, f"phase-{number}", queue) for number, queue in enumerate(queues)]
    waits = [at for at, phase in enumerate(planned[:-1]) if phase.end is EndKind.GO]
    return a_timeline(
        *planned,
        overflow=random.choice([None, _queue(random, "overflow")]),
        cues=tuple(replace(cue, every=None) for cue in _cues(random, "session")),
        seat_cues=tuple(
            replace(cue, seat=random.choice(list(Seat))) for cue in _cues(random, "seat")
        ),
        follow=random.choice(list(Follow)) if waits else Follow.NEITHER,
        waits_in=waits[0] if waits else None,
        return_from=random.randrange(count),
        return_within=Seconds(random.randint(5, 600)),
    )


def _queue(random: Random, name: str) -> Queue:
    order = random.choice(["listed", "listed", "shuffled", "fit"])
    lengths = [float(random.randint(15, 300)) for _ in range(random.randint(1, 4))]
    crossfade = random.choice(FADES)
    if order == "listed":
        lengths += _brief(name, lengths)
    return a_queue(
        name,
        lengths,
        crossfade=Seconds(crossfade if order == "listed" else min(crossfade, min(lengths) / 2)),
        repeat=random.random() < 0.5,
        shuffle_seed=random.randint(0, 9) if order == "shuffled" else None,
        fit=order == "fit",
    )


def _brief(name: str, lengths: list[float]) -> list[float]:
    """Return, for one list in four, a piece shorter than its crossfades.

    Its chance is its own, so that the number of a session stays the seed of the same one.
    """
    chance = Random(f"{name} {lengths}")  # noqa: S311 - chance, not a secret
    return [chance.choice(BRIEF)] if chance.randrange(4) == 0 else []


def _cues(random: Random, name: str) -> list[Cue]:
    times = [float(random.randint(1, 400)) for _ in range(random.randint(0, 2))]
    return [
        a_cue(f"{name}-{number}", at, random.choice([None, max(30.0, at)]))
        for number, at in enumerate(times)
    ]


def _phase(random: Random, name: str, queue: Queue) -> PlannedPhase:
    duration = random.randint(10, 600)
    end = random.choice(list(EndKind))
    return a_phase(
        name,
        float(duration),
        queue=queue,
        cues=tuple(_cues(random, name)),
        end=end,
        slack=Seconds(0.0 if end is EndKind.TIME else random.randint(0, duration // 2)),
        level=Decibels(random.randint(-12, 0)),
        look=random.choice(LOOKS),
        light_fade=Seconds(random.choice([0, 30, 300])),
        crossfade=Seconds(_crossfade(random, duration, queue)),
    )


def _crossfade(random: Random, duration: int, queue: Queue) -> float:
    crossfade = min(random.choice(FADES), duration / 2)
    listed = queue.shuffle_seed is None and not queue.fit
    return crossfade if listed else min(crossfade, min(cut.length for cut in queue.cuts) / 2)


def _when(random: Random) -> When:
    """At a moment of the plan, just beside one, between two, or soon after another press."""
    kinds: list[Callable[[], When]] = [
        lambda: When(random.randint(0, 12), random.choice([-1, 0, 1])),
        lambda: When(random.randint(0, 6), random.randint(2, 60_000)),
        lambda: When(0, random.choice([0, 1, 600, 1999, 2000, 2001]), since_press=True),
    ]
    return random.choice(kinds)()


def _press(random: Random, kinds: Sequence[type]) -> Press:
    kind: Any = random.choice(kinds)
    if kind in _SPANNED:
        made: Press = kind.model_construct(by=random.choice(SPANS))
    elif kind is Volume:
        made = Volume.model_construct(level=_decibels(random), output=_output(random))
    elif kind is Mute:
        made = Mute(output=_output(random), muted=random.random() < 0.6)
    elif kind is Duck:
        made = Duck(ducked=random.random() < 0.6)
    elif kind is Lights:
        made = Lights.model_construct(level=random.choice([None, Level(0.0), Level(0.4)]))
    elif kind is SeatStarted:
        made = SeatStarted(seat=random.choice(list(Seat)), started=random.random() < 0.7)
    else:
        made = kind()
    return made


def _kinds(random: Random) -> Sequence[type]:
    """Return all kinds of presses, or so few that one often meets another of its own."""
    return random.choice([EVERY, (*random.sample(EVERY, 2), Undo)])


def _decibels(random: Random) -> Decibels:
    return Decibels(random.choice([-40.0, -6.0, -3.0, 0.0, 0.0, 6.0, 6.5]))


def _output(random: Random) -> str | None:
    return random.choice([None, "speakers", "staff", "garden"])


_SOUND: Final = (Volume, Volume, Mute, Duck, Silence, Music)
_OFTEN: Final = (Hold, Release, Next, Back, End, Hold, Release, Done, Pass)
_SPANNED: Final = (Extend, Shorten, Snooze)
_OTHERS: Final = (SeatStarted, Stop, Lights, LightsUp, Chime, Undo, Undo)
NO_SOUND: Final = (*_OFTEN, *_SPANNED, *_OTHERS)
EVERY: Final = (*NO_SOUND, *_SOUND)
