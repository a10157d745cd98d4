"""The engine's promises, held against any session and any presses."""

import contextlib
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.sessions import a_cue, a_phase, a_room, a_timeline, timed_presses, timelines, times

from kacenv.core.errors import RefusedError
from kacenv.core.fades import Fade, FadeCurve
from kacenv.core.units import Seconds, on_grid
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.engine.track_changes import STEEPEST_LEVEL
from kacenv.model.commands import (
    Command,
    Crossfade,
    CueTrack,
    EnterPhase,
    Notice,
    Prompt,
    SessionEnded,
    SetLevel,
    SetVolume,
    ShowLook,
    StrikeChime,
)
from kacenv.model.mode import Mode
from kacenv.model.playlist import SHORTEST_FADE
from kacenv.model.requests import Done, Hold, Pass, Press, Release, Snooze, Start, TrackEnded
from kacenv.model.room import STEEPEST_LIGHT
from kacenv.model.scene import EndKind
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import Moment, rehearse

Presses = list[tuple[Seconds, Press]]
ROOM = a_room()
T = TypeVar("T", bound=Command)
LATER = [(Seconds(1500.0), Release()), (Seconds(20000.0), None)]
ENOUGH = 20
"""Pieces after which a session whose pieces end early has shown all it can."""
LONG = examples(20)
SHORTER = examples(15)


def willing(timeline: Timeline, presses: Presses) -> list[Moment]:
    """The session's commands; presses that make no sense are left out, as people are told."""
    state, commands, _ = step(State(room=ROOM), Seconds(0.0), Start(timeline))
    trace = [Moment(Seconds(0.0), command) for command in commands]
    for at, press in [*sorted(presses, key=lambda pair: pair[0]), *LATER]:
        while (due := next_due(state)) is not None and due <= at:
            state, commands, _ = step(state, due)
            trace += [Moment(due, command) for command in commands]
        try:
            state, commands, _ = step(state, at, press)
        except RefusedError:
            continue
        trace += [Moment(at, command) for command in commands]
    return trace


def of_kind(trace: Iterable[Moment], kind: type[T]) -> list[T]:
    """The commands of one kind, in order."""
    return [moment.command for moment in trace if isinstance(moment.command, kind)]


@LONG
@given(timelines(), timed_presses())
def test_music_never_stops_before_the_end(timeline: Timeline, presses: Presses) -> None:
    """Each piece flows into the next before it is over, until the last fade begins."""
    trace = willing(timeline, presses)
    lengths = {cue.play_id: cue.cut.length for cue in of_kind(trace, CueTrack)}
    for fade, following in pairwise(of_kind(trace, Crossfade)):
        if fade.play_id is None:
            break
        over = fade.at + lengths[fade.play_id]
        needed = following.duration - SHORTEST_FADE if following.play_id is not None else 0.0
        assert following.at + needed <= over + 1e-6


def reported(timeline: Timeline, presses: Presses, shares: list[float]) -> list[Moment]:
    """The session's commands where pieces last only these shares of what they say, in turn.

    The room tells of an end six seconds before, or as soon as the piece begins.
    """
    state, commands, _ = step(State(room=ROOM), Seconds(0.0), Start(timeline))
    trace = [Moment(Seconds(0.0), command) for command in commands]
    asks: list[tuple[Seconds, Press | TrackEnded | None]] = [*presses, *LATER]
    lengths: dict[int, Seconds] = {}
    while asks and len(lengths) < ENOUGH:
        for command in commands:
            if isinstance(command, CueTrack):
                lengths[command.play_id] = command.cut.length
            elif isinstance(command, Crossfade) and command.play_id is not None:
                share = shares[command.play_id % len(shares)]
                end = Seconds(command.at + share * lengths[command.play_id])
                known = Seconds(max(command.at, end - 6.0))
                asks.append((known, TrackEnded(command.play_id, end)))
        asks.sort(key=lambda ask: ask[0])
        due = next_due(state)
        at, request = (due, None) if due is not None and due <= asks[0][0] else asks.pop(0)
        try:
            state, commands, _ = step(state, at, request)
        except RefusedError:
            commands = ()
        trace += [Moment(at, command) for command in commands]
    return trace


