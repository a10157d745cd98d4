"""For ten seconds every press can be taken back, to the very plan that was there."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import assume, given
from support.examples import examples
from support.sessions import (
    a_cue,
    a_phase,
    a_room,
    a_timeline,
    any_press,
    timed_presses,
    timelines,
    times,
)

from kacenv.core.errors import RefusedError
from kacenv.core.fades import Fade
from kacenv.core.units import Seconds
from kacenv.engine.play_counts import PlayCounts
from kacenv.engine.replay import JournaledRequest, replay
from kacenv.engine.state import LightHand, State
from kacenv.engine.step import next_due, step
from kacenv.engine.undo import still_kept
from kacenv.model.commands import Command, Crossfade, CueTrack, EnterPhase, Notice, Prompt, ShowLook
from kacenv.model.mode import Mode
from kacenv.model.request_parser import press_of
from kacenv.model.requests import Press, Start, Stop, TrackFailed, Undo
from kacenv.model.scene import EndKind
from kacenv.model.status import UndoStatus
from kacenv.model.timeline import Timeline
from kacenv.session.status import describe

ROOM = a_room()
PLAN = a_timeline(
    a_phase("onset", cues=(a_cue("Look in", 300.0),)),
    a_phase("peak", cues=(a_cue("Once", 60.0),)),
    a_phase("return"),
    a_phase("integration"),
    return_from=2,
)


class Life:
    """A session lived press by press."""

    def __init__(self, timeline: Timeline = PLAN) -> None:
        self.heard: list[Command] = []
        self.written: list[JournaledRequest] = []
        self.state = State(room=ROOM)
        self._take(Seconds(0.0), Start(timeline))

    def _take(self, now: Seconds, request: Press | Start | TrackFailed | None) -> str:
        self.state, commands, reply = step(self.state, now, request)
        self.heard += commands
        if request is not None:
            self.written.append(JournaledRequest(now, request))
        return reply

    def until(self, at: float) -> "Life":
        """Live until then."""
        while (due := next_due(self.state)) is not None and due <= at:
            self._take(due, None)
        self._take(Seconds(at), None)
        return self

    def press(self, at: float, press: Press | TrackFailed | str) -> str:
        """What the room says to a press at a time."""
        self.until(at)
        request = press_of(press.split()) if isinstance(press, str) else press
        return self._take(Seconds(at), request)

    def told(self) -> list[str]:
        """What staff were told."""
        return [command.text for command in self.heard if isinstance(command, Notice)]


def plan_of(state: State) -> State:
    """All that decides what comes, but for the numbers of tracks and the way of fades."""
    playing = state.playing
    if playing is not None:
        playing = replace(playing, play_id=0, skipped=Seconds(0.0))
    known = {zone: fade.target for zone, fade in state.light.items()}
    volumes = {output.id: 0.0 for output in ROOM.outputs}
    volumes |= {output: fade.target for output, fade in state.volumes.items()}
    return replace(
        state,
        playing=playing,
        cued=None,
        last_play_id=0,
        rotations={},
        level=Fade.steady(state.level.target),
        volumes={output: Fade.steady(level) for output, level in volumes.items()},
        light={zone: Fade.steady(level) for zone, level in known.items()},
        told=frozenset(),
        pressed={},
        left_so={},
        presses=0,
        kept=(),
    )


def coming(state: State, until: float) -> list[str]:
    """What the room does until then, by what and when, with tracks by their names."""
    names = {one.play_id: one.cut.title for one in (state.playing, state.cued) if one}
    told = []
    while (due := next_due(state)) is not None and due <= until:
        state, commands, _ = step(state, due)
        for command in commands:
            if isinstance(command, CueTrack):
                names[command.play_id] = command.cut.title
            elif isinstance(command, Crossfade):
                title = names[command.play_id] if command.play_id is not None else ""
                told.append(f"{command.at} {title} in {command.duration}")
            elif isinstance(command, EnterPhase | Prompt | Notice):
                told.append(str(command))
    return told


def unknown_light_gone(plan: State, other: State) -> State:
    """The plan without the light of zones that nobody knew before."""
    return replace(plan, light={z: fade for z, fade in plan.light.items() if z in other.light})


def nearly_changes(state: State, now: float) -> bool:
    """Tell if the track playing is left within two seconds: then the next begins at once."""
    if state.playing is None or state.retry_at is not None:
        return True
    due = next_due(replace(state, due=(), cued=state.playing))
    change = min(due or now + 100.0, state.playing.ends_at)
    return change - now < 3.0


@examples(40)
@given(timelines(), timed_presses(1000.0), any_press(), times(0, 1000), times(0, 10))
def test_a_press_taken_back_never_was(
    timeline: Timeline,
    before: Sequence[tuple[Seconds, Press]],
    press: Press,
    at: float,
    wait: float,
) -> None:
    """In every mode, whatever is pressed: the plan and all that comes are as without the press."""
    life = Life(timeline)
    for moment, earlier in sorted(before, key=lambda pair: pair[0]):
        if moment <= at:
            try:
                life.press(moment, earlier)
            except RefusedError:
                continue
    life.until(at)
    never = Life(timeline)
    never.state = life.state
    with suppress(RefusedError):
        life.press(at, press)
    kept = life.state.kept
    assume(kept and kept[-1].at == at and kept[-1].before is not None)
    assume(
        len(kept) > len(still_kept(never.state, Seconds(at)))
    )  # else it belongs to a fader's move
    life.until(at + wait)
    assume(life.state.kept)  # else the session has ended meanwhile
    life.press(at + wait, Undo())
    never.until(at + wait)
    assume(not nearly_changes(never.state, at + wait))
    assert unknown_light_gone(plan_of(life.state), never.state) == plan_of(never.state)
    end = at + wait + 1200.0
    assert coming(life.state, end) == coming(never.state, end)


def test_the_way_home_is_taken_back_to_the_very_plan() -> None:
    """Extension and place are there again, and what was said to be passed over comes after all."""
    life = Life()
    life.press(60.0, "extend 10m")
    life.press(100.0, "end")
    assert life.state.mode is Mode.RETURNING
    assert life.press(107.0, "undo") == "Taken back: end."
    assert (life.state.mode, life.state.phase) == (Mode.RUNNING, 0)
    assert life.state.durations == (1200.0, 600.0, 600.0, 600.0)
    assert "Comes after all: Look in, Once." in life.told()
    assert "Look in" in [c.text for c in life.until(400.0).heard if isinstance(c, Prompt)]


def test_the_piece_goes_on_where_it_would_be() -> None:
    """After next and undo the first piece flows in again, seven seconds further on."""
    life = Life()
    life.press(100.0, "next")
    life.press(107.0, "undo")
    fade, cue = (
        [c for c in life.heard if isinstance(c, kind)][-1] for kind in (Crossfade, CueTrack)
    )
    assert isinstance(fade, Crossfade)
    assert isinstance(cue, CueTrack)
    assert (fade.at, fade.duration, cue.cut.title, cue.cut.cue_in) == (
        107.0,
        20.0,
        "onset-1",
        107.0,
    )


def test_the_music_is_left_alone_where_it_is_the_same() -> None:
    """Taking back an extension or a hold touches no sound."""
    for words in ("extend 5m", "hold", "seat a started"):
        life = Life()
        life.press(100.0, words)
        heard = len(life.heard)
        life.press(105.0, "undo")
        assert life.heard[heard:] == []


def test_after_ten_seconds_a_press_stays() -> None:
    """What is older than that was meant."""
    life = Life()
    life.press(100.0, "hold")
    with pytest.raises(RefusedError, match="Nothing was pressed in the last ten seconds"):
        life.press(110.001, "undo")
    assert life.state.mode is Mode.HELD


def test_presses_are_taken_back_one_after_another() -> None:
    """The last first; a second tap on undo within two seconds is the first one's."""
    life = Life()
    life.press(100.0, "extend 5m")
    life.press(102.0, "hold")
    assert life.press(103.0, "undo") == "Taken back: hold."
    assert life.press(103.5, "undo").startswith("Done already.")
    assert life.press(106.0, "undo") == "Taken back: extend 5m."
    assert life.state.durations[0] == 600.0


