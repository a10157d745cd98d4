"""Lamp dialects: one folder each, found by being there.

A folder holds the codec (`__init__.py`), the device's side of it (`simulator.py`), and an example
with words for people (`dialect.toml`).
"""

from functools import cache
from importlib import import_module
from typing import Any

from kacenv.devices.lights.dialects.device_codec import CommandRate, DeviceCodec, ParsedCommand
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, Message, Reported
from kacenv.model.dialects import Dialect
from kacenv.model.room import Fixture

__all__ = [
    "CommandRate",
    "DeviceCodec",
    "LampCodec",
    "Message",
    "ParsedCommand",
    "Reported",
    "codec",
    "device_side",
]


def codec(fixture: Fixture) -> LampCodec:
    """Return the codec of a lamp, by its dialect."""
    made: LampCodec = _codec_class(fixture.dialect)(fixture)
    return made


def device_side(fixture: Fixture) -> DeviceCodec[Any]:
    """Return the device's side of a lamp's codec, by its dialect."""
    made: DeviceCodec[Any] = _device_class(fixture.dialect)(codec(fixture))
    return made


@cache
def _codec_class(dialect: Dialect) -> Any:
    return import_module(f"{__name__}.{dialect.replace('-', '_')}").CODEC


@cache
def _device_class(dialect: Dialect) -> Any:
    return import_module(f"{__name__}.{dialect.replace('-', '_')}.simulator").DEVICE
