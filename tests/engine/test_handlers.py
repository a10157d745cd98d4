"""What a therapist's press does, what it says, and that a second press does no harm."""

from typing import get_args

import pytest
from pydantic import ValidationError
from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline

from kacenv.core.errors import RefusedError
from kacenv.core.units import Decibels, Seconds, format_seconds
from kacenv.engine.handlers import HANDLERS
from kacenv.engine.state import LightHand, State
from kacenv.engine.step import Step, next_due, step
from kacenv.engine.transitions import LEADS_TO, TRANSITIONS, Outcome
from kacenv.model.chime import OwnChime
from kacenv.model.commands import (
    Crossfade,
    EnterPhase,
    SessionEnded,
    SetVolume,
    ShowLook,
    StrikeChime,
)
from kacenv.model.look import Zone
from kacenv.model.mode import Mode
from kacenv.model.request_bounds import LONGEST_TIME
from kacenv.model.request_parser import press_of
from kacenv.model.request_table import REQUESTS
from kacenv.model.requests import (
    Back,
    Chime,
    End,
    Extend,
    Hold,
    Lights,
    LightsUp,
    Next,
    Press,
    Release,
    Shorten,
    Start,
    Stop,
    Volume,
)
from kacenv.model.scene import EndKind
from kacenv.model.timeline import Timeline
from kacenv.session.status import describe

THREE = a_timeline(
    a_phase("onset", cues=(a_cue("Look in", 300.0),)),
    a_phase("peak"),
    a_phase("return"),
    a_phase("integration"),
    cues=(a_cue("Reading", 900.0),),
    return_from=2,
)
EXTEND = Extend.model_validate({"by": "10m"})
SHORTEN = Shorten.model_validate({"by": "5m"})
EVERY_PRESS = tuple(press_of(one.examples[0].split()) for one in REQUESTS if one.kind != "undo")
"""What a press taken back does is in test_undo.py."""


def started(timeline: Timeline = THREE) -> State:
    """A session that has just begun."""
    return step(State(room=a_room()), Seconds(0.0), Start(timeline)).state


def at(state: State, now: float, press: Press | None = None) -> Step:
    """The step at `now`."""
    return step(state, Seconds(now), press)


def in_mode(mode: Mode) -> State:
    """A session that is in `mode`, at 100 s."""
    presses: dict[Mode, Press] = {Mode.HELD: Hold(), Mode.RETURNING: End(), Mode.FADING: Stop()}
    if mode is Mode.IDLE:
        return State(room=a_room())
    return at(started(), 99.0, presses.get(mode)).state


def test_each_request_has_its_handler() -> None:
    """No kind that a person can ask for is without one."""
    assert set(HANDLERS) == set(get_args(Press))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("press", EVERY_PRESS, ids=lambda press: press.kind)
def test_the_table_is_what_happens(mode: Mode, press: Press) -> None:
    """Each request in each mode is done, already so, or refused, as the table says."""
    state = in_mode(mode)
    answer = TRANSITIONS[mode][press.kind]
    if answer is Outcome.REFUSE:
        with pytest.raises(RefusedError):
            at(state, 100.0, press)
        return
    done = at(state, 100.0, press)
    assert done.reply
    if answer is Outcome.ALREADY:
        assert done == (at(state, 100.0).state, (), done.reply)
    expected = LEADS_TO.get((mode, press.kind), mode)
    assert done.state.mode is expected


@pytest.mark.parametrize("press", EVERY_PRESS, ids=lambda press: press.kind)
def test_a_second_press_does_no_harm(press: Press) -> None:
    """Pressing twice within a moment leaves phase, plan and clocks as pressing once does."""
    once = at(at(started(), 60.0).state, 60.0, press).state
    twice = at(once, 60.5, press).state
    for name in ("phase", "durations", "mode", "heard", "playing", "ends_at"):
        assert getattr(twice, name) == getattr(at(once, 60.5).state, name), name


