"""Orders from the engine to the room: frozen records that adapters perform.

Every time in them is a moment on the room's clock, in seconds. An order that arrives late is
performed as if it had come in time, as far as that can be done without a jump.
"""

from dataclasses import dataclass, field

from kacenv.look import Look
from kacenv.phrase import Phrase
from kacenv.playlist import Cut
from kacenv.scene import Audience
from kacenv.units import Decibels, Seconds


@dataclass(frozen=True, slots=True)
class CueTrack:
    """Open `cut` and be ready to play it as `play_id`; replaces one cued without a crossfade."""

    play_id: int
    cut: Cut


@dataclass(frozen=True, slots=True)
class Crossfade:
    """From `at` on, fade all that plays out and `play_id` in, at equal power.

    It begins later than `at` if the cued track isn't ready; what plays goes on until then.
    `play_id` None fades to silence.
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
class Mute:
    """Fade one output to nothing, or back to its volume; chimes are muted with it."""

    output: str
    muted: bool
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class Duck:
    """Lower the music on every output by `depth` (dB, 0 brings it back) so that speech is heard."""

    depth: Decibels
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class Hush:
    """Fade the music to nothing on purpose, or bring it back; tracks run on unheard."""

    hushed: bool
    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class StrikeChime:
    """Strike a chime once; if `at` is more than a second past, it is too late and isn't rung."""

    chime: Phrase
    audience: Audience
    at: Seconds


@dataclass(frozen=True, slots=True)
class ShowLook:
    """Fade the zones of `look` to it; `urgent` goes round every bound and is repeated."""

    look: Look
    at: Seconds
    duration: Seconds
    urgent: bool = False
    cool: bool = False
    """Whether dim light may be cool or blue."""
    origin: Look = field(default_factory=dict)
    """Where zones are believed to be, for lamps of which nothing else is known."""


@dataclass(frozen=True, slots=True)
class ResumeLights:
    """Bring lamps that were changed by hand back to their look."""

    at: Seconds
    duration: Seconds


@dataclass(frozen=True, slots=True)
class Prompt:
    """A check-in is due: show it to staff."""

    check_in: str
    text: str
    at: Seconds


@dataclass(frozen=True, slots=True)
class Notice:
    """Something staff should know, in their words."""

    text: str
    at: Seconds


@dataclass(frozen=True, slots=True)
class EnterPhase:
    """A phase begins; tells journals, traces and surfaces."""

    index: int
    name: str
    at: Seconds


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """Music and cues are over."""

    at: Seconds


Command = (
    CueTrack
    | Crossfade
    | SetLevel
    | SetVolume
    | Mute
    | Duck
    | Hush
    | StrikeChime
    | ShowLook
    | ResumeLights
    | Prompt
    | Notice
    | EnterPhase
    | SessionEnded
)
AudioCommand = CueTrack | Crossfade | SetLevel | SetVolume | Mute | Duck | Hush | StrikeChime
LightCommand = ShowLook | ResumeLights
