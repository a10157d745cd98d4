"""What is asked of a lamp, and what is known of it."""

from dataclasses import dataclass
from typing import NamedTuple

from kacenv.look import Setting
from kacenv.units import Seconds


@dataclass(frozen=True, slots=True)
class LampState:
    """A lamp for display.

    `believed` is what it should show now, in mid-fade too; None before it was told anything.
    `reported` is what it says itself; `available` is None where nobody says. `confirmed_after`
    is the time (s) from its last telling to its word that it follows; None without one.
    """

    believed: Setting | None = None
    reported: Setting | None = None
    available: bool | None = None
    by_hand: bool = False
    confirmed_after: Seconds | None = None


class Wish(NamedTuple):
    """The newest look asked of the lamp; it should be reached by `end`."""

    target: Setting
    end: Seconds
    urgent: bool
