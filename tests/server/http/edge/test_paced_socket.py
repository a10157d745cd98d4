"""A turn of the loop takes some connections, and the next turn the rest."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from kacenv.server.http.edge.paced_socket import PacedSocket


def test_a_turn_takes_a_few_at_most(tmp_path: Path) -> None:
    """Ten come; turns take four, four and two, and after a pause four again."""
    with ExitStack() as stack:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "s"))
        listener.listen(20)
        paced = stack.enter_context(PacedSocket(listener, 4))
        paced.setblocking(False)

        def come(count: int) -> None:
            for _ in range(count):
                stack.enter_context(socket.socket(socket.AF_UNIX)).connect(str(tmp_path / "s"))

        come(10)
        assert [_turn(paced, stack.enter_context) for _ in range(4)] == [4, 4, 2, 0]
        come(5)
        assert [_turn(paced, stack.enter_context) for _ in range(3)] == [4, 1, 0]


def _turn(paced: socket.socket, keep: Callable[[socket.socket], object]) -> int:
    """Accept like asyncio until nothing seems to wait; return how many came."""
    count = 0
    while True:
        try:
            keep(paced.accept()[0])
        except BlockingIOError:
            return count
        count += 1
