"""Recovery: the fold over what was written down, held against never having crashed."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from support.examples import examples
from support.sessions import (
    a_cue,
    a_phase,
    a_queue,
    a_room,
    a_timeline,
    timed_presses,
    timelines,
    times,
)

from kacenv.core.errors import RefusedError
from kacenv.core.fades import Fade
from kacenv.core.units import Seconds, on_grid
from kacenv.engine.replay import JournaledRequest, is_on, replay
from kacenv.engine.resume import FADE_IN, HOLD_AFTER, READY_IN
from kacenv.engine.state import State
from kacenv.engine.step import Step, next_due, step
from kacenv.model.commands import (
    Command,
    Crossfade,
    CueTrack,
    Notice,
    Prompt,
    SessionEnded,
    SetDuck,
    SetHush,
    SetMute,
    SetVolume,
    ShowLook,
    StrikeChime,
)
from kacenv.model.mode import Mode
from kacenv.model.requests import (
    Done,
    Hold,
    LightsUp,
    Press,
    Resume,
    SeatStarted,
    Silence,
    Start,
    Stop,
    TrackStarted,
    Volume,
)
from kacenv.model.requests import Duck as DuckPress
from kacenv.model.requests import Mute as MutePress
from kacenv.model.scene import EndKind, Seat
from kacenv.model.timeline import Timeline
from kacenv.session.journal.line_codec import JournalLine, read_line, write_line
from kacenv.system.timestamps import Timestamp

ROOM = a_room()
Presses = Sequence[tuple[Seconds, Press]]
MANY = examples(15)
ONE = a_timeline(
    a_phase("build", 1800.0, cues=(a_cue("Look in", 300.0),)),
    a_phase("return", 1800.0, cues=(a_cue("Blood pressure", 60.0),)),
)


class Life:
    """A session lived as the daemon lives it: each request and each report written down."""

    def __init__(self, timeline: Timeline) -> None:
        self.state = State(room=ROOM)
        self.written: list[JournaledRequest] = []
        self.heard: list[Command] = []
        self.take(Seconds(0.0), Start(timeline))

    def take(self, now: Seconds, request: Press | Start | TrackStarted | Resume) -> None:
        """One request; what it starts is reported a moment later, as the mixer does."""
        try:
            self._follow(step(self.state, now, request))
        except RefusedError:
            return
        self.written.append(JournaledRequest(now, request))

    def live_until(self, until: Seconds) -> None:
        """Do what is due, when it is due."""
        while (due := next_due(self.state)) is not None and due <= until:
            self._follow(step(self.state, due))

    def _follow(self, done: Step) -> None:
        self.state = done.state
        self.heard += done.commands

    def meet(self, presses: Presses, until: Seconds) -> None:
        """Live until `until`, meeting the presses before it."""
        for at, press in sorted(presses, key=lambda pair: pair[0]):
            if at <= until:
                self.live_until(at)
                self.take(at, press)
        self.live_until(until)


def through_the_journal(entries: Sequence[JournaledRequest]) -> list[JournaledRequest]:
    """The entries as they come back from the journal's lines."""
    here = Timestamp("boot", 1.0, 2.0)
    lines = [write_line(JournalLine(n, e.at, here, e.request)) for n, e in enumerate(entries)]
    records = [record for line in lines if (record := read_line(line))]
    return [JournaledRequest(record.at, record.request) for record in records if record.request]


def exact(state: State) -> State:
    """The state, such that a light which nobody knows equals another."""
    light = {zone: known(fade) for zone, fade in state.light.items()}
    kept = tuple(
        replace(one, before=exact(one.before) if one.before else None) for one in state.kept
    )
    return replace(state, light=light, kept=kept)


def known(fade: Fade) -> Fade:
    """The fade with a number for its origin."""
    return replace(fade, origin=-1.0) if math.isnan(fade.origin) else fade


def seen(state: State) -> State:
    """All that decides the future, but for numbers of tracks and the course of lamps."""
    playing = state.playing
    if playing is not None:
        playing = replace(playing, play_id=0, skipped=Seconds(0.0))
    light = {zone: Fade.steady(fade.target) for zone, fade in state.light.items()}
    return replace(
        state,
        playing=playing,
        cued=None,
        last_play_id=0,
        light=light,
        resumed_at=None,
        short_lives=0,
        kept=exact(state).kept,
    )


