"""A rehearsal is the session, at once."""

import pytest
from support.sessions import a_cue, a_phase, a_room, a_timeline

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.model.commands import Crossfade, CueTrack, EnterPhase, Prompt, SessionEnded
from kacenv.model.requests import Hold, Next, Press, Release, Volume
from kacenv.rehearsal.simulation import LONGEST, Pressed, Rehearsal, rehearse

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


def test_a_press_stands_before_what_it_does() -> None:
    """A press comes with its answer, at its moment, ahead of the orders that it leads to."""
    presses: list[tuple[Seconds, Press]] = [(Seconds(100.0), Next())]
    at_100 = [m.command for m in rehearse(a_room(), TWO, presses) if m.at == 100.0]
    assert at_100[0] == Pressed(Next(), "Going on to return.")
    assert any(isinstance(command, EnterPhase) for command in at_100[1:])


def test_a_press_that_makes_no_sense_says_when_and_which() -> None:
    """A refusal names the moment and the press; so does one that comes after the end."""
    wrong: list[tuple[float, str]] = [
        (100.0, "At 1:40, volume moon -3 dB: There is no output moon"),
        (5000.0, "At 1:23:20, volume moon -3 dB: the session has ended at 10:20"),
    ]
    for at, words in wrong:
        press = Volume(level="-3 dB", output="moon")
        with pytest.raises(RefusedError, match=words):
            list(rehearse(a_room(), TWO, [(Seconds(at), press)]))


def test_a_rehearsal_can_be_lived_through_bit_by_bit() -> None:
    """Asked every few seconds or once, the same moments come, and the last ends the session."""
    whole = list(rehearse(a_room(), TWO))
    slow = Rehearsal(a_room(), TWO)
    bits = [moment for at in range(0, 700, 7) for moment in slow.until(Seconds(float(at)))]
    assert bits == whole
    assert slow.over


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
