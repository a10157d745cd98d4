"""Phases end when the scene says so: with a piece, in a window, on one grid of milliseconds."""

from dataclasses import replace

import pytest
from support.sessions import a_phase, a_queue, a_room, a_timeline

from kacenv.core.units import Seconds, on_grid
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Command, Crossfade, EnterPhase
from kacenv.model.playlist import Queue
from kacenv.model.request_parser import press_of
from kacenv.model.requests import Start
from kacenv.model.scene import EndKind
from kacenv.model.timeline import PlannedPhase, Timeline


def musical(duration: float, window: float, queue: Queue, **fields: object) -> PlannedPhase:
    """A phase that ends with its music."""
    return a_phase(
        "onset", duration, end=EndKind.TRACK, slack=Seconds(window), queue=queue, **fields
    )


def lived(timeline: Timeline, *presses: tuple[float, str]) -> list[Command]:
    """The commands of a session with these presses."""
    state, done, _ = step(State(room=a_room()), Seconds(0.0), Start(timeline))
    commands = list(done)
    for at, words in [*presses, (10_000.0, "")]:
        while (due := next_due(state)) is not None and due <= at:
            state, done, _ = step(state, due)
            commands += done
        request = press_of(words.split()) if words else None
        state, done, _ = step(state, Seconds(at), request)
        commands += done
    return commands


def entered(commands: list[Command]) -> list[float]:
    """When each phase began."""
    return [command.at for command in commands if isinstance(command, EnterPhase)]


def fades(commands: list[Command]) -> list[tuple[float, float]]:
    """When each crossfade began, and how long it is."""
    return [(c.at, c.duration) for c in commands if isinstance(c, Crossfade)]


def test_the_crossfade_after_a_phase_that_ends_with_its_music_is_the_next_phases() -> None:
    """Pieces that follow each other without a crossfade still flow into the next phase in 20 s."""
    queue = a_queue("onset", [300.0, 300.0], crossfade=Seconds(0.0))
    heard = fades(lived(a_timeline(musical(600.0, 60.0, queue), a_phase("peak"))))
    assert heard[:3] == [(0.0, 20.0), (300.0, 0.0), (580.0, 20.0)]


def test_a_piece_that_ends_just_after_the_window_opens_has_what_is_left_for_its_crossfade() -> None:
    """A phase never ends before its window, and a piece never before its crossfade is over."""
    queue = a_queue("onset", [350.0, 350.0])
    heard = fades(lived(a_timeline(musical(400.0, 65.0, queue), a_phase("peak"))))
    assert heard[1] == (335.0, 15.0)


@pytest.mark.parametrize("begins", [10.1, 20.7, 33.3, 100.1])
@pytest.mark.parametrize("shift", [-0.001, 0.0, 0.001])
def test_a_change_of_pieces_at_the_windows_edge_is_in_it(begins: float, shift: float) -> None:
    """What is decided at a millisecond is decided by that millisecond, not by rounding."""
    queue = a_queue("onset", [47.3 + shift, 400.0], crossfade=Seconds(7.3))
    line = a_timeline(
        a_phase("settle", begins),
        musical(80.0, 40.0, queue),
        replace(a_phase("peak"), queue=queue),
    )
    lasts = 120.0 if shift < 0 else 40.0 + shift
    assert entered(lived(line))[2] == on_grid(begins + lasts)


def test_phases_that_share_a_playlist_change_with_the_piece() -> None:
    """The next phase begins at the very moment at which the next piece does."""
    queue = a_queue("shared", [60.0, 25.0, 100.0, 36.0, 45.0, 20.0], fit=True)
    peak = replace(a_phase("peak", 198.0), queue=queue)
    commands = lived(a_timeline(musical(169.0, 70.0, queue), peak))
    assert entered(commands)[1] in [at for at, _ in fades(commands)]


def test_a_phase_cut_short_does_not_end_with_a_piece_at_once() -> None:
    """Shortened, it goes on for a minute at least, even where a piece ends before."""
    queue = a_queue("onset", [112.0, 112.0, 112.0, 112.0, 112.0, 112.0, 112.0])
    line = a_timeline(musical(600.0, 90.0, queue), a_phase("peak"))
    assert entered(lived(line, (170.0, "shorten 2h")))[1] == 292.0
