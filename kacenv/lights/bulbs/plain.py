"""The lamp's side of the plain dialect: a dimmer that takes a number and jumps to it."""

from kacenv.lights.bulbs.hearing import Heard
from kacenv.lights.dialects import Message, plain
from kacenv.look import Setting
from kacenv.room import Fixture

RETAINS = True
CANCELS = False


def command_topic(fixture: Fixture) -> str:
    """Where the dimmer listens."""
    return fixture.topic


def hear(fixture: Fixture, payload: bytes) -> Heard | None:
    """A level."""
    level = plain.read(fixture, payload)
    return None if level is None else Heard(level)


def report(fixture: Fixture, setting: Setting) -> Message | None:
    """The number it shows, where it has a topic for that."""
    if fixture.state_topic is None:
        return None
    return Message(fixture.state_topic, plain.written(fixture, setting.level))


def availability(_fixture: Fixture, _available: bool) -> Message | None:
    """Nothing: a bare dimmer doesn't say."""
    return None
