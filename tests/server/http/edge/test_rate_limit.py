"""How often a client may press, and how long a guesser waits."""

from contextlib import suppress

import pytest

from kacenv.core.errors import RefusedError
from kacenv.model.requests import Hold, LightsUp, Press, Stop
from kacenv.server.http.edge.rate_limit import (
    ALL,
    ONE,
    PRESSES_AT_ONCE,
    PRESSES_PER_SECOND,
    LoginThrottle,
    PressLimiter,
    origin_of,
)


class Pressers:
    """Clients on a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 0.0
        self._limiter = PressLimiter(lambda: self.time)

    def press(self, count: int, press: Press, client: str = "tablet") -> int:
        """How many of `count` presses are let through."""
        through = 0
        for _ in range(count):
            with suppress(RefusedError):
                self._limiter.check(client, press)
                through += 1
        return through


def test_no_hand_is_ever_refused() -> None:
    """Twice a second for an hour, or twenty at once, is nothing."""
    pressers = Pressers()
    for second in range(3600):
        pressers.time = float(second)
        assert pressers.press(2, Hold()) == 2
    assert pressers.press(20, Hold()) == 20


def test_a_flood_is_thinned_out() -> None:
    """Of 200 a second for a minute, the first come through and then a few a second."""
    pressers, through = Pressers(), 0
    for tick in range(600):
        pressers.time = tick / 10
        through += pressers.press(20, Hold())
    assert through == pytest.approx(PRESSES_AT_ONCE + 60 * PRESSES_PER_SECOND, abs=5)


def test_a_flood_keeps_nobody_else_out() -> None:
    """Another client presses as before, and on the same one lights-up and stop still work."""
    pressers = Pressers()
    pressers.press(1000, Hold())
    assert pressers.press(1, Hold()) == 0
    assert pressers.press(1, Hold(), "pedal") == 1
    pressers.press(1000, LightsUp())
    assert pressers.press(1, Stop()) == 1


def test_it_recovers() -> None:
    """A second after a flood a press counts again."""
    pressers = Pressers()
    pressers.press(1000, Hold())
    pressers.time = 1.0
    assert pressers.press(10, Hold()) == PRESSES_PER_SECOND


class Guessers:
    """Addresses, and a clock."""

    def __init__(self) -> None:
        self.time = 0.0
        self.throttle = LoginThrottle(lambda: self.time)

    def guesses(self, address: str, tries: int) -> int:
        """How many of so many tries at once were looked at."""
        return sum(self.throttle.count_guess(address) == 0.0 for _ in range(tries))


def test_a_few_slips_are_free_then_waits_double() -> None:
    """Four at once; then after 5 s, 10 s, 20 s one each."""
    guessers = Guessers()
    assert guessers.guesses("10.0.0.1", 10) == ONE.free
    for wait in (5.0, 10.0, 20.0, 40.0):
        guessers.time += wait - 0.1
        assert guessers.guesses("10.0.0.1", 1) == 0
        guessers.time += 0.2
        assert guessers.guesses("10.0.0.1", 2) == 1


def test_a_refusal_says_how_long_to_wait() -> None:
    """In seconds; what comes meanwhile doesn't make it longer."""
    guessers = Guessers()
    guessers.guesses("10.0.0.1", 6)
    assert guessers.throttle.count_guess("10.0.0.1") == 5.0


def test_a_day_of_guessing_is_a_hundred_guesses() -> None:
    """One address gets at most four an hour in the end."""
    guessers, total = Guessers(), 0
    for _ in range(24 * 3600 // 10):
        total += guessers.guesses("10.0.0.1", 3)
        guessers.time += 10.0
    assert 90 <= total <= 115


def test_many_addresses_wait_together() -> None:
    """A thousand addresses get a few dozen tries, then about one a minute."""
    guessers = Guessers()
    at_once = sum(guessers.guesses(f"10.0.{n // 250}.{n % 250}", 1) for n in range(1000))
    assert at_once == ALL.free
    later = 0
    for second in range(3600):
        guessers.time += 1.0
        later += guessers.guesses(f"10.1.{second // 250}.{second % 250}", 1)
    assert later <= 66


def test_who_was_right_begins_anew() -> None:
    """A right PIN takes the count of its address back, and its own guess from all."""
    guessers = Guessers()
    for _ in range(100):
        assert guessers.guesses("10.0.0.1", 1) == 1
        guessers.throttle.forgive("10.0.0.1")


def test_an_hour_later_all_is_forgotten() -> None:
    """Whoever stops guessing may slip again."""
    guessers = Guessers()
    guessers.guesses("10.0.0.1", 10)
    guessers.time += ONE.memory + 1.0
    assert guessers.guesses("10.0.0.1", 10) == ONE.free


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
