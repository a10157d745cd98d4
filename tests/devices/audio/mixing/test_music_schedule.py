"""The schedule: orders known ahead are performed once, by whoever comes first."""

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.mixing.music_schedule import GRACE, MusicSchedule
from kacenv.model.commands import AudioCommand, Crossfade, CueTrack, ScheduledCommand, SetLevel
from kacenv.model.playlist import Cut

CUE = CueTrack(2, Cut("/x", "x", "x", Seconds(60.0)))
FADE = Crossfade(2, Seconds(20.0), Seconds(5.0))
LEVEL = SetLevel(Decibels(-6.0), Seconds(20.0), Seconds(5.0))
PLAN = (
    ScheduledCommand(Seconds(10.0), CUE),
    ScheduledCommand(Seconds(20.0), FADE),
    ScheduledCommand(Seconds(20.0), LEVEL),
)


def planned() -> MusicSchedule:
    """A schedule of a cue, a crossfade and a level."""
    schedule = MusicSchedule()
    schedule.replace(PLAN)
    return schedule


def due(schedule: MusicSchedule, time: float) -> list[AudioCommand]:
    """What a schedule has performed by then."""
    return list(schedule.due(Seconds(time)))


def test_what_nobody_gives_is_performed_once() -> None:
    """A little after its time, in its order."""
    schedule = planned()
    assert due(schedule, 10.0) == []
    assert due(schedule, 10.0 + GRACE) == [CUE]
    schedule.opened()
    assert due(schedule, 20.0 + GRACE) == [FADE, LEVEL]
    assert due(schedule, 1000.0) == []


def test_what_is_given_is_not_performed_again() -> None:
    """The engine comes first, as ever."""
    schedule = planned()
    assert all(schedule.take(one) for one in (CUE, FADE))
    assert due(schedule, 1000.0) == [LEVEL]


def test_what_is_given_too_late_is_let_go() -> None:
    """It was performed; the engine's word for it comes after, and counts no more."""
    schedule = planned()
    due(schedule, 11.0)
    assert not schedule.take(CUE)
    assert schedule.take(CUE)


def test_a_crossfade_waits_for_its_track() -> None:
    """It isn't performed before the track has its deck, however late that is."""
    schedule = planned()
    assert due(schedule, 30.0) == [CUE]
    assert due(schedule, 31.0) == []
    schedule.opened()
    assert due(schedule, 31.0) == [FADE, LEVEL]


def test_a_new_plan_takes_back_the_old_one() -> None:
    """But what was performed isn't performed again."""
    schedule = planned()
    due(schedule, 11.0)
    schedule.opened()
    later = ScheduledCommand(Seconds(40.0), Crossfade(2, Seconds(40.0), Seconds(5.0)))
    schedule.replace((PLAN[0], later))
    assert due(schedule, 30.0) == []
    assert due(schedule, 41.0) == [later.command]