def test_starting_the_same_session_twice_is_starting_it_once() -> None:
    """A second start of the same plan changes nothing; of another plan it's refused."""
    state = started()
    again = step(state, Seconds(1.0), Start(THREE))
    assert again.state == state
    assert "already" in again.reply
    with pytest.raises(RefusedError, match="A session is on"):
        step(state, Seconds(1.0), Start(a_timeline(a_phase("other"))))


def test_hold_keeps_the_phase_and_the_music_goes_on() -> None:
    """Held far past its end, a phase hasn't changed, and pieces have followed each other."""
    state = at(started(), 60.0, Hold()).state
    crossfades = []
    while (due := next_due(state)) is not None and due < 3600:
        state, commands, _ = at(state, due)
        crossfades += [command for command in commands if isinstance(command, Crossfade)]
    assert state.phase == 0
    assert len(crossfades) >= 14
    released = at(state, 3600.0, Release()).state
    assert describe(released, Seconds(3600.0)).phase_left == pytest.approx(540.0)


def test_extend_makes_the_phase_longer_and_moves_the_rest() -> None:
    """Ten more minutes in a phase are ten more minutes to the end."""
    before = describe(at(started(), 60.0).state, Seconds(60.0))
    done = at(started(), 60.0, EXTEND)
    after = describe(done.state, Seconds(60.0))
    assert after.phase_left == before.phase_left + 600
    assert after.left == before.left + 600
    assert done.reply.startswith("Onset is now 20m long")


def test_next_goes_on_at_once_and_says_what_is_passed_over() -> None:
    """Next enters the following phase now; a check-in that won't come is named."""
    done = at(started(), 60.0, Next())
    entered = [command for command in done.commands if isinstance(command, EnterPhase)]
    assert [(enter.name, enter.at) for enter in entered] == [("peak", 60.0)]
    assert any("Passed over: Look in" in str(command) for command in done.commands)


def test_back_begins_the_phase_before_anew() -> None:
    """Back in the first phase begins it anew; later it goes to the one before."""
    state = at(started(), 700.0).state
    assert state.phase == 1
    assert at(state, 700.0, Back()).state.phase == 0
    again = at(started(), 50.0, Back()).state
    assert describe(again, Seconds(50.0)).in_phase == 0.0


def test_end_comes_home_through_the_return_arc() -> None:
    """From the first phase, end goes to the return phase, compressed to its limit."""
    done = at(started(), 60.0, End())
    assert done.state.mode is Mode.RETURNING
    status = describe(done.state, Seconds(60.0))
    assert status.phase == 2
    assert status.left == pytest.approx(300.0)
    ended = at(done.state, 60.0 + 300.0 + 20.0)
    assert isinstance(ended.commands[-1], SessionEnded)


def test_end_inside_the_return_arc_compresses_what_is_left() -> None:
    """In the last phase, end shortens the rest and doesn't begin the phase again."""
    state = at(started(), 1250.0).state
    done = at(state, 1250.0, End())
    assert not [command for command in done.commands if isinstance(command, EnterPhase)]
    assert describe(done.state, Seconds(1250.0)).left == pytest.approx(300.0)


def test_stop_fades_all_in_a_few_seconds_and_raises_the_light() -> None:
    """Stop fades the music in 6 s, shows the safe light, and the room is free afterwards."""
    done = at(started(), 60.0, Stop())
    fade = next(command for command in done.commands if isinstance(command, Crossfade))
    look = next(command for command in done.commands if isinstance(command, ShowLook))
    assert (fade.play_id, fade.duration) == (None, 6.0)
    assert look.look == a_room().safe_light
    assert not look.urgent
    assert at(done.state, 66.0).state.mode is Mode.IDLE


def test_lights_up_holds_until_the_light_is_given_back() -> None:
    """Lights-up takes 3 s, outlasts the next phase's look, and ends with `lights plan`."""
    done = at(started(), 60.0, LightsUp())
    look = done.commands[0]
    assert isinstance(look, ShowLook)
    assert (look.duration, look.urgent) == (3.0, True)
    later = at(done.state, 700.0)
    assert not [command for command in later.commands if isinstance(command, ShowLook)]
    given_back = at(later.state, 700.0, Lights())
    assert [command.look for command in given_back.commands if isinstance(command, ShowLook)] == [
        THREE.phases[1].look
    ]


