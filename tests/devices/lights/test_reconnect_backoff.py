"""Reconnect delays."""

from random import Random

from kacenv.core.units import Seconds
from kacenv.devices.lights.mqtt_client import FIRST, LASTED, LATER, REFUSED, ReconnectBackoff


def test_the_first_wait_is_short_and_the_later_ones_stay_bounded() -> None:
    """However long it takes."""
    retry = ReconnectBackoff(lambda _low, high: high)
    waits = [retry.failed(Seconds(number)) for number in range(100)]
    assert waits == [FIRST[1]] + [LATER[1]] * 99


def test_chance_keeps_rooms_apart() -> None:
    """A hundred rooms that lost one broker don't come back in one tenth of a second."""
    random = Random(1)  # noqa: S311 - chance, not a secret
    waits = [ReconnectBackoff(random.uniform).failed(Seconds(0.0)) for _ in range(100)]
    assert max(waits) - min(waits) > 0.25


def test_a_broker_that_flaps_is_not_pestered() -> None:
    """Only a connection that has lasted makes the next loss a new one."""
    retry = ReconnectBackoff(lambda low, _high: low)
    retry.failed(Seconds(0.0))
    retry.connected(Seconds(1.0))
    assert retry.failed(Seconds(2.0)) == LATER[0]
    retry.connected(Seconds(3.0))
    assert retry.failed(Seconds(3.0 + LASTED)) == FIRST[0]


def test_a_refusal_is_respected() -> None:
    """Seconds, not tenths."""
    assert ReconnectBackoff(lambda low, _high: low).refused() == REFUSED[0] >= 5.0
