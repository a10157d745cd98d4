"""One session by the engine and by the reference model, and where they differ."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from support.plan_sessions import Presses, When
from support.reference.light import words_of
from support.reference.plan import Millis, Playlist, millis, plan_of
from support.reference.session import simulate
from support.reference.state import Happening
from support.sessions import a_room

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import (
    Command,
    Crossfade,
    CueTrack,
    EnterPhase,
    Prompt,
    SessionEnded,
    SetLevel,
    ShowLook,
)
from kacenv.model.mode import Mode
from kacenv.model.requests import Press, Release, Start
from kacenv.model.timeline import Timeline

ROOM = a_room()
KINDS = ("phase", "piece", "silence", "prompt", "level", "light", "over")
TOLERANCE = 0
END = 10**9
AFTERWARDS = 600_000
"""How long after the last press a session that is still held is released, so that it ends (ms)."""


@dataclass
class Run:
    """What the engine did: happenings, presses at their times, answers."""

    state: State
    now: Millis = 0
    pressed: Millis = 0
    happenings: list[Happening] = field(default_factory=list)
    presses: list[tuple[Millis, Press]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)

    def advance(self, until: Millis) -> None:
        """Let all come that is due by then."""
        while (due := next_due(self.state)) is not None and millis(due) <= until:
            self.take(*step(self.state, due)[:2])
        self.now = max(self.now, until)

    def skip(self, count: int) -> None:
        """Let the next `count` moments come."""
        for _ in range(count):
            due = next_due(self.state)
            if due is None:
                return
            self.take(*step(self.state, due)[:2])
            self.now = millis(due)

    def press(self, at: Millis, request: Press) -> None:
        """Press, and note the answer."""
        self.advance(at)
        self.presses.append((at, request))
        self.pressed = at
        before = self.state
        try:
            after, commands, reply = step(before, Seconds(at / 1000), request)
        except RefusedError as error:
            self.answers.append("refused")
            self.replies.append(str(error))
            return
        same = not commands and replace(before, pressed={}) == replace(after, pressed={})
        self.answers.append("already" if same else "done")
        self.replies.append(reply)
        self.take(after, commands)

    def take(self, state: State, commands: Iterable[Command]) -> None:
        """Take a step's outcome, and note what it orders."""
        self.state = state
        for command in commands:
            self._note(command)

    def _note(self, command: Command) -> None:
        match command:
            case CueTrack():
                name, _, number = command.cut.title.rpartition("-")
                self.titles[command.play_id] = f"{name} {int(number) - 1}"
            case Crossfade(play_id=int(play_id)):
                self._say(command.at, "piece", self.titles[play_id], command.duration)
            case Crossfade():
                self._say(command.at, "silence", "", command.duration)
            case EnterPhase():
                self._say(command.at, "phase", str(command.index))
            case SetLevel():
                self._say(command.at, "level", f"{command.level:g}")
            case ShowLook(urgent=False):
                self._say(command.at, "light", words_of(command.look), command.duration)
            case Prompt():
                self._say(command.at, "prompt", command.check_in)
            case SessionEnded():
                self._say(command.at, "over", "")

    def _say(self, at: float, what: str, which: str, lasts: float = 0.0) -> None:
        self.happenings.append(Happening(millis(at), what, which, millis(lasts)))


def run_engine(timeline: Timeline, presses: Presses) -> Run:
    """Run the session by the engine; find the moments of the presses on the way."""
    state, commands, _ = step(State(room=ROOM), Seconds(0.0), Start(timeline))
    run = Run(state)
    run.take(state, commands)
    for when, request in presses:
        run.press(_moment(run, when), request)
    if run.state.mode is Mode.HELD:
        run.press(run.now + AFTERWARDS, Release())
    run.advance(END)
    return run


def _moment(run: Run, when: When) -> Millis:
    if when.since_press:
        return max(run.now, run.pressed + when.beside)
    run.skip(when.skip)
    due = next_due(run.state)
    base = run.now if due is None or when.beside > 1 else millis(due)
    return max(run.now, base + when.beside)


class Chosen:
    """Pieces in the order in which the engine chose them."""

    def __init__(self, happenings: Iterable[Happening]) -> None:
        self._pieces = [one.which.split() for one in happenings if one.what == "piece"]
        self.wrong: list[str] = []

    def peek(self, source: Playlist, candidates: list[int]) -> int | None:
        """Return the engine's next piece, if it is one of those that may come."""
        if len(candidates) == 1:
            return candidates[0]
        name, number = self._pieces[0] if self._pieces else ("none", "0")
        return int(number) if name == source.name and int(number) in candidates else None

    def take(self, source: Playlist, candidates: list[int]) -> int:
        """Take the engine's choice, if it is one of those that may come."""
        number = self.peek(source, candidates)
        piece = self._pieces.pop(0) if self._pieces else "no piece"
        if number is None:
            self.wrong.append(f"{piece} instead of one of {source.name} {candidates}")
            return candidates[0]
        return number


def differences(timeline: Timeline, presses: Presses) -> list[str]:
    """Return how the engine's session differs from the reference model's."""
    run = run_engine(timeline, presses)
    chosen = Chosen(run.happenings)
    happenings, answers = simulate(plan_of(timeline, ROOM), run.presses, chosen)
    found = [f"answer {run.answers} {run.replies}, not {answers}"] if run.answers != answers else []
    for what in KINDS:
        found += _first_difference(what, run.happenings, happenings)
    return found or [f"choice {wrong}" for wrong in chosen.wrong]


def _first_difference(
    what: str, seen: Iterable[Happening], promised: Iterable[Happening]
) -> list[str]:
    ours = [one for one in seen if one.what == what]
    theirs = [one for one in promised if one.what == what]
    for left, right in zip_longest(ours, theirs):
        if left is None or right is None or not _alike(left, right):
            return [f"{what} {left}, not {right}"]
    return []


def _alike(left: Happening, right: Happening) -> bool:
    return (
        left[1:3] == right[1:3]
        and abs(left.at - right.at) <= TOLERANCE
        and abs(left.lasts - right.lasts) <= TOLERANCE
    )
