"""The rig: a room's lamps, led from look to look over MQTT."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping

from kacenv.clock import Clock
from kacenv.commands import ShowLook
from kacenv.errors import DeviceError
from kacenv.lights.client import Client, Ears
from kacenv.lights.dialects import Message
from kacenv.lights.lamp import Lamp, LampState
from kacenv.room import Room
from kacenv.units import Seconds

LONGEST_WAIT = 0.05
"""Real seconds between looks while something fades: a simulated clock may jump."""
IDLE_WAIT = 1.0
"""Real seconds between looks at paho's thread while nothing fades."""
_log = logging.getLogger(__name__)


class Rig:
    """Performs looks on a room's lamps; see `Lamp` for what a lamp is told when.

    Nothing here waits for the broker: looks asked for while it is away are shown, by a short
    fade, when it is back, the newest alone. `tell` hears what staff should know, from a thread
    of the rig. A room without lamps has a rig that does nothing.

    Raises:
        DeviceError: A lamp's topic, or the broker's password or certificate, can't be used.
    """

    def __init__(self, room: Room, clock: Clock, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._lamps = {fixture.id: Lamp(fixture) for fixture in room.lights}
        for lamp in self._lamps.values():
            _check_topics(lamp)
        self._by_topic: dict[str, list[Lamp]] = {}
        for lamp in self._lamps.values():
            for topic in lamp.subscriptions:
                self._by_topic.setdefault(topic, []).append(lamp)
        self._wake = threading.Condition()
        self._looks: deque[ShowLook] = deque()
        self._reports: dict[str, bytes] = {}
        self._links: deque[bool] = deque()
        self._closing = False
        self._client = self._made_client(room, tell)
        self._thread = threading.Thread(target=self._run, name="kacenv-lights", daemon=True)

    def _made_client(self, room: Room, tell: Callable[[str], None]) -> Client | None:
        if room.broker is None or not self._lamps:
            return None
        ears = Ears(self._on_link, self._on_report, tell)
        return Client(room.broker, room.name, tuple(self._by_topic), ears)

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self._client is not None and self._client.connected

    def start(self) -> None:
        """Connect, and begin to perform."""
        if self._client is not None:
            self._client.start()
            self._thread.start()

    def perform(self, command: ShowLook) -> None:
        """Show a look; returns at once."""
        if self._client is None:
            return
        with self._wake:
            self._looks.append(command)
            self._wake.notify()

    def shown(self) -> Mapping[str, LampState]:
        """Every lamp's state by its id: believed now, reported, and whether it answers."""
        with self._wake:
            now = self._clock.now()
            return {name: lamp.state(now) for name, lamp in self._lamps.items()}

    def close(self) -> None:
        """Let go of the lamps as they are."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()
        if self._client is not None:
            self._client.close()

    def _on_link(self, up: bool) -> None:
        with self._wake:
            self._links.append(up)
            self._wake.notify()

    def _on_report(self, topic: str, payload: bytes) -> None:
        """Only the newest report of each topic is kept, so that a flood can't pile up."""
        with self._wake:
            self._reports[topic] = payload
            self._wake.notify()

    def _run(self) -> None:
        while not self._closing:
            try:
                self._turn()
            except Exception:  # noqa: BLE001 - the lamps must be led on, whatever it was
                _log.exception("The lamps could not be led for a moment")
                with self._wake:
                    self._wake.wait(IDLE_WAIT)

    def _turn(self) -> None:
        """One look at everything; publishes outside the lock, which paho's thread may want."""
        with self._wake:
            self._wake.wait(self._pause())
            messages = self._due_messages(self._clock.now())
        if self._client is not None:
            self._client.watch()
            for message in messages:
                self._client.publish(message.topic, message.payload)

    def _pause(self) -> float:
        if self._closing or self._links or self._reports:
            return 0.0
        now = self._clock.now()
        times = [due for lamp in self._lamps.values() if (due := lamp.due()) is not None]
        times += [command.at for command in self._looks]
        if not times:
            return IDLE_WAIT
        rate = self._clock.rate
        return min(max(0.0, min(times) - now) / rate, LONGEST_WAIT) if rate else LONGEST_WAIT

    def _due_messages(self, now: Seconds) -> list[Message]:
        self._take_links(now)
        self._take_reports(now)
        self._take_looks(now)
        return [message for lamp in self._lamps.values() for message in lamp.messages(now)]

    def _take_links(self, now: Seconds) -> None:
        while self._links:
            up = self._links.popleft()
            for lamp in self._lamps.values():
                if up:
                    lamp.broker_back(now)
                else:
                    lamp.broker_gone(now)

    def _take_reports(self, now: Seconds) -> None:
        reports, self._reports = self._reports, {}
        for topic, payload in reports.items():
            for lamp in self._by_topic.get(topic, ()):
                lamp.hear(topic, payload, now)

    def _take_looks(self, now: Seconds) -> None:
        """Begin the looks whose time has come; one that came late is given less time."""
        due = [command for command in self._looks if command.at <= now]
        self._looks = deque(command for command in self._looks if command.at > now)
        for command in due:
            left = Seconds(max(0.0, command.at + command.duration - now))
            for lamp in self._lamps.values():
                setting = command.look.get(lamp.fixture.zone)
                if setting is not None:
                    lamp.ask(setting, now, left, urgent=command.urgent)


def _check_topics(lamp: Lamp) -> None:
    for topic in (lamp.fixture.topic, *lamp.subscriptions):
        if any(sign in topic for sign in "+#\0") or len(topic.encode()) > 65000:
            raise DeviceError(
                f"Lamp {lamp.fixture.id} can't be reached at the topic {topic[:60]!r}; "
                "write it without + and #, for example: topic: zigbee2mqtt/seat-left"
            )
