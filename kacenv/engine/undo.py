"""Undo: for ten seconds a press can be taken back, to the very plan that was there before it.

The state before each press is kept. Taking a press back is living on from that state as if nothing
had been pressed, and leading sound and light there from where they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds, on_grid
from kacenv.engine import check_ins, due, lights, music_return, volume
from kacenv.engine.state import Kept, State
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import EnterPhase, Notice, SessionEnded
from kacenv.model.mode import Mode
from kacenv.model.request_table import BY_KIND
from kacenv.model.request_text import request_words
from kacenv.model.requests import Press, Undo, Volume

WITHIN = Seconds(10.0)
"""Time for which a press can be taken back."""
MOST_KEPT = 16
"""Most presses that can be taken back, one after another."""
ONE_MOVE = Seconds(1.0)
"""Longest time between two volumes of a fader that are taken back together."""


def keep(turn: StepContext, before: State, press: Press) -> None:
    """Keep the state `before` a press that changed something, so that it can be taken back."""
    kept = still_kept(turn.state, turn.now)
    if kept and _is_same_move(kept[-1], press, turn.now):
        before, kept = kept[-1].before or before, kept[:-1]
    lasts = bool(BY_KIND[press.kind].lasting)
    number = turn.state.presses + 1
    one = Kept(number, press, turn.now, None if lasts else before.changed(kept=()))
    turn.change(kept=(*kept, one)[-MOST_KEPT:], presses=number)


def still_kept(state: State, now: Seconds) -> tuple[Kept, ...]:
    """Return the presses of the last ten seconds that haven't been taken back, oldest first."""
    return tuple(one for one in state.kept if on_grid(now - one.at) <= WITHIN)


def _is_same_move(last: Kept, press: Press, now: Seconds) -> bool:
    if not isinstance(press, Volume) or not isinstance(last.press, Volume):
        return False
    return last.press.output == press.output and on_grid(now - last.at) < ONE_MOVE


def remember_notices(turn: StepContext, since: int) -> int:
    """Remember what staff are told after a press that can be taken back; return all commands."""
    notices = [one for one in turn.commands[since:] if isinstance(one, Notice)]
    if notices and turn.state.kept:
        turn.change(kept=tuple(_with_notices(one, notices) for one in turn.state.kept))
    return len(turn.commands)


def _with_notices(kept: Kept, notices: Iterable[Notice]) -> Kept:
    told = (*kept.told, *(one for one in notices if on_grid(one.at - kept.at) <= WITHIN))
    return replace(kept, told=told)


def take_back(turn: StepContext, request: Undo) -> str:
    """Take back the last press of the last ten seconds.

    Raises:
        RefusedError: there is none, or it isn't the one that is meant.
    """
    kept = still_kept(turn.state, turn.now)
    if not kept:
        raise RefusedError("Nothing was pressed in the last ten seconds that can be taken back.")
    last, words = kept[-1], request_words(kept[-1].press)
    if request.number is not None and request.number != last.number:
        raise RefusedError(f"Something else was pressed meanwhile: {words}. It stays as it is.")
    if last.before is None:
        turn.change(kept=kept[:-1])
        return BY_KIND[last.press.kind].lasting
    _go_back(turn, last, last.before)
    turn.change(kept=kept[:-1])
    return f"Taken back: {words}."


def _go_back(turn: StepContext, last: Kept, before: State) -> None:
    """Live on from the state before a press, and lead the room there from where it is."""
    now_so, missed = turn.state, StepContext(before, turn.now)
    due.catch_up(missed)
    then = missed.state
    turn.state = _on_the_way(now_so, then)
    if then.timeline is not None and then.phase != now_so.phase:
        turn.order(EnterPhase(then.phase, then.planned.name, turn.now))
    volume.lead_back(turn, now_so, then)
    music_return.lead_back(turn, now_so, then)
    lights.lead_back(turn, now_so, then)
    check_ins.ring_missed(turn, before, now_so)
    notices = [one for one in missed.commands if isinstance(one, Notice)]
    turn.order(*_put_right(last.told, notices, turn.now))
    if then.mode is Mode.IDLE and now_so.mode is not Mode.IDLE:
        turn.order(SessionEnded(turn.now))


def _on_the_way(now_so: State, then: State) -> State:
    """Return the state that would be, with the sound and the light that are, and what is known."""
    return then.changed(
        level=now_so.level,
        volumes=now_so.volumes,
        light=now_so.light,
        playing=now_so.playing,
        cued=now_so.cued,
        last_play_id=now_so.last_play_id,
        unplayable=now_so.unplayable | then.unplayable,
        rotations={},
        told=now_so.told | then.told,
        resumed_at=now_so.resumed_at,
        short_lives=now_so.short_lives,
        presses=now_so.presses,
        answered=now_so.answered,
    )


def _put_right(told: Iterable[Notice], due_by_now: list[Notice], now: Seconds) -> Iterator[Notice]:
    """Yield what staff would have been told, and which check-ins come although they were told."""
    told = tuple(told)
    known, wrong = {one.text for one in told}, dict[str, None]()
    for one in told:
        wrong |= dict.fromkeys(one.passed_over)
        wrong = {prompt: None for prompt in wrong if prompt not in one.comes_after_all}
    for one in due_by_now:
        wrong = {prompt: None for prompt in wrong if prompt not in one.passed_over}
        if one.text not in known:
            yield Notice(one.text, now, one.passed_over)
    if wrong:
        yield Notice(f"Comes after all: {', '.join(wrong)}.", now, comes_after_all=tuple(wrong))
