"""Agenda of a clock: its check-ins in the order of their times, the next found without a search."""

from bisect import bisect_right
from collections.abc import Sequence

from kacenv.core.derived import derived
from kacenv.core.units import Seconds
from kacenv.model.scene import Seat
from kacenv.model.timeline import Cue, PlannedPhase, Timeline


class Agenda:
    """Check-ins on one clock."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        numbered = list(enumerate(cues))
        self._once = sorted(
            (pair for pair in numbered if pair[1].every is None), key=lambda pair: pair[1].at
        )
        self._times = [cue.at for _, cue in self._once]
        self._repeating = [pair for pair in numbered if pair[1].every is not None]

    def next_after(self, seen: Seconds) -> Seconds | None:
        """Return the reading at which a check-in comes next after `seen`; None without one."""
        place = bisect_right(self._times, seen)
        times = [cue.next_after(seen) for _, cue in self._repeating]
        times += self._times[place : place + 1]
        return min((at for at in times if at is not None), default=None)

    def coming(self, seen: Seconds) -> list[Cue]:
        """Return the check-ins that come at the next reading, in the order of the scene."""
        reading = self.next_after(seen)
        if reading is None:
            return []
        first, last = bisect_right(self._times, seen), bisect_right(self._times, reading)
        found = self._once[first:last]
        found += [pair for pair in self._repeating if pair[1].next_after(seen) == reading]
        return [cue for _, cue in sorted(found, key=lambda pair: pair[0])]


@derived
def of_phase(planned: PlannedPhase) -> Agenda:
    """Return the agenda of a phase's clock."""
    return Agenda(planned.cues)


@derived
def of_session(plan: Timeline) -> Agenda:
    """Return the agenda of the session's clock."""
    return Agenda(plan.cues)


@derived
def of_seat(plan: Timeline, seat: Seat) -> Agenda:
    """Return the agenda of a seat's clock."""
    return Agenda(plan.cues_of(seat))
