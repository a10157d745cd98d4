"""MQTT connection to the clinic's light broker, with reconnects and staff messages."""

import logging
import platform
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import uniform
from typing import Any, NamedTuple
from uuid import uuid4

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from kacenv.core.units import Seconds
from kacenv.devices.lights.certificates import CertificateWatch, connection_fault
from kacenv.devices.lights.command_echo import CommandEcho
from kacenv.devices.lights.dialects.payloads import LONGEST_PAYLOAD, OFFLINE
from kacenv.devices.lights.leadership import Leadership
from kacenv.devices.lights.mqtt_auth import authenticate, renew_password
from kacenv.model.room import Broker
from kacenv.system.machine_identity import machine_identity
from kacenv.system.timestamps import current_timestamp

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


MEANWHILE = "; music goes on, the lamps stay as they are"
"""What staff are told beside each trouble of the connection."""
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


class Subscriptions(NamedTuple):
    """Topics to read: staff are told if one that is needed may not be read."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()


class MqttClient:
    """MQTT connection of one room: reconnects by itself, queues nothing while disconnected.

    With `announce`, it is the room's main connection: its client id is the same after each start,
    it leaves the lamps to another daemon of the room's name that was first (`Leadership`), and the
    retained topic `kacenv/<room>/status` is `online` while it leads, `offline` after (last will).

    Raises:
        DeviceError: The broker's password or a file for TLS can't be used.
    """

    def __init__(
        self,
        broker: Broker,
        room: str,
        topics: Subscriptions,
        callbacks: MqttCallbacks,
        *,
        announce: bool = True,
    ) -> None:
        self._broker = broker
        self._topics, self._optional = (*topics.needed, *topics.optional), topics.optional
        self._callbacks = callbacks
        self._lock = threading.RLock()
        self._connected = threading.Event()
        self._troubles: dict[object, str] = {}
        self._unreadable: frozenset[str] = frozenset()
        self._closing = False
        self._watched_at = 0.0
        self._retry = ReconnectBackoff()
        self._is_refused = self._is_greeted = False
        self._subscription: int | None = None
        self._echo = CommandEcho(self._topics)
        name = f"kacenv-{room}-{machine_identity() if announce else uuid4().hex[:6]}"
        self._leadership = Leadership(room, name, platform.node(), _wall) if announce else None
        self._dates = CertificateWatch(broker, self._tell_of_dates) if announce else None
        self._paho = self._prepared(name)

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

    @property
    def trouble(self) -> str | None:
        """Return why the lamps can't be led, for people to read; None if nothing is known of it."""
        newest = next(reversed(self._troubles.values()), None)
        return newest or (self._leadership.trouble if self._leadership else None)

    @property
    def unreadable(self) -> frozenset[str]:
        """Return the topics that the broker has refused to send."""
        return self._unreadable

    def is_unproven(self, topic: str) -> bool:
        """Tell if nothing shows that the broker has let a command on `topic` through."""
        return self._echo.is_unproven(topic)

    def _prepared(self, name: str) -> Paho:
        paho = Paho(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv311)
        authenticate(paho, self._broker)
        paho.connect_timeout = CONNECT_WITHIN
        if self._leadership is not None:
            paho.will_set(self._leadership.status_topic, OFFLINE, retain=True)
        paho.on_pre_connect = _guarded(self._on_pre_connect)
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
        """Restart paho's thread if it has died, and do what is due; at most once a second."""
        now = time.monotonic()
        if self._closing or now < self._watched_at + WATCH_EVERY:
            return
        self._watched_at = now
        # paho has no query for its thread, but starts none while one is alive.
        if self._paho.loop_start() is MQTTErrorCode.MQTT_ERR_SUCCESS:
            _log.error("The thread that talks to the light broker had died; started again")
            if not self.connected:
                self._lost(OSError("paho's thread had died"))
        if self._leadership is not None:
            with self._lock:
                self._leadership.tick(_now())
                self._follow(self._leadership)
        if self._dates is not None and self.connected:
            self._dates.look(_now())

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish with QoS 0, not retained; dropped while disconnected."""
        if not self.connected:
            return
        if self._echo.must_subscribe(topic, payload):
            self._echo.subscribed(self._paho.subscribe(topic)[1])
        self._paho.publish(topic, payload)

    def _follow(self, leadership: Leadership) -> None:
        """Publish what the leadership says, and lead the lamps or let go of them."""
        for message in leadership.publications():
            self._paho.publish(message.topic, message.payload, retain=message.retain)
        if leadership.leads and self._subscription is None and not self.connected:
            self._subscribe()
        elif not leadership.leads:
            self._let_go()
        for text in leadership.staff_messages():
            self._callbacks.tell(text)

    def _let_go(self) -> None:
        self._subscription = None
        if self.connected:
            self._connected.clear()
            self._callbacks.changed(False)

    def _subscribe(self) -> None:
        """Subscribe to the lamps' reports; the connection is up once that is answered."""
        if self._topics:
            self._subscription = self._paho.subscribe([(topic, 0) for topic in self._topics])[1]
        else:
            self._up()

    def _wait(self, span: Seconds) -> None:
        """Set paho's delay before the next attempt; by default paho doubles it each time."""
        self._paho.reconnect_delay_set(span, span)  # type: ignore[arg-type] # floats work

    def close(self) -> None:
        """Announce `offline`, disconnect, and stop paho's thread."""
        self._closing = True
        if self._leadership is not None:
            with self._lock:
                self._leadership.close()
                for message in self._leadership.publications():
                    self._paho.publish(message.topic, message.payload, retain=message.retain)
        self._paho.disconnect()
        self._paho.loop_stop()
        self._connected.clear()

    def _on_pre_connect(self, *_: object) -> None:
        self._is_greeted = False
        renew_password(self._paho, self._broker)

    def _on_connect(
        self, _paho: Paho, _data: object, _flags: object, reason: ReasonCode, *_: object
    ) -> None:
        self._is_greeted = True
        if reason.is_failure:
            self._is_refused = True
            self._wait(self._retry.refused())
            self._refused(str(reason))
            return
        self._is_refused = False
        self._retry.connected(_now())
        self._echo.connected()
        with self._lock:
            if self._leadership is None:
                self._subscribe()
                return
            self._paho.subscribe([(topic, 0) for topic in self._leadership.topics])
            self._leadership.connected(_now())
            self._follow(self._leadership)

    def _on_subscribe(
        self, _paho: Paho, _data: object, number: int, reasons: list[ReasonCode], *_: object
    ) -> None:
        self._echo.answered(number)
        with self._lock:
            if number != self._subscription:
                return
            self._subscription = None
            self._up()
        answers = zip(self._topics, reasons, strict=False)
        refused = frozenset(topic for topic, reason in answers if reason.is_failure)
        self._tell_of_rights(refused.difference(self._optional))

    def _tell_of_rights(self, unreadable: frozenset[str]) -> None:
        """Tell staff of refused subscriptions, once for the same ones."""
        if unreadable and unreadable != self._unreadable:
            named = ", ".join(sorted(unreadable))
            self._callbacks.tell(
                f"The light broker at {self._place} doesn't let kacenv read {named}; give its user "
                "the right to. Until then kacenv can't know what these lamps show"
            )
        self._unreadable = unreadable

    def _up(self) -> None:
        self._connected.set()
        self._callbacks.changed(True)
        if self._troubles:
            self._troubles.clear()
            self._callbacks.tell(f"The light broker at {self._place} is back")

    def _on_connect_fail(self, *_: object) -> None:
        self._wait(self._retry.failed(_now()))
        # paho calls this while it handles the error, and doesn't pass it on.
        self._lost(sys.exception())

    def _on_disconnect(
        self, _paho: Paho, _data: object, _flags: object, _reason: object, *_: object
    ) -> None:
        with self._lock:
            if self._leadership is not None:
                self._leadership.lost()
            self._let_go()
        self._echo.lost()
        if not self._closing and not self._is_refused:
            self._wait(self._retry.failed(_now()))
            self._lost(None)

    def _lost(self, error: BaseException | None) -> None:
        kind = _kind(error) if error is not None else self._is_greeted
        if kind in self._troubles:
            self._troubles[kind] = self._troubles.pop(kind)
            return
        fault = None
        if error is not None or not self._is_greeted:
            fault = connection_fault(self._broker, error)
        self._say_once(kind, fault or f"The light broker at {self._place} can't be reached")

    def _refused(self, reason: str) -> None:
        self._say_once(
            reason,
            f"The light broker at {self._place} refused kacenv ({reason}); check the broker's user "
            "and password in the room file",
        )

    def _say_once(self, kind: object, trouble: str) -> None:
        """Tell staff of each kind of trouble once, until the connection is back."""
        is_told = trouble in self._troubles.values()
        self._troubles[kind] = trouble
        if not is_told:
            self._callbacks.tell(f"{trouble}{MEANWHILE}")

    def _tell_of_dates(self, text: str) -> None:
        if not self._closing:
            self._callbacks.tell(text)

    def _on_message(self, _paho: Paho, _data: object, message: MQTTMessage) -> None:
        topic, payload = message.topic, bytes(message.payload)
        if len(payload) > LONGEST_PAYLOAD:
            return
        if not message.retain and self._echo.must_unsubscribe(topic, payload):
            self._paho.unsubscribe(topic)
        if self._leadership is not None and topic in self._leadership.topics:
            with self._lock:
                self._leadership.handle(topic, payload, _now(), kept=message.retain)
                self._follow(self._leadership)
        elif not self._echo.is_command(topic):
            self._callbacks.received(topic, payload)


def _wall() -> float:
    """Return Unix time, by which two machines agree who was first."""
    return current_timestamp().wall


def _kind(error: BaseException) -> object:
    """Return what errors of one cause have in common."""
    return type(error), getattr(error, "verify_code", None), getattr(error, "reason", None)


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