@LONG
@given(timelines(), timed_presses(), st.lists(st.floats(0.2, 1.0), min_size=1, max_size=5))
def test_a_piece_that_ends_early_is_followed_in_time(
    timeline: Timeline, presses: Presses, shares: list[float]
) -> None:
    """However early pieces end, the next one begins before they are over, to the millisecond."""
    trace = reported(timeline, presses, shares)
    lengths = {cue.play_id: cue.cut.length for cue in of_kind(trace, CueTrack)}
    for fade, following in pairwise(of_kind(trace, Crossfade)):
        if fade.play_id is None or following.play_id is None:
            break
        over = fade.at + shares[fade.play_id % len(shares)] * lengths[fade.play_id]
        assert following.at <= over + 0.001


@LONG
@given(timelines(), timed_presses())
def test_a_piece_is_cued_before_it_plays_and_never_plays_twice(
    timeline: Timeline, presses: Presses
) -> None:
    """Every crossfade goes to a piece that was opened before, and each opening plays once."""
    trace = willing(timeline, presses)
    cued: set[int] = set()
    for moment in trace:
        match moment.command:
            case CueTrack(play_id=play_id):
                assert play_id not in cued
                cued.add(play_id)
            case Crossfade(play_id=int(play_id)):
                assert play_id == max(cued)
    heard = [fade.play_id for fade in of_kind(trace, Crossfade) if fade.play_id is not None]
    assert len(heard) == len(set(heard))


@LONG
@given(timelines(), timed_presses())
def test_level_and_volume_keep_their_slope(timeline: Timeline, presses: Presses) -> None:
    """Neither the music's level nor an output's volume changes faster than the bound."""
    trace = willing(timeline, presses)
    volumes = of_kind(trace, SetVolume)
    per_output = [[v for v in volumes if v.output == output.id] for output in ROOM.outputs]
    tracks: list[Sequence[SetLevel | SetVolume]] = [of_kind(trace, SetLevel), *per_output]
    for orders in tracks:
        fade = Fade(0.0, 0.0, curve=FadeCurve.LINEAR)
        for order in orders:
            fade = fade.toward(order.level, order.at, order.duration)
            assert fade.steepest <= STEEPEST_LEVEL + 1e-9


@LONG
@given(timelines(), timed_presses())
def test_light_keeps_its_slope(timeline: Timeline, presses: Presses) -> None:
    """No zone's light changes faster than the bound, save for lights-up."""
    fades: dict[str, Fade] = {}
    for look in of_kind(willing(timeline, presses), ShowLook):
        for zone, setting in look.look.items():
            fade = fades.get(zone, Fade.steady_light(0.0))
            fades[zone] = fade.toward(setting.level, look.at, look.duration)
            assert look.urgent or fades[zone].steepest <= STEEPEST_LIGHT + 1e-9


@LONG
@given(timelines(), timed_presses())
def test_every_check_in_comes_exactly_once(timeline: Timeline, presses: Presses) -> None:
    """A check-in is rung or passed over once for each time its phase is entered or skipped.

    Only a step back leaves one open, because it comes again.
    """
    trace = willing(timeline, without_snoozes(presses))
    entered = [enter.index for enter in of_kind(trace, EnterPhase)]
    prompts = [prompt.text for prompt in of_kind(trace, Prompt)]
    passed = [
        name
        for notice in of_kind(trace, Notice)
        if notice.text.startswith("Passed over: ")
        for name in notice.text.removeprefix("Passed over: ").removesuffix(".").split(", ")
    ]
    skipped = [index for before, after in pairwise(entered) for index in range(before + 1, after)]
    backwards = sum(after <= before for before, after in pairwise(entered))
    for index, phase in enumerate(timeline.phases):
        most = entered.count(index) + skipped.count(index)
        for cue in (cue for cue in phase.cues if cue.every is None):
            came = prompts.count(cue.prompt) + passed.count(cue.prompt)
            assert most - backwards <= came <= most
    for cue in (*timeline.cues, *timeline.seat_cues):
        assert prompts.count(cue.prompt) + passed.count(cue.prompt) == 1


