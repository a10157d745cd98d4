"""Target and known state of a lamp."""

from dataclasses import dataclass
from typing import NamedTuple

from kacenv.core.units import Seconds
from kacenv.model.look import Setting


@dataclass(frozen=True, slots=True)
class LampState:
    """State of a lamp for display.

    `believed` is what the lamp should show now, in mid-fade too; None before its first command.
    `reported` is its own report; `available` is None if unknown. `confirmed_after` is the time (s)
    from its last command to its confirmation; None without one.
    """

    believed: Setting | None = None
    reported: Setting | None = None
    available: bool | None = None
    by_hand: bool = False
    confirmed_after: Seconds | None = None


class LampTarget(NamedTuple):
    """Newest target of a lamp, to be reached by `end`."""

    target: Setting
    end: Seconds
    urgent: bool
