"""Lamp dialects: one folder each, found by being there.

A folder holds the codec (`codec.py`), the device's side of it (`simulator.py`), and an example
with words for people (`dialect.toml`).
"""

from functools import cache
from importlib import import_module
from typing import Any

from kacenv.devices.lights.dialects.device_codec import (
    CommandRate,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.lamp_codec import (
    NO_EVENT,
    NO_REPORT,
    LampCodec,
    LampEvent,
    Message,
    Reported,
)
from kacenv.model.room import Fixture

__all__ = [
    "NO_EVENT",
    "NO_REPORT",
    "CommandRate",
    "DeviceCodec",
    "Extras",
    "LampCodec",
    "LampEvent",
    "Message",
    "ParsedCommand",
    "Reported",
    "codec",
    "device_side",
]


def codec(fixture: Fixture) -> LampCodec:
    """Return the codec of a lamp, by its dialect."""
    made: LampCodec = _class_in(f"{_folder(fixture)}.codec", LampCodec)(fixture)
    return made


def device_side(fixture: Fixture) -> DeviceCodec[Any]:
    """Return the device's side of a lamp's codec, by its dialect."""
    made: DeviceCodec[Any] = _class_in(f"{_folder(fixture)}.simulator", DeviceCodec)(codec(fixture))
    return made


def _folder(fixture: Fixture) -> str:
    return f"{__name__}.{fixture.dialect.replace('-', '_')}"


@cache
def _class_in(module: str, base: type) -> Any:
    """Return the class with that base which a module defines."""
    named = vars(import_module(module)).values()
    classes = (one for one in named if isinstance(one, type) and one.__module__ == module)
    return next(one for one in classes if issubclass(one, base))
