"""Echo of commands: whether the broker lets kacenv's commands through, seen by reading along.

A broker drops what a user has no right to publish, and says nothing of it in MQTT 3.1.1
(OASIS MQTT 3.1.1, 3.3.5; eclipse/mosquitto#547).
"""

import threading
from collections import deque

_KEPT = 8
"""Newest payloads of a topic by which an echo is known."""


class CommandEcho:
    """Topics of commands, each subscribed to until the first command has come back.

    Some brokers end the connection of one who subscribes without the right; after that, nothing is
    read along any more, and all commands count as let through. Safe for several threads.
    """

    def __init__(self, reports: tuple[str, ...]) -> None:
        self._reports = frozenset(reports)
        self._lock = threading.Lock()
        self._is_used = True
        self._sent: dict[str, deque[bytes]] = {}
        self._proven: set[str] = set()
        self._unanswered: set[int] = set()

    def connected(self) -> None:
        """Begin anew: rights may have changed."""
        with self._lock:
            self._sent, self._proven, self._unanswered = {}, set(), set()

    def lost(self) -> None:
        """Give up if a subscription wasn't answered before the connection was lost."""
        with self._lock:
            self._is_used = self._is_used and not self._unanswered

    def must_subscribe(self, topic: str, payload: bytes) -> bool:
        """Note a command that will be sent; tell if its topic must be subscribed to before."""
        with self._lock:
            if not self._is_used or topic in self._proven:
                return False
            is_new = topic not in self._sent
            self._sent.setdefault(topic, deque(maxlen=_KEPT)).append(payload)
            return is_new and topic not in self._reports

    def subscribed(self, number: int | None) -> None:
        """Note the number of a subscription."""
        if number is not None:
            with self._lock:
                self._unanswered.add(number)

    def answered(self, number: int) -> None:
        """Note that the broker has answered a subscription, in whatever way."""
        with self._lock:
            self._unanswered.discard(number)

    def must_unsubscribe(self, topic: str, payload: bytes) -> bool:
        """Note a message; tell if it is the first echo on a topic that isn't read otherwise."""
        with self._lock:
            if topic in self._proven or payload not in self._sent.get(topic, ()):
                return False
            self._proven.add(topic)
            return topic not in self._reports

    def is_command(self, topic: str) -> bool:
        """Tell if a topic is read along for its echo alone."""
        return topic in self._sent and topic not in self._reports

    def is_unproven(self, topic: str) -> bool:
        """Tell if what was sent to a topic hasn't come back."""
        return self._is_used and topic in self._sent and topic not in self._proven
