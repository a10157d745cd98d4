"""Scene, room and music become one timeline."""

import pytest
from hypothesis import given
from support.sessions import a_cue, a_queue, a_room, times

from kacenv.core.units import Seconds, on_grid
from kacenv.model.scene import EndKind, Scene
from kacenv.model.timeline import Timeline, compile_timeline


def compiled(**fields: object) -> Timeline:
    """The timeline of a two-phase scene with these fields."""
    scene = {
        "title": "Two phases",
        "phases": [
            {"name": "peak", "duration": "10m", "playlist": "deep", "end": "track", "window": "8m"},
            {"name": "return", "duration": "5m", "playlist": "light", "end": "go", "timeout": "2m"},
        ],
    }
    queues = {name: a_queue(name) for name in ("deep", "light", "more")}
    return compile_timeline(Scene.model_validate(scene | fields), a_room(), queues)


def test_phases_get_their_music_and_their_end() -> None:
    """Queues are resolved by name; a window is never longer than half its phase."""
    peak, back = compiled().phases
    assert (peak.queue.name, peak.end, peak.slack) == ("deep", EndKind.TRACK, Seconds(300))
    assert (back.queue.name, back.end, back.slack) == ("light", EndKind.GO, Seconds(120))


def test_check_ins_find_their_clock() -> None:
    """With phases a check-in runs on each of their clocks, without on the session's."""
    line = compiled(
        check_ins=[
            {"at": "2m", "phases": ["peak"], "prompt": "In the peak"},
            {"every": "3m", "phases": ["peak", "return"], "prompt": "Every three"},
            {"at": "12m", "prompt": "At twelve", "chime": "none", "for": "room"},
        ]
    )
    assert [cue.prompt for cue in line.phases[0].cues] == ["In the peak", "Every three"]
    assert [cue.prompt for cue in line.phases[1].cues] == ["Every three"]
    assert [(cue.prompt, cue.chime, cue.audience) for cue in line.cues] == [
        ("At twelve", None, "room")
    ]


def test_seats_check_ins_are_one_for_each_seat_they_concern() -> None:
    """Each names its seat, and is found by a name of its own."""
    line = compiled(
        check_ins=[
            {"at": "7m", "seat": "both", "prompt": "Lozenge out"},
            {"every": "15m", "seat": "b", "prompt": "Look in"},
        ]
    )
    assert line.cues == ()
    assert [(cue.id, cue.seat, cue.prompt, cue.every) for cue in line.seat_cues] == [
        ("check-in-1-a", "a", "Seat A: Lozenge out", None),
        ("check-in-1-b", "b", "Seat B: Lozenge out", None),
        ("check-in-2-b", "b", "Seat B: Look in", 900.0),
    ]


def test_phases_wait_for_seats_in_the_first_that_waits() -> None:
    """That is the first one with `end: go`, unless it is the last of all."""
    phase = {"duration": "10m", "playlist": "deep"}
    waiting = phase | {"end": "go", "timeout": "5m"}
    phases = [
        phase | {"name": "first"},
        waiting | {"name": "settle"},
        waiting | {"name": "onset"},
        phase | {"name": "return"},
    ]
    line = compiled(phases=phases, phases_follow="earlier")
    assert (line.follow, line.waits_in) == ("earlier", 1)
    assert compiled().waits_in is None


@pytest.mark.parametrize(("ending", "index"), [({}, 1), ({"from": "peak"}, 0)])
def test_the_return_arc_begins_where_the_scene_says(ending: dict[str, str], index: int) -> None:
    """By default at the phase called return, otherwise at the one that is named."""
    assert compiled(ending=ending).return_from == index


def test_a_scene_without_a_return_comes_home_through_its_last_phase() -> None:
    """Where no phase is called return, the arc is the last one."""
    phases = [{"name": "one", "duration": "5m", "playlist": "deep"}]
    assert compiled(phases=phases).return_from == 0


@given(times(0, 1e4), times(1, 1e3), times(-1, 1e5))
def test_a_repeating_check_in_always_comes_again(at: float, every: float, reading: float) -> None:
    """The next time is later than now, by no more than one span, and on the beat."""
    cue = a_cue("again", at, every)
    coming = cue.next_after(Seconds(reading))
    assert coming is not None
    assert reading < coming <= on_grid(max(at, reading + every))


def test_a_single_check_in_comes_once() -> None:
    """After its moment a single check-in never comes again, and before it, then."""
    cue = a_cue("once", 60.0)
    assert cue.next_after(Seconds(59.9)) == Seconds(60.0)
    assert cue.next_after(Seconds(60.0)) is None
