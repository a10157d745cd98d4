"""Probe of the light broker: connection and round-trip time."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.lights.certificates import examine
from kacenv.devices.lights.mqtt_client import MEANWHILE, MqttCallbacks, MqttClient, Subscriptions
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress
from kacenv.model.room import Broker, Room

WITHIN = Seconds(5.0)
"""Time limit of the connection."""
TIMES = 9
SLOW, TOO_SLOW = Seconds(0.25), Seconds(1.0)
"""Round-trip times at which fades become visibly stepped, and at which control fails."""
_ANSWER_WITHIN = Seconds(2.0)
_MOST_LOST = 2


class BrokerEcho:
    """MQTT client that sends messages to itself, none of them retained."""

    def __init__(self, room: str, broker: Broker) -> None:
        self.news = threading.Event()
        self.told: list[str] = []
        self._topic = f"kacenv/{room}/preflight/{uuid4().hex[:8]}"
        self._came, self._payload = threading.Event(), b""
        callbacks = MqttCallbacks(lambda _up: self.news.set(), self._hear, self._tell)
        self._client = MqttClient(
            broker, room, Subscriptions((self._topic,)), callbacks, announce=False
        )

    def reach(self) -> bool:
        """Connect, and return True if that succeeds in time."""
        self._client.start()
        self.news.wait(WITHIN)
        return self._client.connected

    def round_trip(self) -> Seconds | None:
        """Return the round-trip time of one message; None if it is lost."""
        self._came.clear()
        self._payload = uuid4().bytes
        begun = time.monotonic()
        self._client.publish(self._topic, self._payload)
        return Seconds(time.monotonic() - begun) if self._came.wait(_ANSWER_WITHIN) else None

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def _hear(self, _topic: str, payload: bytes) -> None:
        if payload == self._payload:
            self._came.set()

    def _tell(self, text: str) -> None:
        self.told.append(text)
        self.news.set()


def broker(room: Room) -> Iterator[ProbeMessage]:
    """Yield one finding: the median round-trip time, or the fault."""
    if room.broker is None:
        return
    where = f"{room.broker.host}:{room.broker.port}"
    yield Progress(f"asking {where}")
    try:
        echo = BrokerEcho(room.name, room.broker)
    except DeviceError as error:
        yield Finding("broker", f"{where} can't be asked", Severity.WRONG, str(error))
        return
    with closing(echo):
        if not echo.reach():
            yield _away(where, echo.told)
            return
        yield judged(where, _trips(echo))
    yield from certificates(room.broker)


def certificates(broker: Broker, what: str = "broker's certificate") -> Iterator[Finding]:
    """Yield what is wrong with the certificates of a broker that answers, and what soon will be."""
    fault, warnings = examine(broker)
    if fault is not None:
        yield Finding(what, "not right", Severity.WRONG, fault)
    for warning in warnings:
        found, _, todo = warning.partition("; ")
        yield Finding(what, found, Severity.NOTE, todo.capitalize())


def _trips(echo: BrokerEcho) -> list[Seconds | None]:
    trips: list[Seconds | None] = []
    while len(trips) < TIMES and trips.count(None) < _MOST_LOST:
        trips.append(echo.round_trip())
    return trips


def _away(where: str, told: list[str]) -> Finding:
    todo = "Is it switched on, and on this network? Is the address in the room file right?"
    if any("refused" in text for text in told):
        todo = "It refused kacenv: is the broker's user and password in the room file right?"
    elif told and "can't be reached" not in told[0]:
        todo = told[0].removesuffix(MEANWHILE)
    return Finding("broker", f"{where} doesn't answer", Severity.WRONG, todo)


def judged(where: str, trips: list[Seconds | None]) -> Finding:
    """Return the finding on round trips to a broker at `where`; None is a lost message."""
    came = [trip for trip in trips if trip is not None]
    if not came:
        todo = "Let kacenv's user read and write kacenv/# on the broker to have it measured."
        return Finding("broker", f"{where} answers; time not measured", Severity.NOTE, todo)
    median = statistics.median(came)
    found = f"{where} answers; a message takes {1000 * median:.1f} ms, at most "
    found += f"{1000 * max(came):.1f} ms of {len(came)}"
    if median < SLOW and len(came) == len(trips):
        return Finding("broker", found)
    todo = "The network is slow or loses messages. By cable, or nearer to the access point?"
    return Finding("broker", found, Severity.WRONG if median >= TOO_SLOW else Severity.NOTE, todo)
