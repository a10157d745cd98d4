"""MQTT connection to the clinic's light broker, with reconnects and staff messages."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import uniform
from typing import Any
from uuid import uuid4

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.payloads import LONGEST_PAYLOAD, OFFLINE, ONLINE
from kacenv.devices.lights.mqtt_auth import authenticate
from kacenv.model.room import Broker

FIRST = (0.1, 0.4)
"""Range (s) of the first delay."""
LATER = (0.5, 1.2)
"""Range (s) of all later delays: at most two attempts a second and room, about one on average."""
LASTED = Seconds(10.0)
"""Least duration (s) of a connection that resets the delays; a shorter one counts as a failure."""
REFUSED = (5.0, 10.0)
"""Range (s) of the delay after the broker has refused the connection."""


class ReconnectBackoff:
    """Randomized reconnect delays; `chance` draws from a range (s)."""

    def __init__(self, chance: Callable[[float, float], float] = uniform) -> None:
        self._chance = chance
        self._failed = False
        self._since: Seconds | None = None

    def connected(self, now: Seconds) -> None:
        """Note a connection at `now`, on any clock that the caller also uses for failures."""
        self._since = now

    def failed(self, now: Seconds) -> Seconds:
        """Note a lost connection or failed attempt; return the delay (s) before the next."""
        if self._since is not None and now - self._since >= LASTED:
            self._failed = False
        span = LATER if self._failed else FIRST
        self._failed, self._since = True, None
        return self._pick(span)

    def refused(self) -> Seconds:
        """Return the delay (s) after a refusal."""
        return self._pick(REFUSED)

    def _pick(self, span: tuple[float, float]) -> Seconds:
        return Seconds(self._chance(*span))


KEEPALIVE = 15
"""MQTT keep-alive interval (s), after which a silent broker counts as lost."""
CONNECT_WITHIN = 3.0
"""Timeout of a connection attempt (s), long enough for a slow broker."""
WATCH_EVERY = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MqttCallbacks:
    """Callbacks, invoked on paho's thread."""

    changed: Callable[[bool], None]
    """Connection state: True once subscribed, False when lost."""
    received: Callable[[str, bytes], None]
    """Topic and payload of a received message."""
    tell: Callable[[str], None]
    """Message for staff."""


