"""Who gets a place among the connections."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from support.caller import is_closed

from kacenv.server.http.edge.connection_limit import (
    MOST,
    MOST_OF_ONE,
    MOST_OF_STRANGERS,
    ConnectionLimitSocket,
    KnownOrigins,
)

TABLET = "127.0.9.9"


class Door(ExitStack):
    """A limited socket on loopback, and those who come from addresses of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.known = KnownOrigins()
        listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self._limited = self.enter_context(ConnectionLimitSocket(listener, self.known))
        self._limited.setblocking(False)

    def admits(self, address: str) -> bool:
        """Open a connection from an address; return whether it got a place."""
        with suppress(BlockingIOError):
            self.accepted_from(address)
            return True
        return False

    def accepted_from(self, address: str) -> socket.socket:
        """Open a connection from an address, and return the room's end of it.

        Raises:
            BlockingIOError: It got no place.
        """
        self.comes(address)
        return self.accepted()

    def accepted(self) -> socket.socket:
        """Accept who waits."""
        return self.enter_context(self._limited.accept()[0])

    def comes(self, address: str) -> socket.socket:
        """Open a connection from an address, and leave it waiting."""
        where = self._limited.getsockname()
        return self.enter_context(socket.create_connection(where, None, (address, 0)))


@pytest.fixture
def door() -> Iterator[Door]:
    """A door without anybody."""
    with Door() as door:
        yield door


def of(number: int) -> str:
    """One of many addresses."""
    return f"127.0.{1 + number // 200}.{1 + number % 200}"


def test_places_are_kept_for_who_has_logged_in(door: Door) -> None:
    """However many strangers there are, each with one connection, a known tablet gets its six."""
    door.known.add(TABLET)
    strangers = [door.admits(of(number)) for number in range(MOST)]
    assert strangers.count(True) == MOST_OF_STRANGERS
    assert [door.admits(TABLET) for _ in range(6)] == [True] * 6


def test_who_has_many_gives_one_up(door: Door) -> None:
    """Three addresses that took every place lose some to one that has none, their oldest first."""
    lines = [door.comes(of(number)) for number in range(3) for _ in range(MOST_OF_ONE)]
    for _ in lines:
        door.accepted()
    assert [door.admits(TABLET) for _ in range(6)] == [True] * 6
    assert [is_closed(line, 0.001) for line in lines].count(True) == 6
    assert is_closed(lines[0], 0.001)


def test_who_is_known_gives_nothing_up(door: Door) -> None:
    """However many connections a tablet has: strangers come to an end among themselves."""
    door.known.add(TABLET)
    lines = [door.comes(TABLET) for _ in range(20)]
    for _ in lines:
        door.accepted()
    places = [door.admits(of(number)) for number in range(MOST_OF_STRANGERS + 5)]
    assert places.count(True) == MOST_OF_STRANGERS
    assert not any(is_closed(line, 0.001) for line in lines)


def test_equals_do_not_push_each_other_out(door: Door) -> None:
    """Where all have one or two, whoever comes last waits."""
    assert all(door.admits(of(number)) for number in range(MOST_OF_STRANGERS))
    assert not door.admits(TABLET)


def test_a_flood_does_not_keep_others_out(door: Door) -> None:
    """When strangers have spent what all may open at once, an address with few is admitted."""
    for _ in range(60):
        for number in range(8):
            door.admits(of(number))
    assert [door.admits(TABLET) for _ in range(6)] == [True] * 6


def test_one_address_has_its_own_bound(door: Door) -> None:
    """Also if it is known."""
    door.known.add(TABLET)
    assert [door.admits(TABLET) for _ in range(MOST_OF_ONE + 2)].count(True) == MOST_OF_ONE


def test_a_place_is_free_again_once(door: Door) -> None:
    """Closed by either side, however often, a connection frees one place."""
    connection = door.accepted_from(TABLET)
    for _ in range(3):
        connection.close()
    places = [door.admits(TABLET) for _ in range(MOST_OF_ONE + 2)]
    assert places.count(True) == MOST_OF_ONE