@MANY
@given(timelines(), timed_presses(), times(1, 3000))
def test_the_journal_leads_to_the_very_same_state(
    timeline: Timeline, presses: Presses, end: float
) -> None:
    """What is written down and read back folds into the state of the room that wrote it."""
    life = Life(timeline)
    life.meet(presses, Seconds(end))
    folded = step(replay(State(room=ROOM), through_the_journal(life.written)), Seconds(end)).state
    assert exact(folded) == exact(life.state)


@MANY
@given(timelines(), timed_presses(1500.0), times(1, 3000), times(0, 590))
def test_a_short_time_away_changes_nothing_that_comes(
    timeline: Timeline, presses: Presses, died: float, away: float
) -> None:
    """After a crash the room does what it would have done had it never crashed."""
    crashed, whole = Life(timeline), Life(timeline)
    crashed.meet(presses, Seconds(died))
    back = Seconds(died + away)
    state = replay(State(room=ROOM), through_the_journal(crashed.written))
    resumed = step(state, back, Resume(Seconds(died))).state
    whole.meet([press for press in presses if press[0] <= died], back)
    whole_now, nearly_over = whole.state, False
    if whole_now.playing is not None:
        nearly_over = whole_now.playing.ends_at - back < READY_IN + 2.5
    if not nearly_over and whole_now.retry_at is None:
        assert seen(resumed) == seen(whole_now)


@MANY
@given(timelines(), timed_presses(1500.0), times(1, 2000), times(0, 4000))
def test_no_check_in_rings_twice(
    timeline: Timeline, presses: Presses, died: float, away: float
) -> None:
    """What was rung before the crash isn't rung after it, and what was missed isn't either."""
    life = Life(timeline)
    life.meet(presses, Seconds(died))
    rung = [c for c in life.heard if isinstance(c, Prompt) and c.at <= died]
    before = len(life.heard)
    life.take(Seconds(died + away), Resume(Seconds(died)))
    at_once = [c for c in life.heard[before:] if isinstance(c, Prompt | StrikeChime)]
    assert all(c.at > died for c in at_once)
    life.live_until(Seconds(died + away + 2000))
    later = [c for c in life.heard[before:] if isinstance(c, Prompt)]
    assert not {(c.check_in, c.at) for c in rung} & {(c.check_in, c.at) for c in later}


@MANY
@given(timelines(), timed_presses(1500.0), times(1, 2000), times(0, 3000))
def test_two_crashes_are_as_good_as_one(
    timeline: Timeline, presses: Presses, died: float, away: float
) -> None:
    """A room that has come back and crashes again comes back to the same place."""
    life, until = Life(timeline), on_grid(died + away + 100)
    life.meet(presses, Seconds(died))
    life.take(Seconds(died + away), Resume(Seconds(died)))
    life.live_until(until)
    again = replay(State(room=ROOM), through_the_journal(life.written))
    assert exact(step(again, until).state) == exact(life.state)


def back_after(life: Life, died: float, away: float) -> Sequence[Command]:
    """What a room orders when it comes back."""
    return step(life.state, Seconds(died + away), Resume(Seconds(died))).commands


def only(kind: type[Command], commands: Sequence[Command]) -> list[Command]:
    """The orders of one kind."""
    return [command for command in commands if isinstance(command, kind)]


def test_the_same_piece_goes_on_at_its_place() -> None:
    """A minute into a piece and two seconds away, it fades in 62.4 s from its beginning."""
    life = Life(ONE)
    first = life.state.playing
    assert first is not None
    life.take(Seconds(0.5), TrackStarted(first.play_id, Seconds(0.3)))
    life.live_until(Seconds(60.3))
    commands = back_after(life, 60.3, 2.0)
    cue, fade = next(c for c in commands if isinstance(c, CueTrack)), only(Crossfade, commands)[0]
    assert cue.cut.path == first.cut.path
    assert math.isclose(cue.cut.cue_in, 62.0 + READY_IN)
    assert math.isclose(cue.cut.cue_in + cue.cut.length, first.cut.length)
    assert fade == Crossfade(cue.play_id, on_grid(62.3 + READY_IN), FADE_IN)


