"""A rehearsal is the session, at once."""

from support.sessions import a_cue, a_phase, a_room, a_timeline

from kacenv.commands import Crossfade, CueTrack, EnterPhase, Prompt, SessionEnded
from kacenv.requests import Hold, Press, Release
from kacenv.simulate import LONGEST, rehearse
from kacenv.units import Seconds

TWO = a_timeline(a_phase("onset", 300.0, cues=(a_cue("Look in", 60.0),)), a_phase("return", 300.0))


def test_a_rehearsal_gives_every_command_in_time() -> None:
    """Phases, check-ins and the end come at their planned moments, in order."""
    moments = list(rehearse(a_room(), TWO))
    kinds = EnterPhase | Prompt | SessionEnded
    told = [
        (float(moment.at), type(moment.command))
        for moment in moments
        if isinstance(moment.command, kinds)
    ]
    assert told == [(0, EnterPhase), (60, Prompt), (300, EnterPhase), (620, SessionEnded)]
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_presses_can_be_rehearsed() -> None:
    """A hold from 100 s to 160 s moves the next phase by a minute."""
    presses: list[tuple[Seconds, Press]] = [(Seconds(100.0), Hold()), (Seconds(160.0), Release())]
    entered = [
        float(m.at) for m in rehearse(a_room(), TWO, presses) if isinstance(m.command, EnterPhase)
    ]
    assert entered == [0, 360]


def test_a_hold_without_release_ends_the_rehearsal_some_day() -> None:
    """Rehearsing stops after a day, however long a hold would last."""
    last = list(rehearse(a_room(), TWO, [(Seconds(100.0), Hold())]))[-1]
    assert last.at < LONGEST


def test_pieces_are_opened_ten_seconds_before_they_play() -> None:
    """A deck has time to get ready for every crossfade that is planned."""
    moments = list(rehearse(a_room(), TWO))
    opened = {m.command.play_id: m.at for m in moments if isinstance(m.command, CueTrack)}
    for moment in moments:
        if isinstance(moment.command, Crossfade) and moment.command.play_id and moment.at:
            assert moment.at - opened[moment.command.play_id] >= 9.99
