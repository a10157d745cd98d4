"""Schedule for resending a look that a lamp hasn't confirmed, and for telling staff of it."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp import staff_words
from kacenv.model.look import Setting

REASSERT_AFTER = (Seconds(0.2), Seconds(2.5), Seconds(6.0), Seconds(15.0))
"""Times (s) after a reconnect at which the look is sent again: once the lamps' retained reports
have arrived, and later for lamps that haven't reported it, because they may reconnect after
kacenv."""
NAMED_AFTER_RECONNECT = Seconds(20.0)
AGAIN_AFTER = (Seconds(2.5), Seconds(6.0))
"""Times (s) after a fade's end at which an unconfirmed look is sent again."""
NAMED_AFTER = Seconds(10.0)
"""Time (s) after a fade's end at which staff are told."""
URGENT_AGAIN_AFTER = (Seconds(4.0), Seconds(8.0), Seconds(12.0))
"""Times (s) after the end of lights-up at which it restarts on an unconfirmed lamp, repeats
included."""
URGENT_NAMED_AFTER = Seconds(16.0)
LATE_ANSWER = Seconds(0.5)
"""Delay (s) of one more resend for a lamp that first reports, wrongly, after all others."""
MOST_LATE = 6
"""Limit of such late resends for one look."""
STILL_AGAIN = Seconds(60.0)
"""Time (s) between the resends to a lamp that staff were told of."""
REFUSALS = 2
"""Number of refusals of one look, the second of which staff are told of."""