def test_lights_by_hand_last_until_the_next_look() -> None:
    """A level asked for goes to every zone and gives way to the next phase's look."""
    done = at(started(), 60.0, Lights.model_validate({"level": "20%"}))
    look = next(command for command in done.commands if isinstance(command, ShowLook))
    assert {zone: setting.level for zone, setting in look.look.items()} == dict.fromkeys(Zone, 0.2)
    later = at(done.state, 700.0)
    assert [command for command in later.commands if isinstance(command, ShowLook)]


def test_volume_goes_to_one_output_or_to_all() -> None:
    """A volume is absolute from the plan, so that asking twice is asking once."""
    quieter = Volume.model_validate({"level": "-3 dB"})
    everywhere = at(started(), 60.0, quieter)
    volumes = [command for command in everywhere.commands if isinstance(command, SetVolume)]
    assert {volume.output: volume.level for volume in volumes} == dict.fromkeys(
        ("speakers", "staff"), Decibels(-3)
    )
    one = at(started(), 60.0, Volume.model_validate({"level": "-3 dB", "output": "staff"}))
    assert len([command for command in one.commands if isinstance(command, SetVolume)]) == 1
    with pytest.raises(RefusedError, match="There is no output seat-a; there is speakers, staff"):
        at(started(), 60.0, Volume.model_validate({"level": "0dB", "output": "seat-a"}))
    with pytest.raises(RefusedError, match="most that can be asked"):
        at(started(), 60.0, Volume.model_validate({"level": "12 dB"}))


def test_a_chime_can_be_struck_at_any_moment() -> None:
    """Staff may ring the bell even when no session is on."""
    done = at(State(room=a_room()), 5.0, Chime())
    assert [type(command) for command in done.commands] == [StrikeChime]


def test_a_chime_of_the_rooms_own_can_be_struck() -> None:
    """The order carries the room's phrase; an unknown name is refused with those that are known."""
    own = {"lake": OwnChime.model_validate({"notes": ["E4", "B4"]})}
    state = State(room=a_room().model_copy(update={"chimes": own}))
    (order,) = at(state, 5.0, Chime(chime="lake")).commands
    assert isinstance(order, StrikeChime)
    assert order.chime == own["lake"].phrase("lake")
    with pytest.raises(RefusedError, match="there are: bell, two-bells, deep-bell, lake"):
        at(state, 5.0, Chime(chime="gong"))


def test_a_phase_may_wait_for_the_therapist() -> None:
    """`end: go` says when it begins to wait, and goes on by itself at its time-out."""
    waiting = a_timeline(
        a_phase("settle", 600.0, end=EndKind.GO, slack=Seconds(120.0)), a_phase("onset")
    )
    told = at(started(waiting), 610.0)
    assert any("Settle waits for you" in str(command) for command in told.commands)
    assert told.state.phase == 0
    assert at(told.state, 720.0).state.phase == 1
    assert at(told.state, 611.0, Next()).state.phase == 1


def test_a_phase_may_end_with_its_music() -> None:
    """`end: track` ends with the piece that ends inside the window, else at its far side.

    Its crossfade into the next phase is over with the piece: 20 s before 468 s.
    """
    musical = a_timeline(
        a_phase("onset", 400.0, end=EndKind.TRACK, slack=Seconds(60.0)), a_phase("peak")
    )
    state = at(started(musical), 447.9).state
    assert state.phase == 0
    assert at(state, 448.0).state.phase == 1
    long_piece = a_phase("onset", 400.0, end=EndKind.TRACK, slack=Seconds(60.0),
                         queue=a_queue("long", [2000.0]))  # fmt: skip
    state = at(started(a_timeline(long_piece, a_phase("peak"))), 459.9).state
    assert state.phase == 0
    assert at(state, 460.0).state.phase == 1


def test_light_that_nobody_knows_changes_slowly_enough_for_any() -> None:
    """Before anything is known of a zone, its change takes as long as the longest one would."""
    room = State(room=a_room())
    dark = at(room, 0.0, Lights.model_validate({"level": "0%"}))
    half = at(dark.state, 0.0, Lights.model_validate({"level": "85%"}))
    looks = [c for c in (*dark.commands, *half.commands) if isinstance(c, ShowLook)]
    assert [round(look.duration, 2) for look in looks] == [5.0, 4.25]