def test_the_status_names_what_can_be_taken_back() -> None:
    """Surfaces know which press it is, and until when; after a chime there is none."""
    life = Life()
    assert describe(life.state, Seconds(50.0)).undo is None
    life.press(100.0, "extend 10m")
    assert describe(life.state, Seconds(105.0)).undo == UndoStatus(1, "extend 10m", 110.0)
    assert describe(life.state, Seconds(110.5)).undo is None
    life.press(106.0, "chime")
    assert describe(life.state, Seconds(107.0)).undo is None


def test_a_chime_says_that_it_can_not_be_taken_back() -> None:
    """And nothing else is taken back in its place."""
    life = Life()
    life.press(100.0, "hold")
    life.press(101.0, "chime")
    assert life.press(102.0, "undo") == "A chime that has been struck can't be taken back."
    assert life.state.mode is Mode.HELD


def test_undo_takes_back_only_the_press_that_is_meant() -> None:
    """If somebody else has pressed something meanwhile, their word counts."""
    life = Life()
    life.press(100.0, "hold")
    mine = life.state.kept[-1].number
    life.press(101.0, "duck")
    with pytest.raises(RefusedError, match="Something else was pressed meanwhile: duck"):
        life.press(102.0, Undo(number=mine))


def test_a_stop_is_taken_back_while_the_music_fades() -> None:
    """The piece flows in again and the light goes back; once it is silent it's too late."""
    life = Life()
    life.press(100.0, "stop")
    life.press(104.0, "undo")
    assert life.state.mode is Mode.RUNNING
    assert life.state.light == {**life.state.light, **{
        zone: replace(life.state.light[zone], target=PLAN.phases[0].look[zone].level)
        for zone in PLAN.phases[0].look
    }}  # fmt: skip
    life.press(200.0, Stop())
    with pytest.raises(RefusedError, match="Nothing was pressed"):
        life.press(207.0, "undo")