def without_snoozes(presses: Presses) -> Presses:
    """The presses that make no check-in come again."""
    return [(at, press) for at, press in presses if not isinstance(press, Snooze)]


def answers() -> st.SearchStrategy[Presses]:
    """Staff at work: check-ins answered in all ways, and time held now and then."""
    spans = st.integers(1, 300).map(lambda span: Snooze.model_validate({"by": f"{span}s"}))
    press = st.one_of(spans, spans, st.sampled_from([Done(), Pass(), Hold(), Release()]))
    return st.lists(st.tuples(times(0, 2000), press), max_size=25)


class Staff:
    """What staff must see, kept by the simplest of rules: a list of what they put off."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.put_off: dict[str, float] = {}
        self.first: list[tuple[str, float]] = []

    def meet(self, state: State, commands: Iterable[Command], at: Seconds) -> None:
        """Each check-in that comes is one put off whose time it is, or one that comes by itself."""
        for command in commands:
            if isinstance(command, Prompt):
                due = self.put_off.pop(command.check_in, math.inf)
                self.waiting = [one for one in self.waiting if one != command.check_in]
                self.waiting.append(command.check_in)
                if abs(state.session_clock.reading(at) - due) > 1e-6:
                    self.first.append((command.check_in, command.at))

    def answer(self, before: State, at: Seconds, press: Press | None, reply: str) -> None:
        """What a press shall do with the check-in that has been due for longest."""
        oldest = next((due.cue.id for due in before.due if due.again is None), "")
        if reply.startswith(("Done: ", "Let pass: ")):
            self.waiting.remove(oldest)
        elif isinstance(press, Snooze) and reply.startswith("Again in "):
            self.waiting.remove(oldest)
            self.put_off[oldest] = before.session_clock.reading(at) + press.by


@SHORTER
@given(timelines(), answers())
def test_a_snoozed_check_in_comes_again_once_and_one_that_is_done_never(
    timeline: Timeline, presses: Presses
) -> None:
    """Each comes at its time whatever staff say, and once more for each time it was put off."""
    staff, bare = (
        Staff(),
        willing(timeline, [p for p in presses if p[1].kind in {"hold", "release"}]),
    )
    state, commands, _ = step(State(room=ROOM), Seconds(0.0), Start(timeline))
    staff.meet(state, commands, Seconds(0.0))
    for at, press in [*sorted(presses, key=lambda pair: pair[0]), *LATER]:
        while (due := next_due(state)) is not None and due <= at:
            before = state
            state, commands, _ = step(state, due)
            staff.meet(before, commands, due)
            if state.mode in {Mode.FADING, Mode.IDLE}:
                staff.put_off.clear()
        before = state
        with contextlib.suppress(RefusedError):
            state, commands, reply = step(state, at, press)
            staff.answer(step(before, at).state, at, press, reply)
            staff.meet(before, commands, at)
        if state.mode is not Mode.IDLE:
            assert [due.cue.id for due in state.due if due.again is None] == staff.waiting
    assert staff.first == [(prompt.check_in, prompt.at) for prompt in of_kind(bare, Prompt)]
    assert not staff.put_off
    assert not state.due


@SHORTER
@given(times(1, 200), times(0, 300), times(0.1, 4000))
def test_hold_moves_what_is_put_off(by: float, pressed: float, span: float) -> None:
    """A check-in put off comes again later by exactly the time that was held meanwhile."""
    timeline = a_timeline(a_phase("peak", 9000.0, cues=(a_cue("Look in", 60.0),)))
    snooze = Snooze.model_construct(by=Seconds(by))
    presses: Presses = [(Seconds(90.0), snooze)]
    held: Presses = [(Seconds(90.0 + pressed), Hold()), (Seconds(90.0 + pressed + span), Release())]
    plain = [prompt.at for prompt in of_kind(willing(timeline, presses), Prompt)]
    moved = [prompt.at for prompt in of_kind(willing(timeline, presses + held), Prompt)]
    shift = span if pressed < by else 0.0
    assert plain == [60.0, on_grid(90.0 + by)]
    assert abs(moved[1] - plain[1] - shift) < 1e-6


@LONG
@given(timelines())
def test_repeating_check_ins_keep_their_beat(timeline: Timeline) -> None:
    """A repeating check-in comes at each multiple of its span within its phase."""
    trace = willing(timeline, [])
    enters = of_kind(trace, EnterPhase)
    ends = [*(enter.at for enter in enters[1:]), trace[-1].at - timeline.phases[-1].crossfade]
    for enter, end in zip(enters, ends, strict=True):
        for cue in (cue for cue in timeline.phases[enter.index].cues if cue.every):
            rung = [p.at - enter.at for p in of_kind(trace, Prompt) if p.check_in == cue.id]
            assert cue.every is not None
            expected = int((end - enter.at + 1e-6) // cue.every)
            assert [round(at / cue.every, 6) for at in rung] == list(range(1, expected + 1))


@LONG
@given(timelines(), times(0, 600), times(0.1, 5000))
def test_hold_moves_everything_after_it(timeline: Timeline, at: float, span: float) -> None:
    """What comes after a hold comes later by exactly its length, where time ends the phases."""
    if any(phase.end is EndKind.TRACK for phase in timeline.phases):
        return
    plain = willing(timeline, [])
    held = willing(timeline, [(Seconds(at), Hold()), (Seconds(at + span), Release())])
    kinds = (EnterPhase, Prompt, StrikeChime)
    expected = [m.command.at for m in plain if isinstance(m.command, kinds)]
    moved = [m.command.at for m in held if isinstance(m.command, kinds)]
    fading = next(fade.at for fade in of_kind(plain, Crossfade) if fade.play_id is None)
    for before, after in zip(expected, moved, strict=True):
        shift = span if before > at and at < fading else 0.0
        assert abs(after - before - shift) < 1e-6


@LONG
@given(timelines(), timed_presses(), st.lists(times(0, 3000), max_size=20))
def test_asking_more_often_changes_nothing(
    timeline: Timeline, presses: Presses, looks: list[float]
) -> None:
    """The same session comes out however often the engine is asked for the time."""
    state, commands, _ = step(State(room=ROOM), Seconds(0.0), Start(timeline))
    often = list(commands)
    asks: list[tuple[float, Press | None]] = [(at, None) for at in looks]
    asks += [*presses, *LATER]
    for at, press in sorted(asks, key=lambda pair: (pair[0], pair[1] is not None)):
        try:
            state, commands, _ = step(state, Seconds(at), press)
        except RefusedError:
            state, commands, _ = step(state, Seconds(at))
        often += commands
    assert often == [moment.command for moment in willing(timeline, presses)]


@LONG
@given(timelines())
def test_a_session_ends_by_itself(timeline: Timeline) -> None:
    """Left alone, every session fades out once, ends once, and enters each phase once."""
    trace = list(rehearse(ROOM, timeline))
    assert isinstance(trace[-1].command, SessionEnded)
    assert [enter.index for enter in of_kind(trace, EnterPhase)] == [*range(len(timeline.phases))]
    assert [fade.play_id for fade in of_kind(trace, Crossfade)].count(None) == 1