def test_end_after_a_step_back_comes_home_again() -> None:
    """Back out of the return arc gives the phases their lengths again; end compresses anew."""
    home = at(started(), 60.0, End()).state
    back = at(home, 70.0, Back()).state
    assert (back.phase, back.mode, back.durations[2]) == (1, Mode.RUNNING, Seconds(600.0))
    again = at(back, 80.0, End())
    assert describe(again.state, Seconds(80.0)).left == pytest.approx(300.0)
    longer = at(again.state, 90.0, EXTEND).state
    assert describe(at(longer, 95.0, End()).state, Seconds(95.0)).left == pytest.approx(300.0)


def test_end_names_the_check_ins_it_skips() -> None:
    """Coming home from the first phase names the check-ins of the phases left out."""
    line = a_timeline(
        a_phase("onset"), a_phase("peak", cues=(a_cue("Water", 60.0),)), a_phase("return")
    )
    done = at(started(line), 10.0, End())
    assert any("Passed over: Water." in str(command) for command in done.commands)


def test_stop_raises_the_light_even_while_the_music_is_fading_out() -> None:
    """In the last seconds of a session, stop still brings the safe light, and once."""
    line = a_timeline(a_phase("only", 100.0, crossfade=Seconds(5.0)))
    fading = at(started(line), 102.0)
    done = at(fading.state, 102.0, Stop())
    assert [type(command) for command in done.commands] == [ShowLook]
    assert at(done.state, 103.0, Stop()).commands == ()


def test_stop_pressed_twice_at_one_moment_fades_once() -> None:
    """Rounding doesn't make the second one begin the fade anew."""
    stopped = at(started(), 2.002, Stop())
    assert at(stopped.state, 2.002, Stop()).commands == ()


def test_a_session_can_not_be_begun_while_it_is_fading_out() -> None:
    """Start right after an accidental stop says that the room needs a moment."""
    stopped = at(started(), 50.0, Stop()).state
    with pytest.raises(RefusedError, match="fading out"):
        step(stopped, Seconds(52.0), Start(THREE))


def test_extending_a_phase_that_waits_gives_it_that_time_from_now() -> None:
    """Two minutes more, five minutes after a phase should have ended, are two minutes from now."""
    waiting = a_timeline(
        a_phase("settle", 600.0, end=EndKind.GO, slack=Seconds(600.0)), a_phase("onset")
    )
    state = at(at(started(waiting), 900.0).state, 900.0, Extend.model_validate({"by": "2m"})).state
    assert describe(state, Seconds(900.0)).phase_left == pytest.approx(120.0)


def test_a_press_between_two_others_does_not_make_them_two() -> None:
    """Extend, lights-up, extend within a second is one extension."""
    state = at(at(started(), 60.0, EXTEND).state, 60.3, LightsUp()).state
    assert at(state, 60.6, EXTEND).state.durations[0] == Seconds(1200.0)


def test_the_light_can_be_given_back_in_a_phase_without_a_look() -> None:
    """`lights plan` shows what the looks up to this phase make together."""
    dim = a_phase("onset")
    line = a_timeline(dim, a_phase("peak", look={}), a_phase("return"))
    state = at(at(started(line), 700.0).state, 700.0, LightsUp()).state
    done = at(state, 710.0, Lights())
    assert [c.look for c in done.commands if isinstance(c, ShowLook)] == [dim.look]


def test_light_that_is_led_there_already_says_so() -> None:
    """`lights 20%` twice is one press, and so is `lights plan`; each names the way out."""
    for request in (Lights.model_validate({"level": "20%"}), Lights()):
        first = at(started(), 60.0, request)
        again = at(first.state, 70.0, request)
        assert not again.commands
        assert "already" in again.reply
        assert "kacenv lights resume" in again.reply


