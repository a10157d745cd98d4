"""Scenes: the plan of one session, as a clinic writes it."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from kacenv.core.errors import UnitError
from kacenv.core.units import Decibels as Db
from kacenv.core.units import Seconds
from kacenv.model.chime import BELL
from kacenv.model.fields import (
    Decibels,
    Duration,
    Line,
    Model,
    Schema,
    Slug,
    Title,
    given,
    having,
    matching,
    rules,
)


class EndKind(StrEnum):
    """End of a phase: at its time, with a piece, or by hand."""

    TIME = "time"
    TRACK = "track"
    GO = "go"


class Audience(StrEnum):
    """Whom a chime is for."""

    STAFF = "staff"
    ROOM = "room"


class Seat(StrEnum):
    """One of the two chairs; people have no other names here."""

    A = "a"
    B = "b"


class Seats(StrEnum):
    """Whose clock a check-in runs on."""

    A = "a"
    B = "b"
    BOTH = "both"


class Follow(StrEnum):
    """Which seat's start lets the phases go on from the one that waits."""

    LATER = "later"
    EARLIER = "earlier"
    NEITHER = "neither"


def _beside(end: EndKind, key: str) -> Schema:
    """Return the JSON Schema of a phase that has `key` with this end, and only then."""
    return {
        "if": having("end", {"const": end.value}),
        "then": given(key),
        "else": {"not": given(key)},
    }


_LONGER_THAN_NOTHING: Final = matching("[1-9]", "a phase that lasts longer than nothing")


class Phase(Model):
    """Phase of the session."""

    model_config = rules(
        {
            "allOf": [_beside(EndKind.TRACK, "window"), _beside(EndKind.GO, "timeout")],
            "properties": {"duration": _LONGER_THAN_NOTHING},
        }
    )

    name: Annotated[Slug, Field(examples=["onset"])]
    """A short name of small letters, digits and hyphens."""
    duration: Annotated[Duration, Field(examples=["15m"])]
    """How long it lasts, with the unit (h, m or s)."""
    playlist: Annotated[str, Field(examples=["settle"])]
    """A playlist file's name: `settle` (for settle.yaml), `calm.m3u8` or `calm.xspf`."""
    level: Decibels = Db(0.0)
    """Music level relative to the room's usual one."""
    light: Annotated[Slug | None, Field(examples=["dusk"])] = None
    """The name of a look in the room file; without it the light stays as it is."""
    light_fade: Annotated[Duration, Field(examples=["60s"])] = Seconds(60.0)
    """How long the light takes to reach the look, at most half of the phase."""
    cool_light: bool = False
    """Whether this phase's dim light may be cool or blue; see `dim_light` in the room file."""
    crossfade: Annotated[Duration, Field(examples=["20s"])] = Seconds(20.0)
    """How long the music flows from the phase before into this one, at most half of it."""
    end: Annotated[EndKind, Field(examples=["track"])] = EndKind.TIME
    """What ends it: its time, a piece that may finish (`track`), or the therapist (`go`)."""
    window: Annotated[Duration | None, Field(examples=["3m"])] = None
    """For `end: track`, which needs it: how much sooner or later it may end, at most half of it."""
    timeout: Annotated[Duration | None, Field(examples=["20m"])] = None
    """For `end: go`, which needs it: how long after its time the phase waits before it goes on."""

    @model_validator(mode="after")
    def _end_is_whole(self) -> Self:
        _needs("window", self.window is not None, self.end is EndKind.TRACK, "3m")
        _needs("timeout", self.timeout is not None, self.end is EndKind.GO, "20m")
        if self.duration <= 0:
            raise UnitError(
                "a phase that lasts longer than nothing", "`duration` of 0s", "duration: 15m"
            )
        return self


def _needs(key: str, given: bool, wanted: bool, example: str) -> None:
    end = EndKind.TRACK if key == "window" else EndKind.GO
    if wanted and not given:
        raise UnitError(f"`{key}` beside `end: {end}`", f"no `{key}`", f"{key}: {example}")
    if given and not wanted:
        raise UnitError(f"`{key}` only beside `end: {end}`", f"`{key}`", f"end: {end}")


_PHASES: Final = having("phases", {"minItems": 1})
_A_SECOND_OR_MORE: Final = matching(
    r"^\s*(?:[0-9]*[1-9][0-9]*h|(?:[0-9]+h)?[0-9]*[1-9][0-9]*m"
    r"|(?:[0-9]+h)?(?:[0-9]+m)?[0-9]*[1-9][0-9]*(?:\.[0-9]+)?s)",
    "1s or more",
)


