"""Warnings about a lamp: its topics, and what its kind can't do."""

import re
from collections.abc import Iterator
from typing import Final

from kacenv.devices.lights.dialects import codec
from kacenv.model.room import Fixture

_TOPICS: Final = ("topic", "state_topic", "availability_topic")
_SLASHES: Final = re.compile(r"//+")


def lamp_warnings(lamp: Fixture) -> Iterator[tuple[str, str]]:
    """Yield warnings about a lamp, each with the key that it is about."""
    for key in _TOPICS:
        topic = getattr(lamp, key) or ""
        if topic != (meant := _SLASHES.sub("/", topic).rstrip("/")):
            yield key, f"{_fault(topic)}; brokers take that for another topic than {meant}"
    for text in codec(lamp).misfits:
        yield "can" if "`can`" in text else "topic", f"{lamp.id}: {text}"


def _fault(topic: str) -> str:
    if topic.endswith("/"):
        return f"{topic} ends with a slash"
    return f"{topic} has two slashes in a row"