def test_lights_up_before_a_session_outlasts_its_start() -> None:
    """The safe light asked for stays; the light that came with a stop gives way."""
    up = at(State(room=a_room()), 0.0, LightsUp()).state
    begun = step(up, Seconds(10.0), Start(THREE))
    assert not [command for command in begun.commands if isinstance(command, ShowLook)]
    stopped = at(at(started(), 50.0, Stop()).state, 60.0).state
    begun = step(stopped, Seconds(70.0), Start(THREE))
    assert [command for command in begun.commands if isinstance(command, ShowLook)]


def test_stop_raises_the_light_that_the_therapist_had_dimmed() -> None:
    """A level asked for by hand doesn't keep the room dark when everything stops."""
    dimmed = at(started(), 60.0, Lights.model_validate({"level": "5%"})).state
    done = at(dimmed, 70.0, Stop())
    assert [c.look for c in done.commands if isinstance(c, ShowLook)] == [a_room().safe_light]


def test_an_extension_can_be_taken_back() -> None:
    """Shortening by as much makes the phase as long as it was."""
    extended = at(started(), 60.0, EXTEND).state
    done = at(extended, 65.0, Shorten.model_validate({"by": "10m"}))
    assert done.state.durations == started().durations
    assert done.reply.startswith("Onset is now 10m long")


def test_shortening_never_ends_a_phase_at_once() -> None:
    """A phase keeps a minute, or what it had left; nobody is thrown into the next one."""
    shorten = Shorten.model_validate({"by": format_seconds(LONGEST_TIME)})
    early = at(started(), 60.0, shorten).state
    assert describe(early, Seconds(60.0)).phase_left == 60.0
    late = at(started(), 580.0, shorten).state
    assert describe(late, Seconds(580.0)).phase_left == 20.0


def test_lights_step_by_a_quarter_and_keep_the_look_together() -> None:
    """Dimmer leaves three quarters of each zone's light; brighter gives it back."""
    dimmer = Lights.model_validate({"step": "dimmer"})
    settled = at(started(), 100.0).state
    dimmed = at(settled, 100.0, dimmer).state
    assert dimmed.light[Zone.SEATS].target == pytest.approx(0.15)
    assert dimmed.light_hand is LightHand.THERAPIST
    twice = at(dimmed, 101.0, dimmer).state
    assert twice.light[Zone.SEATS].target == pytest.approx(0.1125)
    back = at(dimmed, 101.0, Lights.model_validate({"step": "brighter"})).state
    assert back.light[Zone.SEATS].target == pytest.approx(0.2)


def test_brighter_during_a_fade_into_the_dark_is_brighter_than_now() -> None:
    """The step counts from what is seen, not from where the plan is going."""
    bright = at(started(), 100.0, Lights.model_validate({"level": "90%"})).state
    fading = at(bright, 604.0).state
    seen = fading.light[Zone.SEATS].value_at(Seconds(604.0))
    brighter = at(fading, 604.0, Lights.model_validate({"step": "brighter"})).state
    assert seen > 0.5
    assert brighter.light[Zone.SEATS].target > seen


def test_brighter_after_presses_too_many_of_dimmer_darkens_nothing() -> None:
    """Still on its way down, the light stops where it is; below its own target it never goes on."""
    lit = at(started(), 100.0, Lights.model_validate({"level": "90%"})).state
    for press in range(5):
        lit = at(lit, 110.0 + press / 4, Lights.model_validate({"step": "dimmer"})).state
    seen = lit.light[Zone.SEATS].value_at(Seconds(111.5))
    assert lit.light[Zone.SEATS].target < 0.3 < seen
    brighter = at(lit, 111.5, Lights.model_validate({"step": "brighter"})).state
    assert brighter.light[Zone.SEATS].target == pytest.approx(seen)


def test_a_step_needs_a_light_that_is_known() -> None:
    """Before anything is known of a lamp there is nothing to step from."""
    with pytest.raises(RefusedError, match="kacenv lights 20%"):
        at(State(room=a_room()), 1.0, Lights.model_validate({"step": "dimmer"}))
    with pytest.raises(ValidationError, match="a level or a step"):
        Lights.model_validate({"step": "dimmer", "level": "20%"})
