"""Log of a session in its journal: requests, staff messages, lateness."""

import math
from collections.abc import Callable
from dataclasses import replace

from kacenv.core.units import Seconds
from kacenv.engine.answers import AskedAt
from kacenv.engine.state import State
from kacenv.model.dropout import Dropout
from kacenv.model.requests import Request, Resume, Start
from kacenv.session.journal import Journal
from kacenv.session.lateness import LatenessHistogram

BEAT = Seconds(3.0)
"""Interval of heartbeats in the journal."""


class SessionLog:
    """Writes requests, messages to staff, and lateness to the journal, if there is one.

    `now` is the engine's clock; `underruns` counts since the audio was opened. Belongs to one
    thread.
    """

    def __init__(
        self, journal: Journal | None, now: Callable[[], Seconds], underruns: Callable[[], int]
    ) -> None:
        self._journal, self._now = journal, now
        self._underruns, self._heard = underruns, 0
        self._tally = LatenessHistogram()
        self._beaten_at = Seconds(-math.inf)

    @property
    def note(self) -> str | None:
        """Message for staff while records aren't safe, with the remedy; None otherwise."""
        return self._journal.note if self._journal else None

    def health(self) -> dict[str, str | None]:
        """Return the note as `storage`; nothing without a journal."""
        return {} if self._journal is None else {"storage": self._journal.note}

    def go_on(self, number: int) -> None:
        """Continue the journal of a session that broke off."""
        if self._journal is not None:
            self._journal.go_on(number)

    def write(self, before: State, now: Seconds, request: Request, request_id: str = "") -> None:
        """Write a request, before it takes effect."""
        if self._journal is None:
            return
        if isinstance(request, Start) and before.timeline is None:
            self._take()
            base = replace(before, pressed={}, left_so={}, kept=())
            self._journal.begin(now, base, request, request_id)
        else:
            self._journal.add(now, request, request_id)

    def refuse(self, asked_at: AskedAt, words: str) -> None:
        """Write that a request with an id was refused."""
        if self._journal is not None:
            request_id, request, now = asked_at
            self._journal.add(now, request, request_id, words)

    def tell(self, text: str) -> None:
        """Write a message to staff."""
        if self._journal is not None:
            self._journal.tell(self._now(), text)

    def dropout(self, dropout: Dropout) -> None:
        """Write a gap in the sound."""
        if self._journal is not None:
            self._journal.dropout(self._now(), dropout)

    def order_performed(self, due: Seconds | None, now: Seconds, request: Request | None) -> None:
        """Count the lateness of an action that was `due`; outages don't count."""
        if due is not None and due <= now and not isinstance(request, Resume):
            self._tally = self._tally.with_order(Seconds(now - due))

    def beat(self, now: Seconds) -> None:
        """Write a heartbeat, at most every `BEAT` seconds."""
        if self._journal is not None and now - self._beaten_at >= BEAT:
            self._journal.beat(now, self._take())
            self._beaten_at = now

    def close(self, now: Seconds) -> None:
        """Write the session's end."""
        if self._journal is not None:
            self._journal.end(now, self._take())

    def _take(self) -> LatenessHistogram | None:
        """Return and reset the counts; None if there are none."""
        heard = self._underruns()
        tally = self._tally.plus(LatenessHistogram(underruns=max(0, heard - self._heard)))
        self._tally, self._heard = LatenessHistogram(), heard
        return None if tally == LatenessHistogram() else tally
