"""Codec of dimmers that take a number: 0 is off, the fixture's `scale` is full.

The number stands alone, or in the room file's template: `{level}` in `payload`, and in
`white_payload` `{kelvin}` or `{mired}`. A report is a number, or JSON with one under a key.
"""

import re

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.codec_protocol import (
    Message,
    Reported,
    available,
    dimmable,
    from_mired,
    has_state_topic,
    held,
    no_state_query,
    read_value,
    room_file_topics,
    said,
    to_mired,
    within,
)
from kacenv.devices.lights.fades.lightness import DIMMING_CURVES, DimmingScale
from kacenv.model.look import Setting
from kacenv.model.room import Ability, Dialect, Fixture

FADES = False
LONGEST = Seconds(0.0)
_NUMBER = re.compile(rb"\d{1,5}(\.\d{1,9})?")
_LEVEL, _KELVIN, _MIRED = "{level}", "{kelvin}", "{mired}"

subscriptions = room_file_topics
reports_level = has_state_topic
state_query = no_state_query


def scale(fixture: Fixture) -> DimmingScale:
    """Return the brightness scale, 0 to the fixture's `scale`."""
    return DimmingScale(fixture.scale if dimmable(fixture) else 1, DIMMING_CURVES[Dialect.PLAIN])


def encode(fixture: Fixture, setting: Setting, _transition: Seconds) -> tuple[Message, ...]:
    """Return the messages for the level and, with a template, the white; no transition."""
    white = encode_color(fixture, setting, Seconds(0.0)) if setting.level > 0 else ()
    template = fixture.payload or _LEVEL
    payload = template.replace(_LEVEL, written(fixture, setting.level)).encode()
    return (*white, Message(fixture.topic, payload))


def written(fixture: Fixture, level: Level) -> str:
    """Return the number of a level as text."""
    full = 1 if dimmable(fixture) else fixture.scale
    return str(scale(fixture).units(level) * full)


def encode_color(fixture: Fixture, setting: Setting, _transition: Seconds) -> tuple[Message, ...]:
    """Return the message for the white; none if the room file has no template for it."""
    if fixture.white_payload is None or setting.kelvin is None or Ability.KELVIN not in fixture.can:
        return ()
    kelvin = round(held(fixture, setting.kelvin))
    payload = fixture.white_payload.replace(_KELVIN, str(kelvin))
    mired = to_mired(fixture, setting.kelvin)
    return (Message(fixture.topic, payload.replace(_MIRED, str(mired)).encode()),)


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """Decode a report from the dimmer's state or availability topic."""
    if topic == fixture.availability_topic:
        return available(payload)
    if topic != fixture.state_topic:
        return None
    return said(reported(fixture, payload))


def reported(fixture: Fixture, payload: bytes) -> Reported:
    """Decode a bare number, or a JSON object with the fixture's keys."""
    if fixture.state_key is None:
        return Reported(level(fixture, payload))
    value = read_value(payload)
    units = within(_under(value, fixture.state_key), fixture.scale)
    white = _under(value, fixture.white_key) if fixture.white_key else None
    return Reported(_level(fixture, units), _white(fixture, white))


def level(fixture: Fixture, payload: bytes) -> Level | None:
    """Return the level of a number; None if it isn't one from 0 to full."""
    value = float(payload) if _NUMBER.fullmatch(payload) else None
    return _level(fixture, within(value, fixture.scale))


def _level(fixture: Fixture, units: float | None) -> Level | None:
    if units is None:
        return None
    return scale(fixture).level(units if dimmable(fixture) else float(units > 0))


def _white(fixture: Fixture, value: object) -> Kelvin | None:
    if _MIRED in (fixture.white_payload or ""):
        return from_mired(within(value, 1000))
    kelvin = within(value, 20000)
    return Kelvin(kelvin) if kelvin is not None and kelvin >= 1000 else None


def _under(value: object, path: str) -> object:
    """Return the value at a path of keys separated by dots."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
