"""All lamps of a room, led together: what is due for them, without threads and I/O."""

from collections import deque
from collections.abc import Iterable, Mapping

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message
from kacenv.devices.lights.fades.limits import LightLimits
from kacenv.devices.lights.lamp.estimate import LampState
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.devices.lights.scheduler import LampScheduler, TokenBucket
from kacenv.model.commands import LightCommand, ResumeLights, ShowLook
from kacenv.model.look import Setting
from kacenv.model.room import Room

IDLE_GAP = Seconds(0.02)
"""Least time (s) to the next update of a lamp that had nothing to say when it was due: no state of
a lamp may hold up the others."""


class LampGroup:
    """Leads a room's lamps within the broker's rate of messages; no clock, no threads, no I/O."""

    def __init__(self, room: Room, messages_per_second: float) -> None:
        self._lamps = {
            fixture.id: Lamp(fixture, LightLimits.of(room, fixture)) for fixture in room.lights
        }
        self._by_topic: dict[str, list[Lamp]] = {}
        for lamp in self._lamps.values():
            for topic in lamp.subscriptions:
                self._by_topic.setdefault(topic, []).append(lamp)
        self._scheduler = LampScheduler(TokenBucket(messages_per_second))
        self._commands: deque[LightCommand] = deque()
        self._command_topics: dict[str, set[str]] = {name: set() for name in self._lamps}
        self._staff_messages: list[tuple[str, str]] = []

    @property
    def lamps(self) -> Iterable[Lamp]:
        """Return the lamps."""
        return self._lamps.values()

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the topics of all lamps' reports and availability."""
        return tuple(dict.fromkeys(topic for one in self.lamps for topic in one.report_topics))

    @property
    def event_topics(self) -> tuple[str, ...]:
        """Return the topics of events alone, without which every lamp can be led."""
        return tuple(topic for topic in self._by_topic if topic not in self.report_topics)

    def topics_of(self, name: str) -> tuple[str, ...]:
        """Return the topics of one lamp's reports."""
        return self._lamps[name].report_topics

    def command_topics(self, name: str) -> frozenset[str]:
        """Return the topics to which a lamp's messages have gone."""
        return frozenset(self._command_topics[name])

    def perform(self, command: LightCommand) -> None:
        """Queue a look or a resume command until its time."""
        self._commands.append(command)

    def fade_lamp(
        self, name: str, setting: Setting, now: Seconds, duration: Seconds, origin: Setting | None
    ) -> None:
        """Fade one lamp alone, without the dim-light limit; from `origin` if nobody knows it."""
        lamp = self._lamps[name]
        if origin is not None:
            lamp.assume(origin)
        lamp.set_target(setting, now, duration, cool=True)
        self._reschedule(lamp, now)

    def states(self, now: Seconds) -> Mapping[str, LampState]:
        """Return every lamp's state by its id."""
        return {name: lamp.state(now) for name, lamp in self._lamps.items()}

    def connection_changed(self, up: bool, now: Seconds) -> None:
        """Note that the broker is connected, or gone."""
        for lamp in self._lamps.values():
            if up:
                lamp.broker_back(now)
            else:
                lamp.broker_gone()
            self._reschedule(lamp, now)

    def handle_reports(self, topic: str, payloads: Iterable[bytes], now: Seconds) -> None:
        """Handle messages of a lamp's topic."""
        for lamp in self._by_topic.get(topic, ()):
            heard = [lamp.handle_report(topic, payload, now) for payload in payloads]
            if any(heard):
                self._reschedule(lamp, now)

    def next_due(self, now: Seconds) -> Seconds | None:
        """Return the time of the next command or message; None if nothing is to be done."""
        times = [command.at for command in self._commands]
        due = self._scheduler.next_due(now)
        return min([*times, due] if due is not None else times, default=None)

    def next_message_due(self, now: Seconds) -> Seconds | None:
        """Return the time of the next message; None if none is planned."""
        return self._scheduler.next_due(now)

    def due_messages(self, now: Seconds) -> list[Message]:
        """Start the commands that are due, and return the messages to send now."""
        self._begin_due_commands(now)
        messages: list[Message] = []
        for name in self._scheduler.due(now):
            lamp = self._lamps[name]
            sent = lamp.messages(now)
            messages += sent
            for one in sent:
                self._command_topics[name].add(one.topic)
            self._scheduler.messages_sent(len(sent), now)
            self._reschedule(lamp, now, least=now if sent else Seconds(now + IDLE_GAP))
        return messages

    def staff_messages(self) -> list[tuple[str, str]]:
        """Return the pending staff messages with the lamp that each is about, each once."""
        messages, self._staff_messages = self._staff_messages, []
        return messages

    def _reschedule(self, lamp: Lamp, now: Seconds, least: Seconds = Seconds(0.0)) -> None:
        """Schedule a lamp's next update, at `least` or later, and collect its staff messages."""
        due = lamp.due()
        at = Seconds(max(due, least)) if due is not None else None
        level = lamp.level_at(now)
        self._scheduler.schedule(lamp.fixture.id, at, level=level, urgent=lamp.urgent)
        name = lamp.fixture.id
        self._staff_messages += [(name, text) for text in lamp.staff_messages()]

    def _begin_due_commands(self, now: Seconds) -> None:
        """Start the commands that are due; a late one gets what is left of its duration."""
        due = [command for command in self._commands if command.at <= now]
        self._commands = deque(command for command in self._commands if command.at > now)
        for command in due:
            left = Seconds(max(0.0, command.at + command.duration - now))
            for lamp in self._lamps.values():
                _apply(command, lamp, now, left)
                self._reschedule(lamp, now)


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
