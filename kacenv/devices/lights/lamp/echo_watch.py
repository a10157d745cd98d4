"""Watch over a stepped lamp's answers: what it doesn't hear, it would make up for by a jump."""

from kacenv.core.units import Seconds

PROMPT = Seconds(0.4)
"""Time (s) within which a prompt lamp answers a step."""
ANSWERS = 5
"""Number of prompt answers from which on silence means something; a late one undoes as many."""
SILENT_AFTER = Seconds(0.5)
"""Time (s) without an answer after which a prompt lamp hasn't heard."""
PROBE_EVERY = Seconds(1.0)
"""Time (s) between two tries to reach a silent lamp."""
AWAY_AFTER = Seconds(2.0)
"""Time (s) without an answer after which a lamp's first word may be that of a restart; half of it
for a prompt lamp."""


class EchoWatch:
    """Notes commands and answers of one lamp; no clock, no I/O."""

    def __init__(self) -> None:
        self._unanswered: Seconds | None = None
        self._probed = Seconds(0.0)
        self._prompt = 0

    def sent(self, now: Seconds) -> None:
        """Note a command that asks for another level than the lamp has reported."""
        if self._unanswered is None:
            self._unanswered = now

    def heard(self, now: Seconds, *, answers: bool = True) -> None:
        """Note a report; one that answers nothing doesn't tell how prompt the lamp is."""
        if self._unanswered is not None and answers:
            change = 1 if now - self._unanswered <= PROMPT else -ANSWERS
            self._prompt = min(max(self._prompt + change, 0), 2 * ANSWERS)
        self.forget()

    def refused(self) -> None:
        """Note that the lamp doesn't take commands: it has heard, and stays as it is."""
        self._prompt = ANSWERS

    def forget(self) -> None:
        """Forget what is unanswered: it can't be answered any more."""
        self._unanswered = None

    def was_away(self, now: Seconds) -> bool:
        """Tell if commands have gone unanswered for long."""
        span = AWAY_AFTER / 2 if self.is_prompt else AWAY_AFTER
        return self._unanswered is not None and now >= self._unanswered + span

    @property
    def is_prompt(self) -> bool:
        """Tell if the lamp answers each step at once, so that no answer means none was heard."""
        return self._prompt >= ANSWERS

    def is_silent(self, now: Seconds) -> bool:
        """Tell if a lamp that answers promptly has not."""
        silent = self._unanswered is not None and now >= self._unanswered + SILENT_AFTER
        return silent and self.is_prompt

    def probes(self, now: Seconds) -> bool:
        """Tell if a silent lamp is to be tried again now."""
        due = now >= self._probed + PROBE_EVERY
        if due:
            self._probed = now
        return due

    @property
    def next_probe(self) -> Seconds:
        """Return the time of the next try."""
        silent_from = (self._unanswered or Seconds(0.0)) + SILENT_AFTER
        return Seconds(max(self._probed + PROBE_EVERY, silent_from))

    def may_step(self, now: Seconds) -> bool:
        """Tell if a step may be sent: to a silent lamp only just after a try has begun."""
        return not self.is_silent(now) or now < self._probed + PROBE_EVERY / 4
