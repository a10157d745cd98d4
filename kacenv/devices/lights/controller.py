"""Light controller of a room: performs looks on its lamps over MQTT."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message
from kacenv.devices.lights.lamp import staff_words
from kacenv.devices.lights.lamp.estimate import LampState
from kacenv.devices.lights.lamp_group import LampGroup
from kacenv.devices.lights.mqtt_client import MqttCallbacks, MqttClient, Subscriptions
from kacenv.model.commands import LightCommand
from kacenv.model.look import Setting
from kacenv.model.room import Broker, Room
from kacenv.system.clock import Clock

LONGEST_WAIT = 0.05
"""Longest wait (real s) during a fade: a simulated clock may jump."""
IDLE_WAIT = 1.0
"""Longest wait (real s) without a fade, between checks of paho's thread."""
REPORT_GAP = 0.02
"""Least gap (real s) between batches of reports, which limits the load of a flood."""
REPORTS_KEPT = 8
"""Reports kept of one topic in a batch: a device with several lamps reports them all on one."""
_log = logging.getLogger(__name__)


class LightController:
    """Performs looks on a room's lamps; `LampGroup` decides the messages.

    Never blocks on the broker: of the looks requested during an outage, the newest is shown by a
    short fade after it. `tell` receives staff messages, on the controller's or paho's thread.
    Without lamps, all methods do nothing. Only the room's main controller should `announce` its
    status; see `MqttClient`.

    Raises:
        DeviceError: The broker's password or certificate can't be used.
    """

    def __init__(
        self, room: Room, clock: Clock, tell: Callable[[str], None], *, announce: bool = True
    ) -> None:
        self._clock = clock
        self._tell = tell
        broker = room.broker or Broker(host="127.0.0.1")
        self._group = LampGroup(room, broker.messages_per_second)
        self._wake = threading.Condition()
        self._reports: dict[str, deque[bytes]] = {}
        self._reports_from = 0.0
        self._connection_changes: deque[bool] = deque()
        self._closing = False
        self._client = self._make_client(room, announce)
        self._thread = threading.Thread(target=self._run, name="kacenv-lights", daemon=True)

    def _make_client(self, room: Room, announce: bool) -> MqttClient | None:
        if room.broker is None or not room.lights:
            return None
        callbacks = MqttCallbacks(self._on_connection_change, self._on_report, self._tell)
        topics = Subscriptions(self._group.report_topics, self._group.event_topics)
        return MqttClient(room.broker, room.name, topics, callbacks, announce=announce)

    @property
    def connected(self) -> bool:
        """Tell if the broker is connected."""
        return self._client is not None and self._client.connected

    @property
    def trouble(self) -> str | None:
        """Return why the lamps can't be led, for people to read; None if nothing is known of it."""
        return self._client.trouble if self._client is not None else None

    def rights_hint(self, lamp: str) -> str | None:
        """Return which rights at the broker kacenv may lack for a lamp; None if none shows."""
        if self._client is None:
            return None
        refused = self._client.unreadable.intersection(self._group.topics_of(lamp))
        if refused:
            return f"The broker doesn't let kacenv's user read {', '.join(sorted(refused))}."
        sent = self._group.command_topics(lamp)
        lost = sorted(topic for topic in sent if self._client.is_unproven(topic))
        return _dropped(lost) if lost else None

    def start(self) -> None:
        """Connect, and start the thread."""
        if self._client is not None:
            self._client.start()
            self._thread.start()

    def perform(self, command: LightCommand) -> None:
        """Queue a look or a resume command; never blocks on the broker."""
        if self._client is None:
            return
        with self._wake:
            self._group.perform(command)
            self._wake.notify()

    def fade_lamp(
        self, lamp: str, setting: Setting, duration: Seconds, *, origin: Setting | None = None
    ) -> None:
        """Fade one lamp alone, without the dim-light limit; never blocks on the broker.

        The fade begins at `origin` if nobody knows what the lamp shows.
        """
        with self._wake:
            self._group.fade_lamp(lamp, setting, self._clock.now(), duration, origin)
            self._wake.notify()

    def states(self) -> Mapping[str, LampState]:
        """Return every lamp's state by its id."""
        with self._wake:
            return self._group.states(self._clock.now())

    @property
    def write_only_lamps(self) -> frozenset[str]:
        """Return the ids of the lamps that can't report their level."""
        return frozenset(one.fixture.id for one in self._group.lamps if not one.reports_state)

    def close(self) -> None:
        """Stop the thread and disconnect; the lamps stay as they are."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()
        if self._client is not None:
            self._client.close()

    def _on_connection_change(self, up: bool) -> None:
        with self._wake:
            self._connection_changes.append(up)
            self._wake.notify()

    def _on_report(self, topic: str, payload: bytes) -> None:
        """Queue a report; keep only each topic's newest, so that a flood can't pile up."""
        with self._wake:
            if not self._reports:
                self._wake.notify()
            self._reports.setdefault(topic, deque(maxlen=REPORTS_KEPT)).append(payload)

    def _run(self) -> None:
        while not self._closing:
            try:
                self._step()
            except Exception:  # noqa: BLE001 - the thread must survive any error
                _log.exception("The lamps could not be led for a moment")
                with self._wake:
                    self._wake.wait(IDLE_WAIT)

    def _step(self) -> None:
        """Run one iteration; publish outside the lock, which paho's thread may want."""
        with self._wake:
            self._wake.wait(self._next_wait())
            messages = self._due_messages(self._clock.now())
            staff_messages = self._group.staff_messages()
        if self._client is not None:
            self._client.watch()
            for message in messages:
                self._client.publish(message.topic, message.payload)
        for lamp, text in staff_messages:
            self._tell(self._with_rights(lamp, text))

    def _next_wait(self) -> float:
        """Return the wait (real s) until the next iteration."""
        if self._closing or self._connection_changes:
            return 0.0
        waits = [IDLE_WAIT]
        if self._reports:
            waits.append(max(0.0, self._reports_from - time.monotonic()))
        now = self._clock.now()
        due = self._group.next_due(now)
        if due is not None:
            rate = self._clock.rate
            until = max(0.0, due - now) / rate if rate else LONGEST_WAIT
            waits.append(min(until, LONGEST_WAIT))
        return min(waits)

    def _due_messages(self, now: Seconds) -> list[Message]:
        while self._connection_changes:
            self._group.connection_changed(self._connection_changes.popleft(), now)
        self._handle_reports(now)
        return self._group.due_messages(now)

    def _with_rights(self, lamp: str, text: str) -> str:
        """Add to a lamp's trouble that the broker may have dropped its commands."""
        told = any(words in text for words in staff_words.UNHEARD)
        hint = self.rights_hint(lamp) if told else None
        return f"{text} {hint}" if hint else text

    def _handle_reports(self, now: Seconds) -> None:
        if not self._reports or time.monotonic() < self._reports_from:
            return
        self._reports_from = time.monotonic() + REPORT_GAP
        reports, self._reports = self._reports, {}
        for topic, payloads in reports.items():
            self._group.handle_reports(topic, payloads, now)


def _dropped(topics: Sequence[str]) -> str:
    return (
        f"If it has power, look at the broker: nothing that kacenv sends to {', '.join(topics)} "
        "comes back, so its user may lack the right to write there (or to read it)."
    )
