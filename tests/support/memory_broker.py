"""A broker and its clients in memory, on simulated time: a machine's speed changes nothing."""

import heapq
import math
from collections.abc import Callable
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

from kacenv.core.units import Seconds
from kacenv.system.clock import SimClock

DELAY = (0.002, 0.06)
"""Range (s) of a message's time to its receiver."""
WILL_AFTER = 20.0
"""Time (s) after which a broker gives a silent client up."""
RECONNECTS_AFTER = (0.1, 2.0)
"""Range (s) of a client's time to its next connection."""


class Will(NamedTuple):
    """Message that a broker publishes for a client that is gone."""

    topic: str
    payload: bytes


class Agenda:
    """What happens when, on a clock that it advances."""

    def __init__(self) -> None:
        self.clock = SimClock(0.0)
        self._order = count()
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []

    @property
    def now(self) -> Seconds:
        """Return the time (s)."""
        return self.clock.now()

    def after(self, span: float, act: Callable[[], None]) -> None:
        """Do something `span` seconds from now."""
        heapq.heappush(self._waiting, (self.now + span, next(self._order), act))

    def next_at(self) -> float:
        """Return the time (s) of what comes next; infinite if nothing does."""
        return self._waiting[0][0] if self._waiting else math.inf

    def advance(self, until: float) -> None:
        """Advance the clock to `until`, and do what is due by then."""
        self.clock.jump(Seconds(max(0.0, until - self.now)))
        while self._waiting and self._waiting[0][0] <= self.now + 1e-9:
            heapq.heappop(self._waiting)[2]()


class MemoryBroker:
    """Broker that retains, publishes wills, and can be killed."""

    def __init__(self, agenda: Agenda, chance: Random) -> None:
        self.agenda, self.chance = agenda, chance
        self.is_up = True
        self.clients: list[MemoryClient] = []
        self.retained: dict[str, bytes] = {}
        self.messages = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Pass a message on to whoever listens; it is lost while the broker is away."""
        if not self.is_up:
            return
        self.messages += 1
        if retain:
            self.retained[topic] = payload
        for client in self.clients:
            if topic in client.topics:
                client.deliver(topic, payload, retained=False)

    def kill(self, span: float) -> None:
        """Take the broker away for `span` seconds."""
        self.is_up = False
        for client in list(self.clients):
            client.lost()
        self.agenda.after(span, self._start)

    def _start(self) -> None:
        self.is_up = True


class MemoryClient:
    """Client with as much of paho's interface as lamps and rooms use."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._agenda = broker.agenda
        self._will: Will | None = None
        self._wants, self._free_at = False, 0.0
        self.topics: set[str] = set()
        self.mute: set[str] = set()
        """Topics of which this client says nothing."""
        self.on_connect: Callable[..., None] = _nothing
        self.on_subscribe: Callable[..., None] = _nothing
        self.on_disconnect: Callable[..., None] = _nothing
        self.on_message: Callable[..., None] = _nothing

    @property
    def is_connected(self) -> bool:
        """Tell if messages reach the broker."""
        return self in self._broker.clients

    def will_set(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        """Leave a last will, which is always retained."""
        assert retain
        self._will = Will(topic, payload)

    def connect_async(self, *_: object) -> None:
        """Connect, and again whenever the connection is lost."""
        self._wants = True
        self._agenda.after(self._broker.chance.uniform(*DELAY), self._connect)

    def loop_start(self) -> None:
        """Do nothing: there is no thread."""

    loop_stop = loop_start

    def _connect(self) -> None:
        if not self._wants or self.is_connected:
            return
        if not self._broker.is_up:
            self._retry()
            return
        self._broker.clients.append(self)
        self.on_connect(self)

    def _retry(self) -> None:
        self._agenda.after(self._broker.chance.uniform(*RECONNECTS_AFTER), self._connect)

    def subscribe(self, topics: list[tuple[str, int]]) -> None:
        """Subscribe; retained messages come first."""
        self.topics = {topic for topic, _ in topics}
        self.on_subscribe(self)
        for topic in self.topics & self._broker.retained.keys():
            self.deliver(topic, self._broker.retained[topic], retained=True)

    def publish(self, topic: str, payload: Any = b"", *, retain: bool = False) -> None:
        """Publish a message, if connected."""
        if self.is_connected and topic not in self.mute:
            data = payload.encode() if isinstance(payload, str) else payload
            self._broker.publish(topic, data, retain=retain)

    def deliver(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Receive a message after its time on the line, behind those before it."""
        at = max(self._agenda.now + self._broker.chance.uniform(*DELAY), self._free_at)
        self._free_at = at
        message = SimpleNamespace(topic=topic, payload=payload, retain=retained)
        self._agenda.after(at - self._agenda.now, lambda: self._receive(message))

    def _receive(self, message: SimpleNamespace) -> None:
        if self.is_connected:
            self.on_message(self, None, message)

    def disconnect(self) -> None:
        """Disconnect cleanly: the will is dropped."""
        self._wants, self._will = False, None
        if self.is_connected:
            self._broker.clients.remove(self)

    def vanish(self) -> None:
        """Fall silent, as without power; the broker publishes the will some time after."""
        will, self._will, self._wants = self._will, None, False
        if self.is_connected:
            self._broker.clients.remove(self)
        if will is not None and will.topic not in self.mute:
            self._agenda.after(WILL_AFTER, lambda: self._publish_will(will))

    def _publish_will(self, will: Will) -> None:
        if not any(client._will == will for client in self._broker.clients):
            self._broker.publish(will.topic, will.payload, retain=True)

    def lost(self) -> None:
        """Lose the connection; try again."""
        self._broker.clients.remove(self)
        self.on_disconnect(self)
        self._retry()


def _nothing(*_: object) -> None:
    """Do nothing."""
