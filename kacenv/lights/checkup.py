"""When a lamp that hasn't confirmed its look is told again, and when staff hear of it."""

from kacenv.look import Setting
from kacenv.units import Seconds

REASSERT_AFTER = (Seconds(0.2), Seconds(2.5), Seconds(6.0), Seconds(15.0))
"""When the look is asserted after a reconnect: once the lamps' retained reports have come, and
later for lamps that have not reported it since, because they may reconnect after us."""
NAMED_AFTER_RECONNECT = Seconds(20.0)
AGAIN_AFTER = (Seconds(2.5), Seconds(6.0))
"""A lamp that doesn't confirm a look is told twice more, this long after the fade's end."""
NAMED_AFTER = Seconds(10.0)
"""Then staff are told of it."""
URGENT_AGAIN_AFTER = (Seconds(4.0), Seconds(8.0), Seconds(12.0))
"""Lights-up begins anew on a lamp that doesn't confirm it, each time with repeats of its own."""
URGENT_NAMED_AFTER = Seconds(16.0)
LATE_ANSWER = Seconds(0.5)
"""A lamp that first answers after all that, and wrongly, is told once more."""
MOST_LATE = 6
"""How often, for one look."""


class Checkup:
    """One lamp's appointments, and the words for staff. No clock, no messages."""

    def __init__(self, name: str, *, speaks: bool) -> None:
        self.speaks = speaks
        """Whether the lamp can confirm anything."""
        self._name = name
        self._reconnect: tuple[Seconds, ...] = ()
        self._again: tuple[Seconds, ...] = ()
        self._verdict: Seconds | None = None
        self._late = 0
        self._named = False
        self._news: list[str] = []

    def news(self) -> tuple[str, ...]:
        """What staff should know; each is given out once."""
        told, self._news = tuple(self._news), []
        return told

    def next_due(self) -> Seconds | None:
        """The next appointment."""
        times = [*self._reconnect[:1], *self._again[:1]]
        times += [self._verdict] if self._verdict is not None else []
        return min(times, default=None)

    def after(self, end: Seconds, *, urgent: bool) -> None:
        """Appointments for a look that should be reached by `end`."""
        # The telling of this look is the first assertion after a reconnect, too.
        self._reconnect = self._reconnect[-len(REASSERT_AFTER[1:]) :]
        self._late = 0
        if self.speaks:
            delays = URGENT_AGAIN_AFTER if urgent else AGAIN_AFTER
            named = URGENT_NAMED_AFTER if urgent else NAMED_AFTER
            self._again = tuple(Seconds(end + delay) for delay in delays)
            self._verdict = Seconds(end + named)

    def reconnected(self, now: Seconds, *, urgent: bool) -> None:
        """Appointments for a lamp that is, or may be, back."""
        first, *later = REASSERT_AFTER
        moments = (Seconds(0.0) if urgent else first, *later)
        self._again = ()
        self._reconnect = tuple(Seconds(now + moment) for moment in moments)
        self._verdict = Seconds(now + NAMED_AFTER_RECONNECT) if self.speaks else None

    def cancel(self) -> None:
        """No more appointments, until the next look."""
        self._reconnect, self._again, self._verdict = (), (), None

    def reassert_due(self, now: Seconds) -> bool:
        """Whether an appointment after a reconnect has come; it is kept once."""
        due = bool(self._reconnect) and self._reconnect[0] <= now
        self._reconnect = tuple(at for at in self._reconnect if at > now)
        return due

    def again_due(self, now: Seconds) -> bool:
        """Whether an appointment of this look has come; it is kept once."""
        due = bool(self._again) and self._again[0] <= now
        self._again = tuple(at for at in self._again if at > now)
        return due

    def verdict_due(self, now: Seconds) -> bool:
        """Whether it is time to say that the lamp doesn't follow."""
        due = self._verdict is not None and self._verdict <= now
        self._verdict = None if due else self._verdict
        return due

    def answered_wrongly(self, now: Seconds) -> None:
        """The lamp differs when nothing more was to come: tell it again, but not for ever."""
        if not self._again and not self._reconnect and self._late < MOST_LATE:
            self._late += 1
            self._again = (Seconds(now + LATE_ANSWER),)

    def changed_by_hand(self) -> None:
        """Somebody changed it: it is left alone."""
        self.cancel()
        self._news.append(
            f"Lamp {self._name} was changed by hand; it stays so until the next look. "
            "Bring it back with: kacenv lights resume"
        )

    def does_not_follow(self, wanted: Setting, reported: Setting | None) -> None:
        """It was told, told again, and shows something else or says nothing."""
        says = f"says {reported}" if reported else "says nothing"
        self._name_once(f"doesn't follow: it should show {wanted}, and {says}")

    def does_not_answer(self) -> None:
        """Its own system says that it is away."""
        self._name_once("doesn't answer")

    def follows(self) -> None:
        """It confirmed its look."""
        if self._named:
            self._named = False
            self._news.append(f"Lamp {self._name} follows again.")

    def _name_once(self, trouble: str) -> None:
        if not self._named:
            self._named = True
            self._news.append(f"Lamp {self._name} {trouble}. Check its power and its switch.")
