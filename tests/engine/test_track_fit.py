"""Pieces are chosen so that the last one ends with its phase."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sessions import a_cut, a_phase, a_queue, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.track_fit import choose
from kacenv.model.commands import Crossfade, CueTrack, EnterPhase
from kacenv.model.playlist import Cut
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import rehearse

XF = Seconds(12.0)


def cuts_of(lengths: list[int]) -> tuple[Cut, ...]:
    """Pieces of these lengths."""
    return tuple(a_cut(f"piece-{number}", length) for number, length in enumerate(lengths))


def whole(cuts: tuple[Cut, ...]) -> float:
    """How long pieces last, their crossfades overlapping."""
    return sum(cut.length for cut in cuts) - XF * (len(cuts) - 1)


def fitting(cuts: tuple[Cut, ...], least: float, aim: float) -> tuple[Cut, ...]:
    """The choice that begins with the phase, with 12 s of crossfade."""
    queue = a_queue("fitted", crossfade=XF)
    return choose(cuts, [queue.share_of(cut) for cut in cuts], Seconds(0.0), (least, aim))


@given(st.lists(st.integers(60, 400), min_size=1, max_size=12), st.integers(60, 3000))
def test_no_single_change_of_the_choice_fits_better(lengths: list[int], span: int) -> None:
    """Leaving out or adding any one piece never brings the end nearer to the one wanted."""
    cuts = cuts_of(lengths)
    chosen = fitting(cuts, span, span + XF)
    if whole(cuts) < span:
        assert chosen == cuts
        return
    assert whole(chosen) >= span
    miss = abs(whole(chosen) - span - XF)
    others = [tuple(cut for cut in chosen if cut != gone) for gone in chosen]
    others += [(*chosen, more) for more in cuts if more not in chosen]
    long = [other for other in others if other and whole(other) >= span]
    assert all(miss <= abs(whole(other) - span - XF) + 1e-6 for other in long)


@given(st.lists(st.integers(60, 400), min_size=2, max_size=10), st.data())
def test_an_exact_fill_is_found(lengths: list[int], data: st.DataObject) -> None:
    """Where some of the pieces fill the phase to the second, the choice does too."""
    cuts = cuts_of(lengths)
    some = data.draw(st.lists(st.sampled_from(cuts), min_size=1, unique=True))
    wanted = whole(tuple(some))
    assert whole(fitting(cuts, wanted - XF, wanted)) == wanted


def test_pieces_keep_their_order() -> None:
    """What is chosen is played in the order of the playlist."""
    cuts = cuts_of([100, 200, 150, 300])
    chosen = fitting(cuts, 500.0, 512.0)
    assert list(chosen) == sorted(chosen, key=cuts.index)


def changes(line: Timeline) -> list[Crossfade]:
    """The crossfades of a session left alone."""
    moments = rehearse(a_room(), line)
    return [m.command for m in moments if isinstance(m.command, Crossfade)]


def test_no_piece_begins_shortly_before_its_phase_ends() -> None:
    """Where the last piece ends two seconds after its phase, it is not left before."""
    queue = a_queue("fitted", [100.0, 200.0, 60.0], fit=True, repeat=False, crossfade=XF)
    line = a_timeline(a_phase("peak", 286.0, queue=queue), a_phase("return", 300.0))
    assert [fade.at for fade in changes(line)][:3] == [0.0, 88.0, 286.0]


@given(st.lists(st.integers(60, 400), min_size=3, max_size=9), st.integers(120, 900))
def test_a_fitted_phase_begins_no_piece_that_it_does_not_need(
    lengths: list[int], span: int
) -> None:
    """Another piece begins only where the one before would be over before the phase is."""
    queue = a_queue("fitted", [float(one) for one in lengths], fit=True, repeat=False, crossfade=XF)
    line = a_timeline(a_phase("peak", float(span), queue=queue), a_phase("return", 300.0))
    moments = list(rehearse(a_room(), line))
    opened = {m.command.play_id: m.command.cut for m in moments if isinstance(m.command, CueTrack)}
    fades = [fade for fade in changes(line) if fade.at < span and fade.play_id is not None]
    for fade in fades[:-1]:
        assert fade.at + opened[fade.play_id or 0].length < span + 0.5


def test_the_last_piece_of_a_phase_ends_within_its_crossfade() -> None:
    """In `order: fit`, the last piece and the crossfade into the next phase are over together."""
    lengths = [210.0, 187.0, 243.0, 199.0, 305.0, 158.0, 222.0, 271.0]
    queue = a_queue("fitted", lengths, fit=True, repeat=False, crossfade=XF)
    line = a_timeline(a_phase("peak", 1200.0, queue=queue), a_phase("return", 300.0))
    moments = list(rehearse(a_room(), line))
    opened = {m.command.play_id: m.command.cut for m in moments if isinstance(m.command, CueTrack)}
    change = next(m.at for m in moments if isinstance(m.command, EnterPhase) and m.at)
    fades = [m.command for m in moments if isinstance(m.command, Crossfade) and m.at < change]
    last = fades[-1]
    assert last.play_id is not None
    end = last.at + opened[last.play_id].length
    assert end == change + 20.0
    heard = [opened[fade.play_id].title for fade in fades if fade.play_id is not None]
    assert len(heard) == len(set(heard))


@given(st.lists(st.integers(1, 400), min_size=2, max_size=8), st.data())
def test_short_pieces_are_reckoned_with_their_own_crossfades(
    lengths: list[int], data: st.DataObject
) -> None:
    """Where some of the pieces fill the phase, each pair overlapping as it does, they are found."""
    queue = a_queue("fitted", [float(one) for one in lengths], crossfade=XF)
    some = data.draw(st.lists(st.sampled_from(queue.cuts), min_size=1, unique=True))
    cuts = tuple(sorted(some, key=queue.cuts.index))
    wanted = replace(queue, cuts=cuts).length
    shares = [queue.share_of(cut) for cut in queue.cuts]
    chosen = choose(queue.cuts, shares, Seconds(0.0), (wanted - 0.5, wanted))
    assert replace(queue, cuts=chosen).length == pytest.approx(wanted, abs=1.0)


def test_the_crossfade_from_the_piece_that_plays_counts() -> None:
    """A choice after a short piece overlaps it by half of that alone."""
    queue = a_queue("fitted", [60.0, 66.0], crossfade=XF)
    shares = [queue.share_of(cut) for cut in queue.cuts]
    after_long = choose(queue.cuts, shares, XF, (54.0, 54.0))
    after_short = choose(queue.cuts, shares, Seconds(2.0), (63.0, 64.0))
    assert [cut.length for cut in (*after_long, *after_short)] == [66.0, 66.0]
