"""Codec of one lamp: what it is sent, and what it reports, as its dialect has them."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import ClassVar, NamedTuple

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.payloads import read
from kacenv.devices.lights.fades.fade_steps import STEP_GAP
from kacenv.devices.lights.fades.lightness import DimmingCurve, DimmingScale
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Fixture


class Message(NamedTuple):
    """MQTT message."""

    topic: str
    payload: bytes


class Reported(NamedTuple):
    """Fields of a lamp's report; None where absent."""

    level: Level | None = None
    kelvin: Kelvin | None = None
    available: bool | None = None
    color: Color | None = None
    effect: str | None = None
    """Effect that the lamp runs by itself; empty for none."""
    mixes: str | None = None
    """Colour mode, in the dialect's word, in which white and colour shine together."""


NO_REPORT = Reported()


class LampEvent(NamedTuple):
    """Event that a lamp, or its bridge, tells of apart from its light."""

    restarted: bool = False
    """True if the lamp has come back, as after a power cut."""
    neighbor_restarted: bool = False
    """True if another lamp has, which may be one of this group's."""
    refusal: str | None = None
    """Its own words on a command that it didn't take; None if there are none."""


NO_EVENT = LampEvent()


class LampCodec(ABC):
    """Codec of one lamp, the only place that knows its dialect's payloads; pure."""

    FULL: ClassVar[int]
    """Brightness (units) of full light."""
    LEAST: ClassVar[int] = 1
    """Brightness (units) of the lowest light: at less, some of the lamps go out."""
    LONGEST: ClassVar[Seconds]
    """Longest transition (s) of one command; longer ones are cut to it. 0 if there are none."""
    CURVE: ClassVar[DimmingCurve] = DimmingCurve.EYE
    """Response of the lamps: the only place that decides who gets a dimming curve from kacenv."""
    GAP: ClassVar[Seconds] = STEP_GAP
    """Least gap (s) between two messages to the lamp."""
    OPTIMISTIC: ClassVar[bool] = False
    """True if a bridge answers commands for its lamps, before they have done anything."""
    AVAILABLE: ClassVar[tuple[str, str]] = ("online", "offline")
    """Words for a lamp that answers, and for one that doesn't."""

    def __init__(self, fixture: Fixture) -> None:
        self.fixture = fixture
        self.can_dim = Ability.LEVEL in fixture.can
        self.has_white = Ability.KELVIN in fixture.can
        self.has_color = Ability.COLOR in fixture.can

    @abstractmethod
    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return the messages that fade the lamp to `setting` within `transition`."""

    def encode_after(
        self,
        last: Reported,  # noqa: ARG002 - for subclasses
        setting: Setting,
        transition: Seconds,
    ) -> tuple[Message, ...]:
        """Return the messages of `encode`, for a lamp whose last report was `last`.

        They also end what the report tells of and the look doesn't: an effect, or other channels.
        """
        return self.encode(setting, transition)

    def encode_color(self, _setting: Setting, _transition: Seconds) -> tuple[Message, ...]:
        """Return the messages for white or colour alone; none if it fades with the level."""
        return ()

    @abstractmethod
    def decode_report(self, topic: str, payload: bytes) -> Reported:
        """Decode a message of `report_topics`; return an empty report if invalid. Never raises."""

    def decode_availability(self, payload: bytes) -> Reported:
        """Decode one of the words, bare or as the `state` of a JSON object. Never raises."""
        word = read(payload).get("state", payload[:16].decode(errors="replace"))
        return Reported(available=word == self.AVAILABLE[0] if word in self.AVAILABLE else None)

    def decode(self, topic: str, payload: bytes) -> Reported:
        """Decode a message from the lamp; return an empty report if invalid. Never raises."""
        if topic == self.availability_topic:
            return self.decode_availability(payload)
        return self.decode_report(topic, payload) if topic in self.report_topics else Reported()

    @property
    def misfits(self) -> tuple[str, ...]:
        """Return sentences on what the room file says of the lamp and its kind can't do."""
        return ()

    @property
    def command_topic(self) -> str:
        """Return the topic of the lamp's commands."""
        return self.fixture.topic

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the topics of the lamp's reports; none if it doesn't report."""
        return (self.fixture.state_topic,) if self.fixture.state_topic else ()

    @property
    def availability_topic(self) -> str | None:
        """Return the topic that tells if the lamp answers; None without one."""
        return self.fixture.availability_topic

    @property
    def event_topics(self) -> tuple[str, ...]:
        """Return the topics of restarts and refusals; the lamp works without them, too."""
        return ()

    def decode_event(self, _topic: str, _payload: bytes) -> LampEvent:
        """Decode a message of `event_topics`; return an empty event if there is none in it."""
        return NO_EVENT

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Return the topics of the lamp's reports, availability and events."""
        topics = (*self.report_topics, self.availability_topic, *self.event_topics)
        return tuple(dict.fromkeys(filter(None, topics)))

    @property
    def state_query(self) -> tuple[Message, ...]:
        """Return the messages that ask the lamp for its state; none if it can't be asked."""
        return ()

    @property
    def full(self) -> int:
        """Return the brightness (units) of full light."""
        return self.FULL

    @cached_property
    def scale(self) -> DimmingScale:
        """Return the lamp's brightness scale; 0 and 1 if it can't be dimmed."""
        if not self.can_dim:
            return DimmingScale(1, self.CURVE)
        return DimmingScale(self.full, self.CURVE, self.LEAST)

    def units(self, level: Level) -> int:
        """Return the brightness (units) of a level; full or 0 if the lamp can't be dimmed."""
        return self.scale.units(level) * (1 if self.can_dim else self.full)

    def level_of(self, units: float | None) -> Level | None:
        """Return the level of a brightness; 1 for any but 0 if the lamp can't be dimmed."""
        if units is None:
            return None
        return self.scale.level(units if self.can_dim else float(units > 0))

    def level_if(self, on: bool | None, units: float | None) -> Level | None:
        """Return the level of a switch and, if the lamp can be dimmed, a brightness."""
        if on is False or (on and not self.can_dim):
            return Level(1.0 if on else 0.0)
        return self.level_of(units) if self.can_dim else None

    def held(self, kelvin: float) -> Kelvin:
        """Clamp a white to the lamp's range."""
        return Kelvin(min(max(kelvin, self.fixture.warmest), self.fixture.coolest))

    def mired(self, kelvin: float) -> int:
        """Return a white in whole mired, clamped to the lamp's range."""
        return round(MIRED / self.held(kelvin))

    def shown_color(self, setting: Setting) -> Color | None:
        """Return the setting's colour, if the lamp is lit and has colours."""
        return setting.color if self.has_color and setting.level > 0 else None

    def shown_white(self, setting: Setting) -> Kelvin | None:
        """Return the setting's white, clamped, if the lamp is lit and has whites."""
        if setting.kelvin is None or not self.has_white or setting.level <= 0:
            return None
        return self.held(setting.kelvin)
