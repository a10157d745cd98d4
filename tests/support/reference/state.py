"""Where a session stands, and what came of it."""

from copy import copy
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from support.reference.plan import Millis, Phase, Plan

from kacenv.model.look import Zone
from kacenv.model.mode import Mode
from kacenv.model.requests import Press
from kacenv.model.scene import Seat


class Happening(NamedTuple):
    """Something that is heard, seen or told, at its moment."""

    at: Millis
    what: str
    which: str
    lasts: Millis = 0


class Piece(NamedTuple):
    """A piece that plays."""

    playlist: str
    number: int
    begins: Millis
    ends: Millis


class Fade(NamedTuple):
    """A zone's light or an output's volume on its way; None where nobody knows from what."""

    origin: float | None
    target: float
    begins: Millis
    lasts: Millis


class Pressed(NamedTuple):
    """A press that counted, and how it left what it concerns."""

    words: str
    at: Millis
    left: Any


class Kept(NamedTuple):
    """The state before a press, from which the plan lives on if it is taken back."""

    at: Millis
    request: Press
    before: "State | None"
    place: int


@dataclass
class State:
    """All that decides what comes next."""

    plan: Plan
    now: Millis = 0
    mode: Mode = Mode.RUNNING
    held_on_the_way_home: bool = False
    index: int = 0
    durations: list[Millis] = field(default_factory=list)
    not_before: Millis = 0
    phase_clock: Millis = 0
    session_clock: Millis = 0
    told_up_to: Millis = -1
    session_told_up_to: Millis = -1
    seat_clocks: dict[Seat, Millis] = field(default_factory=dict)
    seat_told_up_to: dict[Seat, Millis] = field(default_factory=dict)
    piece: Piece | None = None
    heard: list[tuple[str, int]] = field(default_factory=list)
    due: list[tuple[str, Millis]] = field(default_factory=list)
    snoozed: dict[str, Millis] = field(default_factory=dict)
    light: dict[Zone, Fade] = field(default_factory=dict)
    light_by: str = "plan"
    level: float = 0.0
    volumes: dict[str, Fade] = field(default_factory=dict)
    muted: set[str] = field(default_factory=set)
    ducked: bool = False
    silent: bool = False
    waits_told: bool = False
    fade_ends: Millis = 0
    words: tuple[str, ...] = ()
    pressed: dict[str, "Pressed"] = field(default_factory=dict)
    kept: list["Kept"] = field(default_factory=list)
    count: int = 0
    happenings: list[Happening] = field(default_factory=list)

    @property
    def phase(self) -> Phase:
        """Return the phase that is on."""
        return self.plan.phases[self.index]

    @property
    def duration(self) -> Millis:
        """Return the planned length of the phase, as it is by now."""
        return self.durations[self.index]

    @duration.setter
    def duration(self, length: Millis) -> None:
        self.durations[self.index] = length

    @property
    def is_last(self) -> bool:
        """Return True in the last phase."""
        return self.index == len(self.plan.phases) - 1

    @property
    def goes_home(self) -> bool:
        """Return True on the way home, held or not."""
        held = self.mode is Mode.HELD and self.held_on_the_way_home
        return held or self.mode is Mode.RETURNING

    @property
    def time_runs(self) -> bool:
        """Return True while the clocks of phase and session run."""
        return self.mode in {Mode.RUNNING, Mode.RETURNING}

    def copy(self) -> "State":
        """Return a state that lives on by itself; what happened so far stays where it is."""
        copied = {one.name: copy(getattr(self, one.name)) for one in fields(self)}
        return State(**copied | {"happenings": [], "kept": []})

    def since(self, moment: Millis, what: str) -> list[str]:
        """Return what was told of a kind since then."""
        some = (one for one in self.happenings if one.what == what and one.at >= moment)
        return [one.which for one in some]

    def say(self, what: str, which: str, lasts: Millis = 0) -> None:
        """Note what happens now."""
        self.happenings.append(Happening(self.now, what, which, lasts))
