"""A dimmer that takes a bare number: 0 is off, the fixture's `scale` is full."""

import re

from kacenv.lights.dialects.speech import Message, Reported, dimmable
from kacenv.lights.eye import RESPONSES, Scale
from kacenv.look import Setting
from kacenv.room import Dialect, Fixture
from kacenv.units import Kelvin, Level, Seconds

FADES = False
_NUMBER = re.compile(rb"\d{1,5}(\.\d{1,9})?")


def scale(fixture: Fixture) -> Scale:
    """Numbers from 0 to the fixture's `scale`."""
    return Scale(fixture.scale if dimmable(fixture) else 1, RESPONSES[Dialect.PLAIN])


def encode(fixture: Fixture, setting: Setting, _transition: Seconds) -> tuple[Message, ...]:
    """One number; white and time can't be said."""
    return (Message(fixture.topic, written(fixture, setting.level)),)


def written(fixture: Fixture, level: Level) -> bytes:
    """A level, as commands and reports write it."""
    full = 1 if dimmable(fixture) else fixture.scale
    return str(scale(fixture).units(level) * full).encode()


def encode_white(_fixture: Fixture, _kelvin: Kelvin, _transition: Seconds) -> tuple[Message, ...]:
    """Nothing: a bare number has no white."""
    return ()


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """A number on the lamp's state topic."""
    level = read(fixture, payload) if topic == fixture.state_topic else None
    return None if level is None else Reported(level)


def read(fixture: Fixture, payload: bytes) -> Level | None:
    """The level a number stands for; None if it isn't one from 0 to full."""
    value = float(payload) if _NUMBER.fullmatch(payload) else None
    if value is None or value > fixture.scale:
        return None
    return scale(fixture).level(value if dimmable(fixture) else float(value > 0))


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """The state topic, where the lamp has one."""
    return (fixture.state_topic,) if fixture.state_topic else ()