class ResendSchedule:
    """Resend times and staff messages of a lamp; no clock, no I/O."""

    def __init__(self, name: str, *, can_confirm: bool) -> None:
        self.can_confirm = can_confirm
        """True if the lamp can confirm a look."""
        self._name = name
        self._reconnect: tuple[Seconds, ...] = ()
        self._again: tuple[Seconds, ...] = ()
        self._verdict: Seconds | None = None
        self._late = self._refusals = 0
        self._named = False
        self._jump_named_at: Seconds | None = None
        self._jump_to_full = False
        self._news: list[str] = []

    def staff_messages(self) -> tuple[str, ...]:
        """Return the pending staff messages, each once."""
        messages, self._news = tuple(self._news), []
        return messages

    def next_due(self) -> Seconds | None:
        """Return the time of the next resend or verdict."""
        singles = (self._verdict, self._jump_named_at)
        times = [at for at in (*self._reconnect[:1], *self._again[:1], *singles) if at is not None]
        return min(times, default=None)

    def schedule(self, end: Seconds, *, urgent: bool) -> None:
        """Schedule the checks of a look that should be complete at `end`."""
        # The first message of this look replaces the first resend after a reconnect.
        self._reconnect = self._reconnect[-len(REASSERT_AFTER[1:]) :]
        self._late = self._refusals = 0
        self._jump_named_at = None
        if self.can_confirm:
            named = URGENT_NAMED_AFTER if urgent else NAMED_AFTER
            self._again = _checks(end, urgent=urgent)
            self._verdict = Seconds(end + named)

    def schedule_after_reconnect(
        self, now: Seconds, *, urgent: bool, end: Seconds = Seconds(0.0)
    ) -> None:
        """Schedule the checks of a lamp after it, or the broker, may have reconnected.

        Its look is complete at `end`: before that, it can't be said not to follow.
        """
        first, *later = REASSERT_AFTER
        moments = (Seconds(0.0) if urgent else first, *later)
        self._reconnect = tuple(Seconds(now + moment) for moment in moments)
        checks = _checks(end, urgent=urgent) if self.can_confirm else ()
        self._again = tuple(at for at in checks if at > self._reconnect[-1])
        named = Seconds(max(now + NAMED_AFTER_RECONNECT, end + NAMED_AFTER))
        self._verdict = named if self.can_confirm else None

    def cancel(self) -> None:
        """Cancel all checks until the next look."""
        self._reconnect, self._again, self._verdict = (), (), None

    def reassert_due(self, now: Seconds) -> bool:
        """Tell if a resend after a reconnect is due, and remove it."""
        due = bool(self._reconnect) and self._reconnect[0] <= now
        self._reconnect = tuple(at for at in self._reconnect if at > now)
        return due

    def again_due(self, now: Seconds) -> bool:
        """Tell if a resend of this look is due, and remove it."""
        due = bool(self._again) and self._again[0] <= now
        self._again = tuple(at for at in self._again if at > now)
        return due

    def verdict_due(self, now: Seconds) -> bool:
        """Tell if staff are to be told now of an unconfirmed look, and remove that check."""
        due = self._verdict is not None and self._verdict <= now
        self._verdict = None if due else self._verdict
        return due

    def go_on_after_verdict(self, now: Seconds) -> None:
        """Send the look from time to time: the lamp may follow again, and say nothing of it."""
        self._again = (*self._again, Seconds(now + STILL_AGAIN))
        self._verdict = Seconds(now + STILL_AGAIN + NAMED_AFTER)

    def postpone_verdict(self, until: Seconds) -> None:
        """Wait with the verdict for an answer."""
        self._verdict = until

    def check_again(self, at: Seconds) -> None:
        """Check the look once more, before all other resends."""
        self._again = (at, *self._again)

    def answered_wrongly(self, now: Seconds) -> None:
        """Schedule a late resend for a differing lamp with no resend left, up to `MOST_LATE`."""
        soon = [at for at in (*self._again, *self._reconnect) if at < now + STILL_AGAIN / 6]
        if not soon and self._late < MOST_LATE:
            self._late += 1
            self.check_again(Seconds(now + LATE_ANSWER))

    def refused(self, words: str, now: Seconds) -> None:
        """Note a refusal; send the look once more, then tell staff in the device's `words`."""
        self._refusals += 1
        if self._refusals >= REFUSALS:
            self._tell_once(staff_words.refuses(self._name, staff_words.quoted(words)))
        else:
            self.check_again(Seconds(now + AGAIN_AFTER[0]))

    @property
    def is_refused(self) -> bool:
        """Tell if this look was refused."""
        return self._refusals > 0

    def changed_by_hand(self) -> None:
        """Cancel all checks after a manual change, and tell staff."""
        self.cancel()
        self._news.append(staff_words.changed_by_hand(self._name))

    def jumped(self, until: Seconds, *, to_full: bool) -> None:
        """Cancel all checks after a change; tell staff unless a restart explains it by `until`."""
        self.cancel()
        self._jump_named_at, self._jump_to_full = until, to_full

    def name_jump_if_due(self, now: Seconds) -> None:
        """Tell staff of a jump that nothing has explained."""
        if self._jump_named_at is not None and self._jump_named_at <= now:
            self._jump_named_at = None
            words = staff_words.changed_or_restarted if self._jump_to_full else None
            self._news.append((words or staff_words.changed_by_hand)(self._name))

    def name_jump_now(self, now: Seconds) -> None:
        """Tell staff of a jump whose explanation won't be heard any more."""
        if self._jump_named_at is not None:
            self._jump_named_at = now
            self.name_jump_if_due(now)

    def came_back(self) -> None:
        """Tell staff that a restart explains what the lamp shows."""
        self._jump_named_at = None
        self._news.append(staff_words.came_back(self._name))

    def changed_again(self, changes: int, span: Seconds) -> None:
        """Tell staff that somebody else goes on changing the lamp."""
        self._news.append(staff_words.changed_again_and_again(self._name, changes, span))

    def does_not_follow(self, wanted: Setting, reported: Setting | None) -> None:
        """Tell staff that the lamp differs or doesn't report after all resends."""
        if reported is None:
            self._tell_once(staff_words.says_nothing(self._name, wanted))
        else:
            self._tell_once(staff_words.does_not_follow(self._name, wanted, reported))

    def does_not_answer(self) -> None:
        """Tell staff that the lamp is reported as offline."""
        self._tell_once(staff_words.is_away(self._name))

    def keeps_on(self, finding: str | None) -> None:
        """Tell staff of a lamp that can't go as low as its look, if it was found out."""
        if finding is not None:
            self._news.append(f"Lamp {self._name} {finding}.")

    def follows(self) -> None:
        """Tell staff that a lamp named before follows again."""
        if self._named and not self.is_refused:
            self._named = False
            self._news.append(staff_words.follows_again(self._name))

    def _tell_once(self, text: str) -> None:
        if not self._named:
            self._named = True
            self._news.append(text)


def _checks(end: Seconds, *, urgent: bool) -> tuple[Seconds, ...]:
    """Return the times at which a look that ends at `end` is sent again if it isn't confirmed."""
    delays = URGENT_AGAIN_AFTER if urgent else AGAIN_AFTER
    return tuple(Seconds(end + delay) for delay in delays)
