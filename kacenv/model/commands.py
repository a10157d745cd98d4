"""Commands from the engine to the devices: frozen records.

Times are on the room's clock, in seconds. A late command is performed as if it were in time, as
far as that is possible without a jump.
"""

from dataclasses import dataclass, field
from typing import Literal

from kacenv.core.units import Decibels, Seconds
from kacenv.model.chime import Phrase
from kacenv.model.look import Look
from kacenv.model.playlist import Cut
from kacenv.model.scene import Audience


@dataclass(frozen=True, slots=True)
class CueTrack:
    """Open `cut` and be ready to play it as `play_id`; replaces one cued without a crossfade.

    One that `joins` begins by itself at the sample at which the playing track's sound ends, unless
    a crossfade comes before.
    """

    play_id: int
    cut: Cut
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Crossfade:
    """Fade out all that plays and fade in `play_id`, at equal power, from `at` on.

    It begins later if the cued track isn't ready; the playing one goes on until then. With
    `play_id` None, fade to silence. With a duration of 0 the cued track joins the playing one: it
    begins at the sample at which that one's sound ends, nearly at `at`.
    """

    play_id: int | None
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Fade the music to `level` (dB relative to the room's usual one)."""

    level: Decibels
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Fade one output to `level` (dB relative to the plan)."""

    output: str
    level: Decibels
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class SetMute:
    """Fade one output to silence, or back to its volume, chimes included."""

    output: str
    muted: bool
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class SetDuck:
    """Lower the music on every output by `depth` (dB, 0 brings it back) for speech."""

    depth: Decibels
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class SetHush:
    """Fade the music to silence, or bring it back; tracks run on unheard."""

    hushed: bool
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class StrikeChime:
    """Strike a chime once; more than a second after `at` it is dropped."""

    chime: Phrase
    audience: Audience
    at: Seconds


DimmerStep = Literal["dimmer", "brighter"]
"""Step of a dimmer that the therapist asks for."""


@dataclass(frozen=True, slots=True)
class ShowLook:
    """Fade zones to a look; `urgent` ignores the bound on the slope, and is repeated."""

    look: Look
    at: Seconds
    duration: Seconds
    urgent: bool = False
    cool: bool = False
    """True if dim light may be cool or blue."""
    origin: Look = field(default_factory=dict)
    """Estimated light of zones, for lamps of unknown state."""
    step: DimmerStep | None = None
    """Direction against which no lamp may go, whatever it shows."""


@dataclass(frozen=True, slots=True)
class ResumeLights:
    """Return manually changed lamps to their look."""

    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class Prompt:
    """Show staff a check-in that is due."""

    check_in: str
    text: str
    at: Seconds


@dataclass(frozen=True, slots=True)
class Notice:
    """Show staff a message in their words.

    `passed_over` are the check-ins that won't come, as it says, and `comes_after_all` those of
    which that was said before.
    """

    text: str
    at: Seconds
    passed_over: tuple[str, ...] = ()
    comes_after_all: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterPhase:
    """Record the beginning of a phase, for journals, traces and clients."""

    index: int
    name: str
    at: Seconds


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """Record that music and check-ins are over."""

    at: Seconds


Command = (
    CueTrack
    | Crossfade
    | SetLevel
    | SetVolume
    | SetMute
    | SetDuck
    | SetHush
    | StrikeChime
    | ShowLook
    | ResumeLights
    | Prompt
    | Notice
    | EnterPhase
    | SessionEnded
)
AudioCommand = (
    CueTrack | Crossfade | SetLevel | SetVolume | SetMute | SetDuck | SetHush | StrikeChime
)
LightCommand = ShowLook | ResumeLights


@dataclass(frozen=True, slots=True)
class ScheduledCommand:
    """Command for the music that is due at `at` by the plan, whether or not it is given then."""

    at: Seconds
    command: CueTrack | Crossfade | SetLevel
