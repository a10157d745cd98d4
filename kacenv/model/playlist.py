"""Playlists as a clinic writes them, and the queues of playable tracks made of them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from kacenv.core.derived import Derivable, derived
from kacenv.core.errors import UnitError
from kacenv.core.units import Decibels as Db
from kacenv.core.units import Seconds, on_grid
from kacenv.model.fields import MOST_EXACT, Decibels, Duration, Line, Model, Rule, Schema, Title


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


_YES: Final[Schema] = {
    "anyOf": [
        {"const": True},
        {"type": "string", "pattern": "^(?:[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee]|[Oo][Nn])$"},
    ],
    "patternErrorMessage": "Expected yes, once someone has listened and heard no words",
}
_NO_ADDRESS: Final[Schema] = {
    "not": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://"},
    "errorMessage": "Nothing comes from the network; give the path of a file",
}


class Track(Model):
    """Piece of music in a playlist file."""

    file: Annotated[str, Rule(_NO_ADDRESS), Field(examples=["house/settle-1.opus"])]
    """A sound file below the playlist's folder or the room's music root."""
    title: Title
    artist: Annotated[Line, Field(examples=["Clara Vale"])]
    """Who made the music."""
    licence: Annotated[Line, Field(examples=["CC0"])]
    """What allows you to play it."""
    instrumental: Annotated[
        Literal[True],
        BeforeValidator(_listened_to),
        WithJsonSchema(_YES),
        Field(examples=["yes"]),
    ]
    """Someone has listened: no words are sung or spoken."""
    gain: Decibels = Db(0.0)
    """Louder or quieter than the file is."""
    cue_in: Annotated[Duration, Field(examples=["4s"])] = Seconds(0.0)
    """Where in the file to begin."""
    cue_out: Annotated[Duration | None, Field(examples=["3m30s"])] = None
    """Where in the file to end; without it, at the file's end."""
    energy: Annotated[int | None, Field(ge=1, le=5, examples=[2])] = None
    """From 1 (still) to 5 (intense)."""


_TRACK: Final = {
    "file": "house/settle-1.opus",
    "title": "Warm Ground",
    "artist": "kacenv house music",
    "licence": "CC0",
    "instrumental": "yes",
}


class Playlist(Model):
    """A playlist file."""

    title: Title
    order: Order = Order.AS_LISTED
    """How they are played; `fit` chooses pieces so that the last one ends with its phase."""
    seed: Annotated[int, Field(ge=0, le=MOST_EXACT, examples=[7])] = 0
    """The same seed shuffles the same way every time."""
    repeat: bool = False
    """Whether it begins again when all has been played."""
    crossfade: Annotated[Duration, Field(examples=["20s"])] = Seconds(12.0)
    """How long one track flows into the next; `0s` joins them without a gap."""
    tracks: Annotated[tuple[Track, ...], Field(min_length=1, examples=[[_TRACK]])]
    """The pieces of music."""


SHORTEST_FADE: Final = Seconds(0.5)
"""Length of the shortest crossfade, unless half of a track is shorter."""
CutKey = tuple[str, Seconds]
"""File of a cut, and the place in it at which the cut begins."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Playable track: a real file, and the part of it to play.

    `cue_in` and `length` are seconds of the file; `gain` is in dB; `energy` is from 1 to 5.
    `gapless` cuts are decoded to the sample, as they may join their neighbours.
    """

    path: str
    title: str
    artist: str
    length: Seconds
    cue_in: Seconds = Seconds(0.0)
    gain: Db = Db(0.0)
    energy: int | None = None
    licence: str = ""
    gapless: bool = False

    @property
    def key(self) -> CutKey:
        """Return what tells this cut from others: the file, and where in it it begins."""
        return (self.path, self.cue_in)


@dataclass(frozen=True, slots=True)
class Queue(Derivable):
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
        overlaps = (self.crossfade_between(*pair) for pair in pairwise(self.cuts))
        return Seconds(sum(cut.length for cut in self.cuts) - sum(overlaps))

    @property
    def is_gapless(self) -> bool:
        """True if tracks that follow each other in the list join without a crossfade."""
        return self.crossfade == 0.0 and self.shuffle_seed is None and not self.fit

    def share_of(self, cut: Cut) -> Seconds:
        """Return the most of a track that a crossfade to or from a neighbour takes."""
        return Seconds(min(max(SHORTEST_FADE, self.crossfade), cut.length / 2))

    def crossfade_between(self, before: Cut, after: Cut) -> Seconds:
        """Return the length of a crossfade, at most half of either track; 0 if the two join."""
        if self.joins(before, after):
            return Seconds(0.0)
        return on_grid(min(self.share_of(before), self.share_of(after)))

    def joins(self, before: Cut, after: Cut) -> bool:
        """Tell if `after` begins just where `before` ends: if it is the next in the list."""
        if not self.is_gapless:
            return False
        places = self.places()
        first, second = places.get(before.key), places.get(after.key)
        return first is not None and second == (first + 1) % len(places)

    def too_short(self) -> tuple[Cut, ...]:
        """Return the tracks of which half is shorter than the crossfade that they are to have."""
        alone = len(self.cuts) == 1 and not self.repeat
        return () if alone else tuple(cut for cut in self.cuts if cut.length / 2 < self.crossfade)

    @derived
    def paths(self) -> frozenset[str]:
        """Return the files of the queue."""
        return frozenset(cut.path for cut in self.cuts)

    def order(self, turn: int) -> tuple[Cut, ...]:
        """Return the cuts, each once, in the order of the `turn`-th round."""
        return self._listed() if self.shuffle_seed is None else self._shuffled(turn)

    @derived
    def _listed(self) -> tuple[Cut, ...]:
        return tuple({cut.key: cut for cut in self.cuts}.values())

    @derived
    def _shuffled(self, turn: int) -> tuple[Cut, ...]:
        keys = [cut.key for cut in self.cuts]
        random.Random(f"{self.shuffle_seed}/{turn}").shuffle(keys)  # noqa: S311 - no secret
        cuts = {cut.key: cut for cut in self.cuts}
        return tuple(cuts[key] for key in dict.fromkeys(keys))

    @derived
    def places(self) -> Mapping[CutKey, int]:
        """Return the place of each cut in the queue."""
        return {cut.key: place for place, cut in enumerate(self._listed())}

    @derived
    def energy(self) -> float | None:
        """Return the mean energy of the cuts that state theirs; None if none does."""
        known = [cut.energy for cut in self.cuts if cut.energy is not None]
        return sum(known) / len(known) if known else None

    @derived
    def by_energy(self) -> Mapping[int, "Queue"]:
        """Return the cuts of each energy, in their order, as queues of their own."""
        cuts: dict[int, list[Cut]] = {}
        for cut in self.cuts:
            if cut.energy is not None:
                cuts.setdefault(cut.energy, []).append(cut)
        return {
            energy: Queue(f"{self.name} {energy}", tuple(some), self.crossfade)
            for energy, some in cuts.items()
        }
