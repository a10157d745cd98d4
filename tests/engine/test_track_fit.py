"""Pieces are chosen so that the last one ends with its phase."""

from hypothesis import given
from hypothesis import strategies as st
from support.sessions import a_cut, a_phase, a_queue, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.track_fit import choose
from kacenv.model.commands import Crossfade, CueTrack, EnterPhase
from kacenv.model.playlist import Cut
from kacenv.rehearsal.simulation import rehearse

XF = Seconds(12.0)


def cuts_of(lengths: list[int]) -> tuple[Cut, ...]:
    """Pieces of these lengths."""
    return tuple(a_cut(f"piece-{number}", length) for number, length in enumerate(lengths))


def whole(cuts: tuple[Cut, ...]) -> float:
    """How long pieces last, their crossfades overlapping."""
    return sum(cut.length for cut in cuts) - XF * (len(cuts) - 1)


@given(st.lists(st.integers(60, 400), min_size=1, max_size=12), st.integers(60, 3000))
def test_no_single_change_of_the_choice_fits_better(lengths: list[int], span: int) -> None:
    """Leaving out or adding any one piece never brings the end nearer to the phase's."""
    cuts = cuts_of(lengths)
    chosen = choose(cuts, Seconds(span), XF)
    assert chosen
    aim = span + XF / 2
    miss = abs(whole(chosen) - aim)
    others = [tuple(cut for cut in chosen if cut != gone) for gone in chosen]
    others += [(*chosen, more) for more in cuts if more not in chosen]
    assert all(miss <= abs(whole(other) - aim) + 1e-6 for other in others if other)


@given(st.lists(st.integers(60, 400), min_size=2, max_size=10), st.data())
def test_an_exact_fill_is_found(lengths: list[int], data: st.DataObject) -> None:
    """Where some of the pieces fill the phase to the second, the choice does too."""
    cuts = cuts_of(lengths)
    some = data.draw(st.lists(st.sampled_from(cuts), min_size=1, unique=True))
    span = Seconds(whole(tuple(some)) - XF / 2)
    assert abs(whole(choose(cuts, span, XF)) - whole(tuple(some))) <= 1.0


def test_pieces_keep_their_order() -> None:
    """What is chosen is played in the order of the playlist."""
    cuts = cuts_of([100, 200, 150, 300])
    chosen = choose(cuts, Seconds(500.0), XF)
    assert list(chosen) == sorted(chosen, key=cuts.index)


def test_the_last_piece_of_a_phase_ends_within_its_crossfade() -> None:
    """In `order: fit`, no piece is cut off by the change of phase, with hardly any left over."""
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
    assert change - 1 <= end <= change + XF + 1
    heard = [opened[fade.play_id].title for fade in fades if fade.play_id is not None]
    assert len(heard) == len(set(heard))
