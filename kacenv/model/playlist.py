"""Playlists as a clinic writes them, and the queues of playable tracks made of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from kacenv.core.errors import UnitError
from kacenv.core.units import Decibels as Db
from kacenv.core.units import Seconds
from kacenv.model.fields import Decibels, Duration, Line, Model


class Order(StrEnum):
    """The order in which a playlist is played."""

    AS_LISTED = "as listed"
    SHUFFLED = "shuffled"
    FIT = "fit"
    """Chosen and ordered so that the last piece ends with the phase."""


def _listened_to(value: object) -> bool:
    if value is True or str(value).lower() in {"yes", "true", "on"}:
        return True
    expected = "`yes`, once someone has listened to the whole track and heard no words"
    raise UnitError(expected, value, "instrumental: yes")


class Track(Model):
    """One piece of music in a playlist file."""

    file: Annotated[str, Field(examples=["file: house/settle-1.opus"])]
    """A sound file below the playlist's folder or the room's music root."""
    title: Line
    artist: Line
    licence: Line
    instrumental: Annotated[
        Literal[True], BeforeValidator(_listened_to), Field(examples=["instrumental: yes"])
    ]
    """Someone has listened: no words are sung or spoken."""
    gain: Decibels = Db(0.0)
    """Louder or quieter than the file is."""
    cue_in: Duration = Seconds(0.0)
    """Where in the file to begin."""
    cue_out: Duration | None = None
    """Where in the file to end; without it, at the file's end."""
    energy: Annotated[int | None, Field(ge=1, le=5, examples=["energy: 2"])] = None
    """From 1 (still) to 5 (intense)."""


class Playlist(Model):
    """A playlist file."""

    title: Line
    order: Annotated[Order, Field(examples=["order: as listed"])] = Order.AS_LISTED
    seed: Annotated[int, Field(ge=0, examples=["seed: 7"])] = 0
    """The same seed shuffles the same way every time."""
    repeat: Annotated[bool, Field(examples=["repeat: yes"])] = False
    """Begin again when all has been played."""
    crossfade: Duration = Seconds(12.0)
    """How long one track flows into the next."""
    tracks: Annotated[tuple[Track, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Cut:
    """Playable track: a real file, and the part of it to play.

    `cue_in` and `length` are seconds of the file; `gain` is in dB; `energy` is from 1 to 5.
    """

    path: str
    title: str
    artist: str
    length: Seconds
    cue_in: Seconds = Seconds(0.0)
    gain: Db = Db(0.0)
    energy: int | None = None
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """Playlist whose files have been located and measured."""

    name: str
    cuts: tuple[Cut, ...]
    crossfade: Seconds
    shuffle_seed: int | None = None
    repeat: bool = False
    fit: bool = False

    @property
    def length(self) -> Seconds:
        """Length of the queue once through, with overlapping crossfades."""
        overlaps = self.crossfade * (len(self.cuts) - 1)
        return Seconds(sum(cut.length for cut in self.cuts) - overlaps)
