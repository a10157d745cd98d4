"""How long a guesser waits."""

from contextlib import suppress

import pytest

from kacenv.server.auth import HttpError
from kacenv.server.auth.throttle import ALL, ONE, LoginThrottle, origin_of


class Town:
    """Addresses, and a clock."""

    def __init__(self) -> None:
        self.time = 0.0
        self.patience = LoginThrottle(lambda: self.time)

    def guesses(self, address: str, tries: int) -> int:
        """How many of so many tries at once were looked at."""
        looked_at = 0
        for _ in range(tries):
            with suppress(HttpError):
                self.patience.record_failure(address)
                looked_at += 1
        return looked_at


def test_a_few_slips_are_free_then_waits_double() -> None:
    """Four at once; then after 5 s, 10 s, 20 s one each."""
    town = Town()
    assert town.guesses("10.0.0.1", 10) == ONE.free
    for wait in (5.0, 10.0, 20.0, 40.0):
        town.time += wait - 0.1
        assert town.guesses("10.0.0.1", 1) == 0
        town.time += 0.2
        assert town.guesses("10.0.0.1", 2) == 1


def test_a_refusal_says_how_long_to_wait() -> None:
    """As an HTTP status, in seconds, and in words."""
    town = Town()
    town.guesses("10.0.0.1", 6)
    with pytest.raises(HttpError, match="Wait 6 s") as caught:
        town.patience.record_failure("10.0.0.1")
    assert (caught.value.status, caught.value.wait) == (429, 5.0)


def test_a_day_of_guessing_is_a_hundred_guesses() -> None:
    """One address gets at most four an hour in the end."""
    town, total = Town(), 0
    for _ in range(24 * 3600 // 10):
        total += town.guesses("10.0.0.1", 3)
        town.time += 10.0
    assert 90 <= total <= 115


def test_many_addresses_wait_together() -> None:
    """A thousand addresses get a few dozen tries, then about one a minute."""
    town = Town()
    at_once = sum(town.guesses(f"10.0.{n // 250}.{n % 250}", 1) for n in range(1000))
    assert at_once == ALL.free
    later = 0
    for second in range(3600):
        town.time += 1.0
        later += town.guesses(f"10.1.{second // 250}.{second % 250}", 1)
    assert later <= 66


def test_who_was_right_begins_anew() -> None:
    """A right PIN takes the count of its address back, and its own guess from all."""
    town = Town()
    for _ in range(100):
        assert town.guesses("10.0.0.1", 1) == 1
        town.patience.record_success("10.0.0.1")


def test_an_hour_later_all_is_forgotten() -> None:
    """Whoever stops guessing may slip again."""
    town = Town()
    town.guesses("10.0.0.1", 10)
    town.time += ONE.memory + 1.0
    assert town.guesses("10.0.0.1", 10) == ONE.free


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("192.168.1.20", "192.168.1.20"),
        ("::ffff:192.168.1.20", "192.168.1.20"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
    ],
)
def test_a_network_of_ipv6_is_one_address(address: str, origin: str) -> None:
    """Whoever has a whole /64 has one address here."""
    assert origin_of(address) == origin