class MqttClient:
    """MQTT connection of one room: reconnects by itself, queues nothing while disconnected.

    With `announce`, the retained topic `kacenv/<room>/status` is `online` while connected and
    `offline` after (last will); nothing else is retained.

    Raises:
        DeviceError: The broker's password or certificate authority can't be used.
    """

    def __init__(
        self,
        broker: Broker,
        room: str,
        topics: tuple[str, ...],
        callbacks: MqttCallbacks,
        *,
        announce: bool = True,
    ) -> None:
        self._broker = broker
        self._status_topic = f"kacenv/{room}/status" if announce else None
        self._topics = topics
        self._callbacks = callbacks
        self._connected = threading.Event()
        self._troubles: set[str] = set()
        self._closing = False
        self._watched_at = 0.0
        self._retry = ReconnectBackoff()
        self._is_refused = False
        self._paho = self._prepared(room)

    def __repr__(self) -> str:
        """Return the broker's address, without credentials."""
        return f"<Client {self._place}>"

    @property
    def _place(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"

    @property
    def connected(self) -> bool:
        """Tell if published messages reach the broker now."""
        return self._connected.is_set()

    def _prepared(self, room: str) -> Paho:
        name = f"kacenv-{room}-{uuid4().hex[:6]}"
        paho = Paho(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv311)
        authenticate(paho, self._broker)
        paho.connect_timeout = CONNECT_WITHIN
        if self._status_topic is not None:
            paho.will_set(self._status_topic, OFFLINE, retain=True)
        paho.on_connect = _guarded(self._on_connect)
        paho.on_connect_fail = _guarded(self._on_connect_fail)
        paho.on_subscribe = _guarded(self._on_subscribe)
        paho.on_disconnect = _guarded(self._on_disconnect)
        paho.on_message = _guarded(self._on_message)
        return paho

    def start(self) -> None:
        """Start to connect, and retry without limit."""
        self._wait(self._retry.failed(_now()))
        self._paho.connect_async(self._broker.host, self._broker.port, KEEPALIVE)
        self._paho.loop_start()

    def watch(self) -> None:
        """Restart paho's thread if it has died; checks at most once a second."""
        now = time.monotonic()
        if self._closing or now < self._watched_at + WATCH_EVERY:
            return
        self._watched_at = now
        # paho has no query for its thread, but starts none while one is alive.
        if self._paho.loop_start() is MQTTErrorCode.MQTT_ERR_SUCCESS:
            _log.error("The thread that talks to the light broker had died; started again")
            if not self.connected:
                self._lost()

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish with QoS 0, not retained; dropped while disconnected."""
        if self.connected:
            self._paho.publish(topic, payload)

    def _announce(self, status: str) -> None:
        if self._status_topic is not None:
            self._paho.publish(self._status_topic, status, retain=True)

    def _wait(self, span: Seconds) -> None:
        """Set paho's delay before the next attempt; by default paho doubles it each time."""
        self._paho.reconnect_delay_set(span, span)  # type: ignore[arg-type] # floats work

    def close(self) -> None:
        """Announce `offline`, disconnect, and stop paho's thread."""
        self._closing = True
        if self.connected:
            self._announce(OFFLINE)
        self._paho.disconnect()
        self._paho.loop_stop()
        self._connected.clear()

    def _on_connect(
        self, _paho: Paho, _data: object, _flags: object, reason: ReasonCode, *_: object
    ) -> None:
        if reason.is_failure:
            self._is_refused = True
            self._wait(self._retry.refused())
            self._refused(str(reason))
            return
        self._is_refused = False
        self._retry.connected(_now())
        self._announce(ONLINE)
        if self._topics:
            self._paho.subscribe([(topic, 0) for topic in self._topics])
        else:
            self._up()

    def _on_subscribe(self, *_: object) -> None:
        self._up()

    def _up(self) -> None:
        self._connected.set()
        self._callbacks.changed(True)
        if self._troubles:
            self._troubles.clear()
            self._callbacks.tell(f"The light broker at {self._place} is back")

    def _on_connect_fail(self, *_: object) -> None:
        self._wait(self._retry.failed(_now()))
        self._lost()

    def _on_disconnect(
        self, _paho: Paho, _data: object, _flags: object, _reason: object, *_: object
    ) -> None:
        was_up = self._connected.is_set()
        self._connected.clear()
        if was_up:
            self._callbacks.changed(False)
        if not self._closing and not self._is_refused:
            self._wait(self._retry.failed(_now()))
            self._lost()

    def _lost(self) -> None:
        trust = ", or its certificate isn't trusted" if self._broker.tls else ""
        self._say_once(
            f"The light broker at {self._place} can't be reached{trust}; "
            "music goes on, the lamps stay as they are"
        )

    def _refused(self, reason: str) -> None:
        self._say_once(
            f"The light broker at {self._place} refused kacenv ({reason}); check the broker's user "
            "and password in the room file; music goes on, the lamps stay as they are"
        )

    def _say_once(self, trouble: str) -> None:
        """Tell staff of each kind of trouble once, until the connection is back."""
        if trouble not in self._troubles:
            self._troubles.add(trouble)
            self._callbacks.tell(trouble)

    def _on_message(self, _paho: Paho, _data: object, message: MQTTMessage) -> None:
        if len(message.payload) <= LONGEST_PAYLOAD:
            self._callbacks.received(message.topic, bytes(message.payload))


def _now() -> Seconds:
    """Return real time (s): networks don't follow a simulated clock."""
    return Seconds(time.monotonic())


def _guarded(callback: Callable[..., None]) -> Callable[..., None]:
    """Wrap a callback so that it logs exceptions, which would end paho's thread."""

    def guarded(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception:  # noqa: BLE001 - the thread must survive any error
            _log.exception("A message from the light broker could not be dealt with")

    return guarded
