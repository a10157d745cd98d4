"""Light controller of a room: performs looks on its lamps over MQTT."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message
from kacenv.devices.lights.fades.limits import LightLimits
from kacenv.devices.lights.lamp.estimate import LampState
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.devices.lights.mqtt_client import MqttCallbacks, MqttClient
from kacenv.devices.lights.scheduler import LampScheduler, TokenBucket
from kacenv.model.commands import LightCommand, ResumeLights, ShowLook
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
    """Performs looks on a room's lamps; `Lamp` decides the messages.

    Never blocks on the broker: of the looks requested during an outage, the newest is shown by a
    short fade after it. `tell` receives staff messages, on the controller's or paho's thread.
    Without lamps, all methods do nothing. Only the room's main controller should `announce` its
    status; see `MqttClient`.

    Raises:
        DeviceError: A lamp's topic, or the broker's password or certificate, can't be used.
    """

    def __init__(
        self, room: Room, clock: Clock, tell: Callable[[str], None], *, announce: bool = True
    ) -> None:
        self._clock = clock
        self._tell = tell
        self._lamps = {
            fixture.id: Lamp(fixture, LightLimits.of(room, fixture)) for fixture in room.lights
        }
        for lamp in self._lamps.values():
            _check_topics(lamp)
        self._by_topic: dict[str, list[Lamp]] = {}
        for lamp in self._lamps.values():
            for topic in lamp.subscriptions:
                self._by_topic.setdefault(topic, []).append(lamp)
        broker = room.broker or Broker(host="127.0.0.1")
        self._scheduler = LampScheduler(TokenBucket(broker.messages_per_second))
        self._wake = threading.Condition()
        self._commands: deque[LightCommand] = deque()
        self._reports: dict[str, deque[bytes]] = {}
        self._reports_from = 0.0
        self._command_topics: dict[str, set[str]] = {}
        self._connection_changes: deque[bool] = deque()
        self._staff_messages: list[str] = []
        self._closing = False
        self._client = self._make_client(room, announce)
        self._thread = threading.Thread(target=self._run, name="kacenv-lights", daemon=True)

    def _make_client(self, room: Room, announce: bool) -> MqttClient | None:
        if room.broker is None or not self._lamps:
            return None
        callbacks = MqttCallbacks(self._on_connection_change, self._on_report, self._tell)
        topics = tuple(self._by_topic)
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
        refused = self._client.unreadable.intersection(self._lamps[lamp].subscriptions)
        if refused:
            return f"The broker doesn't let kacenv's user read {', '.join(sorted(refused))}."
        sent = self._command_topics.get(lamp, set())
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
            self._commands.append(command)
            self._wake.notify()

    def fade_lamp(
        self, lamp: str, setting: Setting, duration: Seconds, *, origin: Setting | None = None
    ) -> None:
        """Fade one lamp alone, without the dim-light limit; never blocks on the broker.

        The fade begins at `origin` if nobody knows what the lamp shows.
        """
        with self._wake:
            if origin is not None:
                self._lamps[lamp].assume(origin)
            self._lamps[lamp].set_target(setting, self._clock.now(), duration, cool=True)
            self._reschedule(self._lamps[lamp])
            self._wake.notify()

    def states(self) -> Mapping[str, LampState]:
        """Return every lamp's state by its id."""
        with self._wake:
            now = self._clock.now()
            return {name: lamp.state(now) for name, lamp in self._lamps.items()}

    @property
    def write_only_lamps(self) -> frozenset[str]:
        """Return the ids of the lamps that can't report their level."""
        return frozenset(name for name, lamp in self._lamps.items() if not lamp.reports_state)

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
            staff_messages, self._staff_messages = self._staff_messages, []
        if self._client is not None:
            self._client.watch()
            for message in messages:
                self._client.publish(message.topic, message.payload)
        for text in staff_messages:
            self._tell(text)

    def _next_wait(self) -> float:
        """Return the wait (real s) until the next iteration."""
        if self._closing or self._connection_changes:
            return 0.0
        waits = [IDLE_WAIT]
        if self._reports:
            waits.append(max(0.0, self._reports_from - time.monotonic()))
        now = self._clock.now()
        times = [command.at for command in self._commands]
        due = self._scheduler.next_due(now)
        times += [due] if due is not None else []
        if times:
            rate = self._clock.rate
            until = max(0.0, min(times) - now) / rate if rate else LONGEST_WAIT
            waits.append(min(until, LONGEST_WAIT))
        return min(waits)

    def _due_messages(self, now: Seconds) -> list[Message]:
        self._handle_connection_changes(now)
        self._handle_reports(now)
        self._begin_due_commands(now)
        messages: list[Message] = []
        for name in self._scheduler.due(now):
            lamp = self._lamps[name]
            sent = lamp.messages(now)
            messages += sent
            self._command_topics.setdefault(name, set()).update(one.topic for one in sent)
            self._scheduler.messages_sent(len(sent), now)
            self._reschedule(lamp)
        return messages

    def _reschedule(self, lamp: Lamp) -> None:
        """Schedule a lamp's next update, and collect its staff messages."""
        level = lamp.level_at(self._clock.now())
        self._scheduler.schedule(lamp.fixture.id, lamp.due(), level=level, urgent=lamp.urgent)
        self._staff_messages += [self._with_rights(lamp, text) for text in lamp.staff_messages()]

    def _with_rights(self, lamp: Lamp, text: str) -> str:
        """Add to a lamp's trouble that the broker may have dropped its commands."""
        hint = self.rights_hint(lamp.fixture.id) if "doesn't follow" in text else None
        return f"{text} {hint}" if hint else text

    def _handle_connection_changes(self, now: Seconds) -> None:
        while self._connection_changes:
            up = self._connection_changes.popleft()
            for lamp in self._lamps.values():
                if up:
                    lamp.broker_back(now)
                else:
                    lamp.broker_gone()
                self._reschedule(lamp)

    def _handle_reports(self, now: Seconds) -> None:
        if not self._reports or time.monotonic() < self._reports_from:
            return
        self._reports_from = time.monotonic() + REPORT_GAP
        reports, self._reports = self._reports, {}
        for topic, payloads in reports.items():
            for lamp in self._by_topic.get(topic, ()):
                for payload in payloads:
                    lamp.handle_report(topic, payload, now)
                self._reschedule(lamp)

    def _begin_due_commands(self, now: Seconds) -> None:
        """Start the commands that are due; a late one gets what is left of its duration."""
        due = [command for command in self._commands if command.at <= now]
        self._commands = deque(command for command in self._commands if command.at > now)
        for command in due:
            left = Seconds(max(0.0, command.at + command.duration - now))
            for lamp in self._lamps.values():
                _apply(command, lamp, now, left)
                self._reschedule(lamp)


def _dropped(topics: Sequence[str]) -> str:
    return (
        f"If it has power, look at the broker: nothing that kacenv sends to {', '.join(topics)} "
        "comes back, so its user may lack the right to write there (or to read it)."
    )


def _apply(command: LightCommand, lamp: Lamp, now: Seconds, duration: Seconds) -> None:
    match command:
        case ShowLook(look=look, urgent=urgent, cool=cool, origin=origin, step=step):
            setting, before = look.get(lamp.fixture.zone), origin.get(lamp.fixture.zone)
            if before is not None:
                lamp.assume(before)
            if setting is not None:
                setting = lamp.stepped(setting, now, step)
                lamp.set_target(setting, now, duration, urgent=urgent, cool=cool)
        case ResumeLights():
            lamp.resume(now, duration)


def _check_topics(lamp: Lamp) -> None:
    for topic in (lamp.fixture.topic, *lamp.subscriptions):
        if any(sign in topic for sign in "+#\0") or len(topic.encode()) > 65000:
            raise DeviceError(
                f"Lamp {lamp.fixture.id} can't be reached at the topic {topic[:60]!r}; "
                "write it without + and #, for example: topic: zigbee2mqtt/seat-left"
            )