def test_lights_up_is_taken_back_to_the_plan() -> None:
    """The phase's look comes back gently."""
    life = Life()
    life.press(100.0, "lights-up")
    life.press(104.0, "undo")
    look = [command for command in life.heard if isinstance(command, ShowLook)][-1]
    assert look.look == PLAN.phases[0].look
    assert not look.urgent
    assert life.state.light_hand is LightHand.PLAN


def test_a_check_in_that_would_have_come_comes_with_the_undo() -> None:
    """Held over its moment and taken back, it is there at once, and only once."""
    life = Life()
    life.press(298.0, "hold")
    life.press(304.0, "undo")
    prompts = [
        c.at for c in life.until(600.0).heard if isinstance(c, Prompt) and c.text == "Look in"
    ]
    assert prompts == [304.0]


def test_what_was_rung_meanwhile_does_not_ring_again() -> None:
    """A check-in that came in both lives comes once."""
    life = Life()
    life.press(298.0, "extend 5m")
    life.press(304.0, "undo")
    assert [c.at for c in life.heard if isinstance(c, Prompt)] == [300.0]


def test_a_phase_that_would_have_ended_meanwhile_has_ended() -> None:
    """Extended two seconds before its end, and taken back three seconds after it."""
    life = Life()
    life.press(598.0, "extend 5m")
    life.press(603.0, "undo")
    assert life.state.phase == 1
    assert life.state.phase_clock.reading(Seconds(603.0)) == 3.0


def test_a_file_that_failed_meanwhile_stays_passed_over() -> None:
    """What is known of files isn't forgotten with the press."""
    life = Life()
    life.press(100.0, "next")
    playing = life.state.playing
    assert playing is not None
    life.press(102.0, TrackFailed(playing.play_id, "it is torn"))
    life.press(104.0, "undo")
    assert playing.cut.path in life.state.unplayable


def test_a_faders_moves_are_taken_back_together() -> None:
    """Thirty volumes in a second are one move."""
    life = Life()
    for number in range(1, 30):
        life.press(100.0 + number / 30, f"volume speakers -{number}dB")
    life.press(102.0, "undo")
    assert life.state.volumes["speakers"].target == 0.0
    assert len(life.state.kept) == 0


def test_what_is_kept_is_bounded() -> None:
    """However much is pressed, only a few states are kept, and none within another."""
    life = Life()
    for number in range(100):
        life.press(100.0 + number / 20, "extend 1m" if number % 2 else "shorten 1m")
    assert len(life.state.kept) <= 16
    assert all(one.before is not None and not one.before.kept for one in life.state.kept)


@examples(15)
@given(timelines(), timed_presses(1000.0))
def test_the_journal_holds_what_was_taken_back(
    timeline: Timeline, presses: Sequence[tuple[Seconds, Press]]
) -> None:
    """Each press taken back three seconds later: the fold over the requests comes out the same."""
    life, now = Life(timeline), 0.0
    for at, press in sorted(presses, key=lambda pair: pair[0]):
        for moment, request in ((at, press), (at + 3.0, Undo())):
            now = max(now, moment)
            try:
                life.press(now, request)
            except RefusedError:
                continue
    end = Seconds(1100.0)
    life.until(end)
    folded = replay(State(room=ROOM), life.written)
    assert plan_of(step(folded, end).state) == plan_of(life.state)


def test_a_press_in_a_phase_that_waits_is_taken_back() -> None:
    """The phase waits on, and says so once."""
    waiting = a_timeline(
        a_phase("settle", 600.0, end=EndKind.GO, slack=Seconds(900.0)), a_phase("onset")
    )
    life = Life(waiting)
    life.press(700.0, "next")
    life.press(705.0, "undo")
    assert life.state.phase == 0
    assert len([text for text in life.told() if re.match("Settle waits", text)]) == 1
    assert life.state.heard != PlayCounts()
