"""Rooms, phases and timelines made for tests, by hand or by hypothesis."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from kacenv.core.units import Decibels, Kelvin, Level, Seconds
from kacenv.model.chime import BELL
from kacenv.model.look import Setting, Zone
from kacenv.model.playlist import Cut, Queue
from kacenv.model.request_parser import press_of
from kacenv.model.request_table import REQUESTS
from kacenv.model.requests import Extend, Lights, Press, Snooze, Volume
from kacenv.model.room import Room
from kacenv.model.scene import Audience, EndKind, Follow, Seat
from kacenv.model.timeline import Cue, PlannedPhase, Timeline


def a_room() -> Room:
    """A room with speakers, staff headphones and a lamp in every zone."""
    return Room.model_validate(
        {
            "name": "test",
            "outputs": [
                {"id": "speakers", "role": "speakers"},
                {"id": "staff", "role": "staff", "channels": [3]},
            ],
            "broker": {"host": "127.0.0.1"},
            "lights": [
                {"id": zone, "dialect": "plain", "topic": f"lamps/{zone}", "zone": zone}
                for zone in Zone
            ],
            "safe_light": dict.fromkeys(Zone, "70% 3000 K"),
        }
    )


def a_cut(name: str, length: float = 240.0) -> Cut:
    """A piece of `length` seconds that exists only by name."""
    return Cut(f"/music/{name}.opus", name, "Nobody", Seconds(length))


def a_queue(name: str, lengths: Sequence[float] = (240.0, 240.0), **fields: Any) -> Queue:
    """A repeating queue of pieces called after it."""
    cuts = tuple(a_cut(f"{name}-{number}", length) for number, length in enumerate(lengths, 1))
    return Queue(name, cuts, **{"crossfade": Seconds(12.0), "repeat": True} | fields)


def a_cue(name: str, at: float, every: float | None = None) -> Cue:
    """A staff check-in with a bell."""
    repeat = None if every is None else Seconds(every)
    return Cue(name, Seconds(at), name, Audience.STAFF, BELL, repeat)


def a_phase(name: str, duration: float = 600.0, **fields: Any) -> PlannedPhase:
    """A phase that ends at its time, with music of its own."""
    settled: dict[str, Any] = {
        "queue": a_queue(name),
        "level": Decibels(-3.0),
        "look": {Zone.SEATS: Setting(Level(0.2), Kelvin(2200.0))},
        "light_fade": Seconds(60.0),
        "crossfade": Seconds(20.0),
        "end": EndKind.TIME,
        "slack": Seconds(0.0),
        "cues": (),
    }
    return PlannedPhase(name=name, duration=Seconds(duration), **settled | fields)


def a_timeline(*phases: PlannedPhase, **fields: Any) -> Timeline:
    """A session of these phases; the return arc is the last one unless said otherwise."""
    settled: dict[str, Any] = {
        "title": "Test session",
        "overflow": None,
        "cues": (),
        "return_from": len(phases) - 1,
        "return_within": Seconds(300.0),
    }
    return Timeline(phases=phases, **settled | fields)


_spans = st.integers(1, 400).map(float)
_brief = st.sampled_from([0.6, 1.0, 4.0])
"""Lengths of pieces that are shorter than most crossfades."""
_lengths = st.lists(st.integers(15, 200).map(float) | _brief, min_size=1, max_size=4)


def times(least: float, most: float) -> st.SearchStrategy[Seconds]:
    """Any times between two, on the engine's grid of milliseconds."""
    grid = st.integers(round(1000 * least), round(1000 * most))
    return grid.map(lambda number: Seconds(number / 1000))


@st.composite
def phases(draw: st.DrawFn, name: str) -> PlannedPhase:
    """Any phase: every kind of end, short and long music, check-ins anywhere.

    It is no longer than shows something new: with pieces of a second it isn't hundreds of them.
    """
    lengths = draw(_lengths)
    duration = float(draw(st.integers(5, round(min(400.0, 40 * max(lengths))))))
    queue = a_queue(
        name,
        lengths,
        crossfade=Seconds(draw(st.integers(0, 20))),
        repeat=draw(st.booleans()),
        shuffle_seed=draw(st.none() | st.integers(0, 9)),
        fit=draw(st.booleans()),
    )
    energies = draw(st.lists(st.none() | st.integers(1, 5), min_size=4, max_size=4))
    cuts = zip(queue.cuts, energies, strict=False)
    queue = replace(queue, cuts=tuple(replace(cut, energy=energy) for cut, energy in cuts))
    cues = [a_cue(f"{name}-{n}", at) for n, at in enumerate(draw(st.lists(_spans, max_size=3)))]
    if draw(st.booleans()):
        every = draw(_spans)
        cues.append(a_cue(f"{name}-every", every, every))
    end = draw(st.sampled_from(EndKind))
    return a_phase(
        name,
        duration,
        queue=queue,
        cues=tuple(cues),
        end=end,
        slack=Seconds(0.0 if end is EndKind.TIME else draw(times(0, duration / 2))),
        level=Decibels(draw(st.integers(-30, 0))),
        look={Zone.SEATS: Setting(Level(draw(st.floats(0, 1))))},
        light_fade=Seconds(draw(st.integers(0, 120))),
        crossfade=draw(times(0, min(30, duration / 2))),
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Any session of one to five phases, with and without overflow and session check-ins."""
    count = draw(st.integers(1, 5))
    planned = [draw(phases(f"phase-{number}")) for number in range(count)]
    waits = [at for at, phase in enumerate(planned[:-1]) if phase.end is EndKind.GO]
    return a_timeline(
        *planned,
        overflow=draw(st.none() | _lengths.map(lambda lengths: a_queue("overflow", lengths))),
        cues=tuple(
            a_cue(f"session-{n}", at) for n, at in enumerate(draw(st.lists(_spans, max_size=3)))
        ),
        seat_cues=tuple(
            replace(a_cue(f"seat-{seat}-{n}", at), seat=seat)
            for n, (seat, at) in enumerate(
                draw(st.lists(st.tuples(st.sampled_from(Seat), _spans), max_size=4))
            )
        ),
        follow=draw(st.sampled_from(Follow)),
        waits_in=waits[0] if waits else None,
        return_from=draw(st.integers(0, count - 1)),
        return_within=Seconds(draw(st.integers(1, 900))),
    )


_presses: st.SearchStrategy[Press] = st.one_of(
    st.sampled_from([press_of(one.examples[0].split()) for one in REQUESTS]),
    st.sampled_from(["duck --off", "mute --off", "intensity down", "seat b started"]).map(
        lambda typed: press_of(typed.split())
    ),
    st.integers(1, 600).map(lambda span: Snooze.model_validate({"by": f"{span}s"})),
    st.integers(1, 600).map(lambda span: Extend.model_validate({"by": f"{span}s"})),
    st.integers(-30, 6).map(lambda level: Volume.model_validate({"level": f"{level} dB"})),
    st.integers(0, 100).map(lambda level: Lights.model_validate({"level": f"{level}%"})),
    st.just(Lights()),
)


def any_press() -> st.SearchStrategy[Press]:
    """Any request that a person can make."""
    return _presses


def timed_presses(longest: float = 1500.0) -> st.SearchStrategy[list[tuple[Seconds, Press]]]:
    """Any presses at any times."""
    return st.lists(st.tuples(times(0, longest), _presses), max_size=8)
