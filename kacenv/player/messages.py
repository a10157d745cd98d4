"""Messages between the engine's process and the player, and their codec."""

import json
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from cattrs import BaseValidationError

from kacenv.core.units import Decibels, Seconds
from kacenv.model.commands import (
    AudioCommand,
    Crossfade,
    CueTrack,
    ScheduledCommand,
    SetLevel,
)
from kacenv.model.dropout import Dropout
from kacenv.model.record_codec import record_converter
from kacenv.model.requests import Event
from kacenv.model.room import Room


@dataclass(frozen=True, slots=True)
class Hello:
    """Ask the player what it does; its answer has the same `token`."""

    token: int


@dataclass(frozen=True, slots=True)
class Begin:
    """Open the sound of `room`, unless it is open; `origin` is the clock's zero (CLOCK_MONOTONIC).

    Events after number `heard` are told again.
    """

    room: Room
    origin: float
    heard: int = 0


@dataclass(frozen=True, slots=True)
class SetOrigin:
    """Set the room's clock; its zero is at `origin`."""

    origin: float


@dataclass(frozen=True, slots=True)
class Perform:
    """Perform a command."""

    command: AudioCommand


@dataclass(frozen=True, slots=True)
class Follow:
    """Replace the orders ahead by `commands`; unless `first`, append them."""

    commands: tuple[ScheduledCommand, ...]
    first: bool = True


@dataclass(frozen=True, slots=True)
class FadeIn:
    """Mute for a moment and fade in."""


@dataclass(frozen=True, slots=True)
class DuckForChime:
    """Duck the music for a chime of another device."""

    at: Seconds


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for a reading; events up to number `heard` needn't be kept."""

    heard: int = 0


@dataclass(frozen=True, slots=True)
class Present:
    """State of the player, when it begins, and in answer to `token`.

    `origin` and `room` are those of the sound that is open, `sounding` the play ids, newest last.
    """

    pid: int
    token: int = 0
    origin: float | None = None
    room: str = ""
    sounding: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """Event of a track, with its number."""

    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class SoundReading:
    """Reading of the sound's state; `dropouts` are those since the reading before.

    `decoders` are role and process id of those that decode for the player.
    """

    moved: int
    underruns: int
    device: str
    device_note: str | None
    recent_music: Decibels
    meters: dict[str, tuple[float, float]] = field(default_factory=dict)
    dropouts: tuple[Dropout, ...] = ()
    decoders: tuple[tuple[str, int], ...] = ()


ToPlayer = Hello | Begin | SetOrigin | Perform | Follow | FadeIn | DuckForChime | Ask
FromPlayer = Present | Happened | SoundReading
Message = ToPlayer | FromPlayer


class Addressed(NamedTuple):
    """Message, and the process id of the player that it is for, or from; 0 for any."""

    player: int
    message: Message


_CONVERTER: Final = record_converter(Event, AudioCommand, CueTrack | Crossfade | SetLevel, Message)


def encode(addressed: Addressed) -> bytes:
    """Return a message as one packet."""
    player, message = addressed
    return json.dumps([player, _CONVERTER.unstructure(message, Message)]).encode()


def decode(packet: bytes) -> Addressed | None:
    """Return the message of a packet; None if it is none."""
    try:
        player, data = json.loads(packet)
        message: Any = _CONVERTER.structure(data, Message)  # type: ignore[arg-type] # a union
        return Addressed(int(player), message)
    except (ValueError, KeyError, TypeError, AttributeError, BaseValidationError):
        return None
