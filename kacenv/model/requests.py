"""Requests of people and events of devices to the engine: frozen records, equal for all clients."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kacenv.core.errors import UnitError
from kacenv.core.units import DECIBELS, Seconds, format_seconds
from kacenv.model.chime import BELL
from kacenv.model.fields import MOST_EXACT, Decibels, Duration, Level, Model, Slug
from kacenv.model.request_bounds import LONGEST_TIME, LOUDEST, QUIETEST
from kacenv.model.scene import Seat
from kacenv.model.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Start:
    """Begin the session of a timeline."""

    timeline: Timeline


_MOST = format_seconds(LONGEST_TIME)


def _not_too_long(span: Seconds) -> Seconds:
    if not 0 < span <= LONGEST_TIME:
        raise UnitError(f"a time of at most {_MOST}", format_seconds(min(span, 360000.0)), "10m")
    return span


def _with_range(level: object) -> object:
    """Refuse text that is no level by the range that people can ask for."""
    if isinstance(level, str) and not DECIBELS.accepts(level.strip()):
        raise UnitError(f"a level from {QUIETEST:g} dB to {LOUDEST:g} dB", level, "-3 dB")
    return level


_Time = Annotated[
    Duration, AfterValidator(_not_too_long), Field(description=f"A time of at most {_MOST}.")
]


class Hold(Model):
    """Stay in this phase until released; the music goes on."""

    kind: Literal["hold"] = "hold"


class Release(Model):
    """Let time run on after a hold."""

    kind: Literal["release"] = "release"


class Extend(Model):
    """Make this phase longer."""

    kind: Literal["extend"] = "extend"
    by: _Time


class Shorten(Model):
    """Make this phase shorter, but not so short that it ends at once; takes an extension back."""

    kind: Literal["shorten"] = "shorten"
    by: _Time


class Next(Model):
    """Go on to the next phase now."""

    kind: Literal["next"] = "next"


class Back(Model):
    """Go back to the beginning of the phase before."""

    kind: Literal["back"] = "back"


class Volume(Model):
    """Set one output, or all, louder or quieter than the plan."""

    kind: Literal["volume"] = "volume"
    level: Annotated[
        Decibels,
        BeforeValidator(_with_range),
        Field(description=f"From the plan, at most {LOUDEST:+g} dB."),
    ]
    output: Slug | None = None


class Lights(Model):
    """Set all lamps to a level, or step each one dimmer or brighter; with neither, to the plan."""

    kind: Literal["lights"] = "lights"
    level: Level | None = None
    step: Literal["dimmer", "brighter"] | None = None

    @model_validator(mode="after")
    def _one_wish(self) -> Self:
        if self.level is not None and self.step is not None:
            raise UnitError("a level or a step", "both", '{"kind": "lights", "step": "dimmer"}')
        return self


class LightsUp(Model):
    """Bring up the safe light at once."""

    kind: Literal["lights-up"] = "lights-up"


class LightsResume(Model):
    """Bring lamps that were changed by hand back to their look."""

    kind: Literal["lights-resume"] = "lights-resume"


class Chime(Model):
    """Strike a chime for staff now."""

    kind: Literal["chime"] = "chime"
    chime: Slug = BELL.name
    """The name of a chime, built in or the room's own."""


class Mute(Model):
    """Silence one output, or all, without changing its volume; or let it sound again."""

    kind: Literal["mute"] = "mute"
    output: Slug | None = None
    muted: bool = True


class Duck(Model):
    """Lower the music so that the therapist can speak, or let it come back."""

    kind: Literal["duck"] = "duck"
    ducked: bool = True


class Silence(Model):
    """Fade the music to nothing on purpose."""

    kind: Literal["silence"] = "silence"


class Music(Model):
    """Bring the music back after a silence."""

    kind: Literal["music"] = "music"


class Intensity(Model):
    """Lean the choice of music towards more or less energy."""

    kind: Literal["intensity"] = "intensity"
    lean: Literal["up", "down"]


class Done(Model):
    """Staff have seen to a check-in: the one named, or the one that has been due for longest."""

    kind: Literal["done"] = "done"
    check_in: Slug | None = None


class Snooze(Model):
    """Show a check-in that is due again after a while, with its chime."""

    kind: Literal["snooze"] = "snooze"
    check_in: Slug | None = None
    by: _Time = Seconds(300.0)


class Pass(Model):
    """Let a check-in that is due go by."""

    kind: Literal["pass"] = "pass"
    check_in: Slug | None = None


class SeatStarted(Model):
    """Begin a seat's own clock; or set it back as if it had not begun."""

    kind: Literal["seat"] = "seat"
    seat: Seat
    started: bool = True


class End(Model):
    """Come home early: the return arc, compressed."""

    kind: Literal["end"] = "end"


class Stop(Model):
    """Fade everything out in a few seconds and bring up the safe light."""

    kind: Literal["stop"] = "stop"


class Undo(Model):
    """Take back the last press of the last ten seconds."""

    kind: Literal["undo"] = "undo"
    number: Annotated[int, Field(ge=0, le=MOST_EXACT)] | None = None
    """The press that is meant, by its number in the status; refused if it isn't the last."""


@dataclass(frozen=True, slots=True)
class TrackStarted:
    """Report that the cued track has started, at `at` on the room's clock."""

    play_id: int
    at: Seconds


@dataclass(frozen=True, slots=True)
class TrackEnded:
    """Report that the track's end is known to be at `at`, maybe sooner than its length said."""

    play_id: int
    at: Seconds


@dataclass(frozen=True, slots=True)
class TrackFailed:
    """Report that a track can't be played."""

    play_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeadAir:
    """Report silence since `since` although music should sound."""

    since: Seconds


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume after an outage since `since`.

    `certain` is False if no clock could measure its length. `sounding` are the tracks that went on
    playing without the engine, the newest last.
    """

    since: Seconds
    certain: bool = True
    sounding: tuple[int, ...] = ()


Press = (
    Hold
    | Release
    | Extend
    | Shorten
    | Next
    | Back
    | Volume
    | Mute
    | Duck
    | Silence
    | Music
    | Intensity
    | Lights
    | LightsUp
    | LightsResume
    | Chime
    | Done
    | Snooze
    | Pass
    | SeatStarted
    | End
    | Stop
    | Undo
)
"""Requests of people."""
PressField = Annotated[Press, Field(discriminator="kind")]
Event = TrackStarted | TrackEnded | TrackFailed | DeadAir
"""Events of devices."""
Request = Start | Press | Event | Resume
