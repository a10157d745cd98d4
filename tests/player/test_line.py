"""The line: messages in their order, and nobody waits for the other end."""

from collections.abc import Iterator

import pytest

from kacenv.player.line import Line, LineEnds, open_line
from kacenv.player.messages import Addressed, Ask, Hello


@pytest.fixture
def ends() -> Iterator[LineEnds]:
    """A line of this process alone."""
    made = open_line()
    yield made
    for end in made:
        end.close()


def test_messages_come_in_their_order(ends: LineEnds) -> None:
    """Each whole, all that are there at once."""
    engine, player = (Line(end) for end in ends)
    assert player.receive() == []
    sent = [Addressed(0, Hello(number)) for number in range(5)]
    for one in sent:
        engine.send(one)
    assert player.receive() == sent


def test_a_reader_that_is_away_holds_nobody_up(ends: LineEnds) -> None:
    """What the line doesn't take waits, and comes in its order when there is room."""
    engine, player = (Line(end) for end in ends)
    sent = [Addressed(0, Hello(number)) for number in range(2000)]
    for one in sent:
        engine.send(one)
    assert engine.is_waiting
    came = player.receive() or []
    while engine.is_waiting:
        engine.flush()
        came += player.receive() or []
    assert came == sent


def test_what_was_for_a_player_that_is_gone_is_dropped(ends: LineEnds) -> None:
    """It isn't sent to the next one."""
    engine, player = (Line(end) for end in ends)
    for _ in range(2000):
        engine.send(Addressed(0, Ask()))
    engine.forget()
    player.receive()
    engine.flush()
    assert player.receive() == []


def test_it_is_over_once_the_other_end_is_closed_everywhere(ends: LineEnds) -> None:
    """But first all that was sent is read."""
    engine, player = (Line(end) for end in ends)
    copy = ends.engine.dup()
    engine.send(Addressed(0, Hello(1)))
    ends.engine.close()
    assert player.receive() == [Addressed(0, Hello(1))]
    assert player.receive() == []
    copy.close()
    assert player.receive() is None
