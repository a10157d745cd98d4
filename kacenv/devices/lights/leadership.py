"""Leadership of a room's lamps: of two daemons with one name on a broker, the first has it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import NamedTuple

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.payloads import OFFLINE, ONLINE

ECHO_WITHIN = Seconds(1.0)
"""Time (s) for the room's own question to come back, if the broker lets kacenv read it."""
ANSWER_WITHIN = Seconds(2.0)
"""Time (s) for an answer of a leader of which only the broker's memory tells."""
ASK_EVERY = Seconds(10.0)
"""Interval (s) of a waiting daemon's questions."""
TAKE_OVER_AFTER = Seconds(30.0)
"""Silence (s) after which a leader is gone that took no leave; an outage may be shorter."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Leader as the topic `leader` keeps it: its client id, its machine, and since when."""

    id: str
    host: str
    since: float

    @property
    def seniority(self) -> tuple[float, str]:
        """Return a key by which the elder of two leaders comes first."""
        return self.since, self.id


class Publication(NamedTuple):
    """Message to publish."""

    topic: str
    payload: str
    retain: bool


class _State(Enum):
    AWAY = auto()
    ASKS = auto()
    WAITS = auto()
    LEADS = auto()


class Leadership:
    """Claim of one daemon on its room's lamps; no I/O, no clock but `wall` for its beginning.

    A new connection asks who leads. The question's own echo arrives after all that the broker has
    kept; if that names nobody else who is online, the lamps are led. Otherwise the leader answers
    while it lives. Of two who lead, the elder goes on: a leader whose network was away for a while
    gets its lamps back. Where the broker lets kacenv read nothing, everybody leads.
    """

    def __init__(self, room: str, client_id: str, host: str, wall: Callable[[], float]) -> None:
        base = f"kacenv/{room}"
        self.status_topic, self._leader, self._ask = (
            f"{base}/status",
            f"{base}/leader",
            f"{base}/leader/ask",
        )
        self._room, self._host, self._id, self._wall = room, host, client_id, wall
        self._state = _State.AWAY
        self._own: Claim | None = None
        self._other: Claim | None = None
        self._has_waited = False
        self._status = OFFLINE
        self._asked_at = self._until = Seconds(0.0)
        self._out: list[Publication] = []
        self._news: list[str] = []

    @property
    def topics(self) -> tuple[str, ...]:
        """Return the topics to subscribe to."""
        return self.status_topic, self._leader, self._ask

    @property
    def leads(self) -> bool:
        """Tell if the lamps are this daemon's."""
        return self._state is _State.LEADS

    @property
    def trouble(self) -> str | None:
        """Return who leads instead, for people to read."""
        if self._state is not _State.WAITS or not self._has_waited:
            return None
        host = f", on {self._other.host}," if self._other and self._other.host else ""
        return (
            f"Another kacenv{host} leads the lamps of {self._room} at this broker; this one leaves "
            "them alone until that one is gone. If these are two rooms, give one of them another "
            f"`name` in its file. To have light all the same: kacenv lights-up --direct --room "
            f"{self._room}"
        )

    def publications(self) -> list[Publication]:
        """Return what is to be published, each once."""
        out, self._out = self._out, []
        return out

    def staff_messages(self) -> list[str]:
        """Return the pending staff messages, each once."""
        news, self._news = self._news, []
        return news

    def connected(self, now: Seconds) -> None:
        """Ask who leads, after having subscribed to `topics`."""
        self._state, self._other, self._status = _State.ASKS, None, OFFLINE
        self._until = Seconds(now + ECHO_WITHIN)
        self._send_question(now)

    def lost(self) -> None:
        """Note that the connection is lost."""
        self._state = _State.AWAY

    def close(self) -> None:
        """Take leave, if the lamps are led."""
        if self.leads:
            self._out += [
                Publication(self._leader, "", retain=True),
                Publication(self.status_topic, OFFLINE, retain=True),
            ]
        self._state = _State.AWAY

    def handle(self, topic: str, payload: bytes, now: Seconds, *, kept: bool) -> None:
        """Handle a message on one of `topics`; `kept` if it comes from the broker's memory."""
        text = payload.decode("utf-8", "replace")
        if topic == self.status_topic:
            self._handle_status(text)
        elif topic == self._leader:
            self._handle_claim(_claim(text), now, kept=kept)
        elif text != self._id:
            self._answer()
        elif self._state is _State.ASKS:
            self._decide(now)

    def tick(self, now: Seconds) -> None:
        """Do what is due: about once a second."""
        if self._state is _State.ASKS and now >= self._until:
            self._decide(now)
        elif self._state is _State.WAITS and now >= self._until:
            self._lead()
        elif self._state is _State.WAITS and now >= self._asked_at + ASK_EVERY:
            self._send_question(now)

    def _send_question(self, now: Seconds) -> None:
        self._asked_at = now
        self._out.append(Publication(self._ask, self._id, retain=False))

    def _answer(self) -> None:
        if self.leads and self._own is not None:
            claim = json.dumps(asdict(self._own), ensure_ascii=False)
            self._out.append(Publication(self._leader, claim, retain=True))

    def _handle_status(self, text: str) -> None:
        self._status = text
        if self.leads and text != ONLINE:
            self._out.append(Publication(self.status_topic, ONLINE, retain=True))

    def _handle_claim(self, claim: Claim | None, now: Seconds, *, kept: bool) -> None:
        if claim is not None and claim.id == self._id:
            return
        if kept:
            self._other = claim
        elif claim is None:
            self._take_over()
        else:
            self._meet(claim, now)

    def _take_over(self) -> None:
        """Lead when the leader has taken leave; a leader's own word is kept by the broker anew."""
        if self.leads:
            self._answer()
        elif self._state is _State.WAITS:
            self._lead()

    def _meet(self, other: Claim, now: Seconds) -> None:
        """Meet another who leads now: the elder goes on."""
        if self.leads and self._own is not None and self._own.seniority < other.seniority:
            self._answer()
            return
        self._other = other
        if self._state is not _State.AWAY:
            self._wait(now, TAKE_OVER_AFTER)
            self._note_waiting()

    def _note_waiting(self) -> None:
        told, self._has_waited = self._has_waited, True
        if not told and self.trouble is not None:
            self._news.append(self.trouble)

    def _decide(self, now: Seconds) -> None:
        """Lead if nobody else does, as far as the broker's memory tells."""
        other = self._other if self._status == ONLINE else None
        if self._has_waited:
            self._wait(now, TAKE_OVER_AFTER)
        elif other is None or (self._own and self._own.seniority < other.seniority):
            self._lead()
        else:
            self._wait(now, ANSWER_WITHIN)

    def _wait(self, now: Seconds, span: Seconds) -> None:
        self._state, self._until = _State.WAITS, Seconds(now + span)

    def _lead(self) -> None:
        if self._has_waited:
            self._news.append(
                f"The other kacenv is gone; this one leads the lamps of {self._room} now."
            )
        self._state, self._has_waited = _State.LEADS, False
        self._own = self._own or Claim(self._id, self._host, round(self._wall(), 1))
        self._answer()
        self._out.append(Publication(self.status_topic, ONLINE, retain=True))


def _claim(text: str) -> Claim | None:
    """Parse a claim; None for an empty one, or one that can't be understood."""
    try:
        fields = json.loads(text)
        return Claim(str(fields["id"]), str(fields["host"])[:60], float(fields["since"]))
    except (ValueError, TypeError, LookupError):
        return None
