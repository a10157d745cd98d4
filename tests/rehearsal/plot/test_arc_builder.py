"""A rehearsal's moments become the arc that pictures and scripts show."""

from itertools import pairwise

import pytest
from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline

from kacenv.core.units import Decibels, Kelvin, Level, Seconds
from kacenv.model.look import Setting, Zone
from kacenv.model.requests import Duck, Hold, Music, Next, Press, Release, Silence
from kacenv.rehearsal.plot import Arc, arc_of
from kacenv.rehearsal.plot.arc import MarkKind
from kacenv.rehearsal.simulation import rehearse

TWO = a_timeline(
    a_phase("onset", 300.0, level=Decibels(-6.0), cues=(a_cue("Look in", 60.0),)),
    a_phase("return", 300.0, level=Decibels(-2.0)),
)


def arc(*presses: tuple[float, Press]) -> Arc:
    """The arc of two phases of five minutes, with these presses."""
    room, timed = a_room(), [(Seconds(at), press) for at, press in presses]
    return arc_of(room, TWO, rehearse(room, TWO, timed))


def test_phases_follow_each_other_to_the_end() -> None:
    """Each phase ends where the next begins, the last with the session."""
    found = arc()
    spans = [(span.name, span.begin, span.end, span.level) for span in found.phases]
    assert spans == [("onset", 0.0, 300.0, -6.0), ("return", 300.0, 620.0, -2.0)]
    assert (found.planned, found.length) == (600.0, 620.0)


def test_pieces_overlap_by_their_crossfade() -> None:
    """A piece fades out exactly while the next fades in, and the last one ends with the music."""
    pieces = arc().pieces
    assert [piece.title for piece in pieces] == ["onset-1", "onset-2", "return-1", "return-2"]
    for before, after in pairwise(pieces):
        assert before.end - after.begin == pytest.approx(after.fade_in)
        assert before.fade_out == pytest.approx(after.fade_in)
        middle = after.begin + after.fade_in / 2
        assert before.gain_at(middle) ** 2 + after.gain_at(middle) ** 2 == pytest.approx(1.0)
    assert pieces[-1].end == pytest.approx(620.0)


def test_gapless_pieces_meet_in_the_picture() -> None:
    """One ends, at its whole height, just where the next begins; neither is there any longer."""
    album = a_queue("album", [60.0] * 3, crossfade=Seconds(0.0))
    line = a_timeline(a_phase("onset", 150.0, queue=album))
    first, second, *_ = arc_of(a_room(), line, rehearse(a_room(), line)).pieces
    assert (first.end, second.begin, first.fade_out, second.fade_in) == (60.0, 60.0, 0.0, 0.0)
    gains = [(first.gain_at(at), second.gain_at(at)) for at in (59.9, 60.1)]
    assert gains == [(1.0, 1.0), (pytest.approx(0.0, abs=1e-9), 1.0)]


def test_the_level_is_the_plan_s_between_its_fades() -> None:
    """The music is at each phase's level, and silent before its first fade and after its last."""
    found = arc()
    assert found.level_at(150.0) == pytest.approx(-6.0)
    assert found.level_at(450.0) == pytest.approx(-2.0)
    assert -6.0 < found.level_at(310.0) < -2.0
    assert found.level_at(0.0) == found.level_at(620.0) == -60.0


def test_the_hand_on_the_sound_is_in_the_level() -> None:
    """A duck lowers it, a silence takes all of it, and both are given back."""
    found = arc((50, Duck()), (80, Duck(ducked=False)), (400, Silence()), (450, Music()))
    assert found.level_at(70.0) == pytest.approx(-18.0)
    assert found.level_at(120.0) == pytest.approx(-6.0)
    assert found.level_at(430.0) == -60.0
    assert found.level_at(500.0) == pytest.approx(-2.0)


def test_presses_and_held_time_are_marked() -> None:
    """A hold lasts until it is released or left; each press carries what it was answered."""
    found = arc((100, Hold()), (160, Release()), (200, Hold()), (230, Next()))
    assert [(held.begin, held.end) for held in found.held] == [(100.0, 160.0), (200.0, 230.0)]
    presses = [mark for mark in found.marks if mark.kind is MarkKind.PRESS]
    assert [mark.text for mark in presses] == ["hold", "release", "hold", "next"]
    assert presses[0].reply == "Holding in onset. The music goes on until you release."


def test_a_hold_to_the_end_of_the_rehearsal_is_closed() -> None:
    """A hold that nobody releases ends where the rehearsal is cut off."""
    found = arc((100, Hold()))
    assert found.held[-1].end == found.length == found.phases[-1].end
    assert found.pieces[-1].end == found.length


def test_check_ins_come_with_their_chimes() -> None:
    """A check-in and its chime are at one moment."""
    told = [(mark.at, mark.kind, mark.text) for mark in arc().marks]
    assert (60.0, MarkKind.CHECK_IN, "Look in") in told
    assert (60.0, MarkKind.CHIME, "bell, for staff") in told


def test_looks_begin_and_are_reached() -> None:
    """Each phase's look is there after its fade, with its white."""
    looks = arc().looks
    assert [(look.zone, look.begin, look.reached) for look in looks] == [
        (Zone.SEATS, 0.0, 60.0),
        (Zone.SEATS, 300.0, 360.0),
    ]
    assert looks[0].setting.kelvin == 2200.0


def test_dim_light_is_as_warm_as_the_room_wants_it() -> None:
    """A dim look that asks for daylight is drawn as the lamps will show it."""
    room = a_room()
    daylight = {Zone.SEATS: Setting(Level(0.05), Kelvin(6500.0))}
    timeline = a_timeline(a_phase("peak", look=daylight))
    (look,) = arc_of(room, timeline, rehearse(room, timeline)).looks
    assert look.setting.kelvin == room.dim_light.coolest