def test_what_therapists_have_set_outlasts_a_crash() -> None:
    """Volumes, ducking and silence are set again before the music sounds."""
    life = Life(ONE)
    life.take(Seconds(10.0), Volume.model_validate({"level": "-9 dB"}))
    life.take(Seconds(11.0), DuckPress())
    life.take(Seconds(12.0), Silence())
    commands = back_after(life, 100.0, 1.0)
    assert {c.level for c in commands if isinstance(c, SetVolume)} == {-9.0}
    assert [c.depth for c in commands if isinstance(c, SetDuck)] == [-12.0]
    assert [c.hushed for c in commands if isinstance(c, SetHush)] == [True]


def test_lamps_are_led_to_where_they_should_be() -> None:
    """In the middle of a fade they get what was left of it, never less than four seconds."""
    life = Life(ONE)
    life.live_until(Seconds(20.0))
    look = next(c for c in back_after(life, 20.0, 1.0) if isinstance(c, ShowLook))
    assert math.isclose(look.duration, 39.0)
    later = next(c for c in back_after(life, 200.0, 1.0) if isinstance(c, ShowLook))
    assert 4.0 <= later.duration < 10.0


def test_lights_up_stays_up() -> None:
    """The safe light that the therapist asked for is asked for again, at once."""
    life = Life(ONE)
    life.take(Seconds(10.0), LightsUp())
    look = next(c for c in back_after(life, 20.0, 1.0) if isinstance(c, ShowLook))
    assert look.urgent
    assert look.look == ROOM.safe_light


def test_a_check_in_missed_is_told_and_not_rung() -> None:
    """It came while the room was away: staff read of it, and no chime sounds."""
    life = Life(ONE)
    life.live_until(Seconds(295.0))
    commands = back_after(life, 295.0, 20.0)
    assert not only(StrikeChime, commands)
    assert any("Look in" in c.text for c in commands if isinstance(c, Notice))


def test_a_check_in_missed_is_still_due() -> None:
    """Staff answer it when they are ready; the one they have answered stays answered."""
    life = Life(ONE)
    life.live_until(Seconds(295.0))
    state = step(life.state, Seconds(315.0), Resume(Seconds(295.0))).state
    assert [due.cue.prompt for due in state.due] == ["Look in"]
    state = step(state, Seconds(320.0), Done()).state
    assert step(state, Seconds(400.0), Resume(Seconds(330.0))).state.due == ()


def test_a_seats_clock_goes_on_while_the_room_is_away() -> None:
    """However long that is; its check-in is told and not rung."""
    seats = replace(ONE, seat_cues=(replace(a_cue("Lozenge out", 420.0), seat=Seat.A),))
    life = Life(seats)
    life.take(Seconds(10.0), SeatStarted(seat=Seat.A))
    life.live_until(Seconds(100.0))
    back = 110.0 + HOLD_AFTER
    done = step(life.state, Seconds(back), Resume(Seconds(100.0)))
    assert done.state.mode is Mode.HELD
    assert not only(StrikeChime, done.commands)
    assert any("Lozenge out" in c.text for c in done.commands if isinstance(c, Notice))
    assert [(due.cue.prompt, due.since) for due in done.state.due] == [("Lozenge out", 430.0)]


def test_a_long_time_away_comes_back_on_hold() -> None:
    """After more than ten minutes the room holds where it was, the music low, and asks."""
    life = Life(ONE)
    life.live_until(Seconds(600.0))
    done = step(life.state, Seconds(601.0 + HOLD_AFTER), Resume(Seconds(600.0)))
    assert done.state.mode is Mode.HELD
    assert done.state.phase_clock.reading(Seconds(9000.0)) == 600.0
    assert done.state.ducked
    assert only(Crossfade, done.commands)
    text = " ".join(c.text for c in done.commands if isinstance(c, Notice))
    assert "kacenv release" in text


def test_a_session_that_was_ending_has_ended() -> None:
    """A room that went while fading out doesn't come back with music."""
    life = Life(ONE)
    life.take(Seconds(100.0), Stop())
    done = step(life.state, Seconds(130.0), Resume(Seconds(102.0)))
    assert not is_on(done.state)
    assert [c.play_id for c in done.commands if isinstance(c, Crossfade)] == [None]
    assert only(SessionEnded, done.commands)


