"""The diary: what a session writes down of itself, as far as it has a journal."""

import math
from collections.abc import Callable

from kacenv.engine import State
from kacenv.journal import Journal
from kacenv.requests import Request, Resume, Start
from kacenv.tally import Tally
from kacenv.units import Seconds

BEAT = Seconds(3.0)
"""How often the journal is told that the room is alive."""


class Diary:
    """Writes down requests, what staff are told, and how punctual the session is.

    `now` is the engine's clock; `underruns` counts since the sound was opened. Belongs to one
    thread.
    """

    def __init__(
        self, journal: Journal | None, now: Callable[[], Seconds], underruns: Callable[[], int]
    ) -> None:
        self._journal, self._now = journal, now
        self._underruns, self._heard = underruns, 0
        self._tally = Tally()
        self._beaten_at = Seconds(-math.inf)

    @property
    def note(self) -> str | None:
        """Why what happens isn't safe just now, and what to do; None while all is well."""
        return self._journal.note if self._journal else None

    def health(self) -> dict[str, str | None]:
        """The note under its name, where there is a journal."""
        return {} if self._journal is None else {"storage": self._journal.note}

    def go_on(self, number: int) -> None:
        """Write on in the journal of a session that broke off."""
        if self._journal is not None:
            self._journal.go_on(number)

    def write(self, before: State, now: Seconds, request: Request) -> None:
        """Write a request down, before anything of it takes effect."""
        if self._journal is None:
            return
        if isinstance(request, Start) and before.timeline is None:
            self._take()
            self._journal.begin(now, before, request)
        else:
            self._journal.add(now, request)

    def tell(self, text: str) -> None:
        """Write down what staff were told."""
        if self._journal is not None:
            self._journal.tell(self._now(), text)

    def acted(self, due: Seconds | None, now: Seconds, request: Request | None) -> None:
        """Count what was `due`, by how late it is; time away is no lateness."""
        if due is not None and due <= now and not isinstance(request, Resume):
            self._tally = self._tally.with_order(Seconds(now - due))

    def beat(self, now: Seconds) -> None:
        """Write down now and then that the room is alive."""
        if self._journal is not None and now - self._beaten_at >= BEAT:
            self._journal.beat(now, self._take())
            self._beaten_at = now

    def close(self, now: Seconds) -> None:
        """The session is over."""
        if self._journal is not None:
            self._journal.end(now, self._take())

    def _take(self) -> Tally | None:
        """What was counted since the last time."""
        heard = self._underruns()
        tally = self._tally.plus(Tally(underruns=max(0, heard - self._heard)))
        self._tally, self._heard = Tally(), heard
        return None if tally == Tally() else tally
