"""What people and devices ask of the engine: frozen records, the same from every surface."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from kacenv.fields import Decibels, Duration, Level, Model, Slug
from kacenv.scene import ChimeName
from kacenv.timeline import Timeline
from kacenv.units import Seconds


@dataclass(frozen=True, slots=True)
class Start:
    """Begin the session that `timeline` plans."""

    timeline: Timeline


class Hold(Model):
    """Stay in this phase until released; the music goes on."""

    kind: Literal["hold"] = "hold"


class Release(Model):
    """Let time run on after a hold."""

    kind: Literal["release"] = "release"


class Extend(Model):
    """Make this phase longer."""

    kind: Literal["extend"] = "extend"
    by: Duration


class Next(Model):
    """Go on to the next phase now."""

    kind: Literal["next"] = "next"


class Back(Model):
    """Go back to the beginning of the phase before."""

    kind: Literal["back"] = "back"


class Volume(Model):
    """Set one output, or all, louder or quieter than the plan."""

    kind: Literal["volume"] = "volume"
    level: Decibels
    output: Slug | None = None


class Lights(Model):
    """Set all lamps to a level; without one, back to the plan."""

    kind: Literal["lights"] = "lights"
    level: Level | None = None


class LightsUp(Model):
    """Bring up the safe light at once."""

    kind: Literal["lights-up"] = "lights-up"


class Chime(Model):
    """Strike a chime for staff now."""

    kind: Literal["chime"] = "chime"
    chime: ChimeName = ChimeName.BELL


class End(Model):
    """Come home early: the return arc, compressed."""

    kind: Literal["end"] = "end"


class Stop(Model):
    """Fade everything out in a few seconds and bring up the safe light."""

    kind: Literal["stop"] = "stop"


@dataclass(frozen=True, slots=True)
class TrackStarted:
    """The cued track has begun to sound, at `at` on the room's clock."""

    play_id: int
    at: Seconds


@dataclass(frozen=True, slots=True)
class TrackEnded:
    """The track's last sample is known, at `at`, maybe earlier than its length said."""

    play_id: int
    at: Seconds


@dataclass(frozen=True, slots=True)
class TrackFailed:
    """The track can't be played."""

    play_id: int
    reason: str


Press = Hold | Release | Extend | Next | Back | Volume | Lights | LightsUp | Chime | End | Stop
"""What a person can ask."""
PressField = Annotated[Press, Field(discriminator="kind")]
Event = TrackStarted | TrackEnded | TrackFailed
"""What a device reports."""
Request = Start | Press | Event