def test_a_machine_that_sleeps_over_the_end_wakes_to_an_untouched_room() -> None:
    """What the mixer holds of silence, ducking and mutes is taken back, and its music ends."""
    life = Life(a_timeline(a_phase("only", 300.0)))
    life.take(Seconds(10.0), Silence())
    life.take(Seconds(11.0), DuckPress())
    life.take(Seconds(12.0), MutePress())
    commands = back_after(life, 200.0, 400.0)
    assert [c.hushed for c in commands if isinstance(c, SetHush)] == [False]
    assert [c.depth for c in commands if isinstance(c, SetDuck)] == [0.0]
    assert {c.muted for c in commands if isinstance(c, SetMute)} == {False}
    assert [c.play_id for c in commands if isinstance(c, Crossfade)] == [None]


def test_what_staff_should_have_read_is_said_once_the_room_is_back() -> None:
    """A phase that began to wait for its go meanwhile is told; a repeated check-in once."""
    settle = a_phase(
        "settle", 100.0, end=EndKind.GO, slack=Seconds(900.0), cues=(a_cue("Look in", 10.0, 10.0),)
    )
    life = Life(a_timeline(settle, a_phase("onset")))
    life.live_until(Seconds(50.0))
    texts = [c.text for c in back_after(life, 50.0, 300.0) if isinstance(c, Notice)]
    assert sum("waits for you" in text for text in texts) == 1
    assert sum(text.count("Look in") for text in texts) == 1


def test_music_comes_back_slowly_however_short_its_crossfades_are() -> None:
    """From silence it rises for three seconds, into the next piece too."""
    phase = a_phase("build", 1800.0, queue=a_queue("build", (60.0, 60.0), crossfade=Seconds(0.0)))
    life = Life(a_timeline(phase))
    life.live_until(Seconds(50.0))
    fades = [c for c in back_after(life, 57.0, 1.5) if isinstance(c, Crossfade)]
    assert [fade.duration for fade in fades] == [FADE_IN]


def test_a_clock_nobody_can_trust_is_told() -> None:
    """Staff hear that the session's place is uncertain."""
    life = Life(ONE)
    done = step(life.state, Seconds(60.0), Resume(Seconds(50.0), certain=False))
    assert any("could not be trusted" in c.text for c in done.commands if isinstance(c, Notice))


def test_a_hold_stays_a_hold() -> None:
    """A session on hold comes back on hold, and its music with it."""
    life = Life(ONE)
    life.take(Seconds(100.0), Hold())
    done = step(life.state, Seconds(300.0), Resume(Seconds(290.0)))
    assert done.state.mode is Mode.HELD
    assert done.state.phase_clock.reading(Seconds(300.0)) == 100.0
    assert only(Crossfade, done.commands)


def test_a_lost_entry_does_not_stop_the_fold() -> None:
    """What makes no sense without the lost one is left out, the rest is taken."""
    entries = [JournaledRequest(Seconds(5.0), Hold()), JournaledRequest(Seconds(6.0), LightsUp())]
    assert json.dumps(replay(State(room=ROOM), entries).light_hand) == '"lights-up"'


def test_a_piece_that_kills_the_room_is_passed_over() -> None:
    """After the third death in a row just after coming back, another piece is tried."""
    life = Life(ONE)
    life.live_until(Seconds(100.0))
    first, now = life.state.playing, 100.0
    assert first is not None
    for _ in range(3):
        life.take(Seconds(now + 1.0), Resume(Seconds(now)))
        assert life.state.playing is not None
        titles = life.state.playing.cut.title
        now += 2.0
    assert titles != first.cut.title
    assert first.cut.path in life.state.unplayable


def test_a_room_that_lives_well_keeps_its_piece() -> None:
    """Three crashes with some life between them say nothing against the piece."""
    life = Life(ONE)
    life.live_until(Seconds(30.0))
    first = life.state.playing
    for at in (40.0, 60.0, 80.0, 100.0):
        life.take(Seconds(at + 1.0), Resume(Seconds(at)))
    assert first is not None
    assert life.state.playing is not None
    assert life.state.playing.cut == first.cut