class CheckIn(Model):
    """A moment at which staff look in on the people in the chairs."""

    model_config = rules(
        {
            "oneOf": [given("at"), given("every")],
            "if": given("every"),
            "then": {
                "anyOf": [_PHASES, given("seat")],
                "properties": {"every": _A_SECOND_OR_MORE},
            },
            "not": {"allOf": [_PHASES, given("seat")]},
        }
    )

    at: Annotated[Duration | None, Field(examples=["40m"])] = None
    """Once: how far into each of `phases`, without them into the session; or on a seat's clock."""
    every: Annotated[Duration | None, Field(examples=["15m"])] = None
    """Or again and again: how often within each of `phases`, or on a seat's clock."""
    phases: Annotated[tuple[Slug, ...], Field(examples=[["build", "peak"]])] = ()
    """The phases it belongs to; with `at` and no phases, the whole session."""
    seat: Annotated[Seats | None, Field(examples=["a"])] = None
    """Instead of phases: the seat from whose own start it counts; `both`, each for itself."""
    prompt: Annotated[Line, Field(examples=["Blood pressure, both seats"])]
    """What staff read, never about a person."""
    audience: Annotated[Audience, Field(alias="for", examples=["staff"])] = Audience.STAFF
    """Who hears the chime."""
    chime: Annotated[Slug | None, Field(examples=["bell"])] = BELL.name
    """The chime to strike, built in or the room's own; `none` for the prompt alone."""

    @model_validator(mode="before")
    @classmethod
    def _no_chime(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("chime") == "none":
            return {**data, "chime": None}
        return data

    @model_validator(mode="after")
    def _one_kind_of_time(self) -> Self:
        if (self.at is None) == (self.every is None):
            found = "neither of them" if self.at is None else "both `at` and `every`"
            raise UnitError("either `at` or `every`", found, "at: 40m")
        if self.seat is not None and self.phases:
            raise UnitError("either `seat` or `phases`", "both of them", "seat: a")
        if self.every is not None and (self.every < 1 or not (self.phases or self.seat)):
            raise UnitError(
                "`every` of 1s or more, and beside it `phases`, a list of phases it belongs to",
                "`every` shorter than that"
                if self.phases or self.seat
                else "`every` without `phases`",
                "every: 15m" if self.phases or self.seat else "phases: [build, peak]",
            )
        return self


class Ending(Model):
    """Way home when the therapist ends the session early."""

    begin: Annotated[Slug, Field(alias="from", examples=["return"])] = "return"
    """The phase with which the way home begins."""
    within: Annotated[Duration, Field(examples=["10m"])] = Seconds(600.0)
    """How long the way home takes at most; the last fade comes after it."""


_FOLLOWS: Final = having("phases_follow", {"not": {"const": Follow.NEITHER.value}})
_WAITS: Final = having("end", {"const": EndKind.GO.value})


class Scene(Model):
    """A scene file: the plan of one whole session."""

    model_config = rules(
        {
            "if": _FOLLOWS,
            "then": {"properties": {"phases": {"minItems": 2, "contains": _WAITS}}},
        }
    )

    title: Title
    phases: Annotated[
        tuple[Phase, ...],
        Field(
            min_length=1,
            examples=[[{"name": "settle", "duration": "15m", "playlist": "settle"}]],
        ),
    ]
    """The list of phases, in their order."""
    check_ins: Annotated[
        tuple[CheckIn, ...], Field(examples=[[{"at": "5m", "prompt": "Look in on both seats"}]])
    ] = ()
    """Reminders: the moments at which staff look in."""
    overflow: Annotated[str | None, Field(examples=["overflow"])] = None
    """The playlist that goes on when a phase outlives its own, which must else last or `repeat`."""
    ending: Ending = Ending()
    phases_follow: Annotated[Follow, Field(examples=["later"])] = Follow.NEITHER
    """Which seat's start is the go for the first phase with `end: go`."""

    @model_validator(mode="after")
    def _something_waits_for_a_seat(self) -> Self:
        ends = [phase.end for phase in self.phases[:-1]]
        if self.phases_follow is not Follow.NEITHER and EndKind.GO not in ends:
            raise UnitError(
                "`phases_follow` only with a phase that waits (`end: go`), and one after it",
                f"`phases_follow: {self.phases_follow}` and no such phase",
                "phases_follow: neither",
            )
        return self

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = Counter(phase.name for phase in self.phases)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise UnitError("each phase to have its own name", f"{twice[0]} twice", "peak-2")
        return self

    @model_validator(mode="after")
    def _check_ins_find_their_phases(self) -> Self:
        names = dict.fromkeys(phase.name for phase in self.phases)
        unknown = [n for check_in in self.check_ins for n in check_in.phases if n not in names]
        if unknown:
            raise UnitError(
                f"phases of this scene ({', '.join(names)})", unknown[0], next(iter(names))
            )
        return self

    @property
    def duration(self) -> Seconds:
        """Planned length of the session."""
        return Seconds(sum(phase.duration for phase in self.phases))
