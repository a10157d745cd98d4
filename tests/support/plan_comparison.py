"""One session by the engine and by the reference model, and where they differ."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import zip_longest

from support.plan_sessions import Session, When
from support.reference.light import words_of
from support.reference.plan import Millis, Playlist, millis, plan_of
from support.reference.presses import Answer
from support.reference.session import simulate
from support.reference.state import Happening, Piece
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
    Notice,
    Prompt,
    SessionEnded,
    SetDuck,
    SetHush,
    SetLevel,
    SetMute,
    SetVolume,
    ShowLook,
    StrikeChime,
)
from kacenv.model.mode import Mode
from kacenv.model.playlist import Queue
from kacenv.model.requests import Chime, Press, Release, Start, Undo
from kacenv.model.timeline import Cue, PlannedPhase, Timeline

ROOM = a_room()
KINDS = (
    "phase",
    "piece",
    "silence",
    "prompt",
    "passed",
    "waits",
    "chime",
    "level",
    "volume",
    "mute",
    "duck",
    "hush",
    "light",
    "over",
)
ROUNDING = 1
"""Lengths are shares of others, and may differ by a millisecond (moments may not)."""
RECORD = {"pressed", "left_so", "presses", "kept"}
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
        same = not commands and _plan(before) == _plan(after)
        taken_back = isinstance(request, Undo) and reply.startswith("Taken back")
        self.answers.append("already" if same and not taken_back else "done")
        self.replies.append(reply)
        self.take(after, commands, request)

    def take(self, state: State, commands: Iterable[Command], request: Press | None = None) -> None:
        """Take a step's outcome, and note what it orders."""
        self.state = state
        for command in commands:
            self._note(command, request)

    def _note(self, command: Command, request: Press | None) -> None:
        match command:
            case CueTrack() | Crossfade():
                self._note_music(command)
            case EnterPhase():
                self._say(command.at, "phase", str(command.index))
            case SetLevel():
                self._say(command.at, "level", f"{command.level:g}")
            case ShowLook():
                self._say(command.at, "light", words_of(command.look), command.duration)
            case SetVolume() | SetMute() | SetDuck() | SetHush():
                self._note_sound(command)
            case Prompt():
                self._say(command.at, "prompt", command.check_in)
            case StrikeChime() if isinstance(request, Chime):
                self._say(command.at, "chime", "")
            case Notice():
                self._note_words(command)
            case SessionEnded():
                self._say(command.at, "over", "")

    def _note_music(self, command: CueTrack | Crossfade) -> None:
        if isinstance(command, CueTrack):
            name, _, number = command.cut.title.rpartition("-")
            self.titles[command.play_id] = f"{name} {int(number) - 1}"
        elif command.play_id is None:
            self._say(command.at, "silence", "", command.duration)
        else:
            self._say(command.at, "piece", self.titles[command.play_id], command.duration)

    def _note_sound(self, command: SetVolume | SetMute | SetDuck | SetHush) -> None:
        match command:
            case SetVolume():
                what, which = "volume", f"{command.output} {command.level:g}"
            case SetMute():
                what, which = "mute", f"{command.output} {command.muted}"
            case SetDuck():
                what, which = "duck", str(command.depth < 0)
            case SetHush():
                what, which = "hush", str(command.hushed)
        self._say(command.at, what, which, command.duration)

    def _note_words(self, notice: Notice) -> None:
        """Note what is named as passed over, or as waiting; other notices aren't of the plan."""
        what, _, names = notice.text.rstrip(".").partition(": ")
        if what in {"Passed over", "Still snoozed at the end"}:
            for name in names.split(", "):
                self._say(notice.at, "passed", name)
        elif " waits for you" in what:
            self._say(notice.at, "waits", what.partition(" waits")[0].lower())

    def _say(self, at: float, what: str, which: str, lasts: float = 0.0) -> None:
        self.happenings.append(Happening(millis(at), what, which, millis(lasts)))


def _plan(state: State) -> list[object]:
    """Return all of a state but the record of presses themselves."""
    names = [one.name for one in fields(state) if one.compare and one.name not in RECORD]
    return [getattr(state, name) for name in names]


def run_engine(session: Session) -> Run:
    """Run the session by the engine; find the moments of the presses on the way."""
    state, commands, _ = step(State(room=ROOM), Seconds(0.0), Start(session.timeline))
    run = Run(state)
    run.take(state, commands)
    for when, request in session.presses:
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

    def __init__(
        self, pieces: Sequence[list[str]], place: int = 0, otherwise: int | None = None
    ) -> None:
        self.place = place
        self.wrong: list[str] = []
        self._pieces = pieces
        self._otherwise = otherwise

    def peek(self, source: Playlist, candidates: list[int]) -> int | None:
        """Return the engine's next piece, if it is one of those that may come."""
        if len(candidates) == 1:
            return candidates[0]
        places = (self.place, self.place if self._otherwise is None else self._otherwise)
        for name, number in map(self._at, places):
            if name == source.name and int(number) in candidates:
                return int(number)
        return None

    def expect(self, piece: Piece) -> None:
        """Pass over a piece that is taken up again, if the engine does so, too."""
        if self._next() == [piece.playlist, str(piece.number)]:
            self.place += 1

    def take(self, source: Playlist, candidates: list[int]) -> int:
        """Take the engine's choice, if it is one of those that may come."""
        number = self.peek(source, candidates)
        if number is None:
            self.wrong.append(f"{self._next()} instead of one of {source.name} {candidates}")
        self.place += 1
        return candidates[0] if number is None else number

    def since(self, place: int) -> "Chosen":
        """Return the choices from a place on, as they are or would have been.

        What a press has kept from being heard is heard as soon as the press is taken back.
        """
        return Chosen(self._pieces, place, otherwise=self.place)

    def _next(self) -> list[str]:
        return self._at(self.place)

    def _at(self, place: int) -> list[str]:
        return self._pieces[place] if place < len(self._pieces) else ["none", "0"]


def differences(session: Session) -> list[str]:
    """Return how the engine's session differs from the reference model's."""
    run = run_engine(session)
    chosen = Chosen([one.which.split() for one in run.happenings if one.what == "piece"])
    happenings, answers = simulate(plan_of(session.timeline, ROOM), run.presses, chosen)
    found = _wrong_answers(run, answers)
    for what in KINDS:
        found += _first_difference(what, run.happenings, happenings)
    return found or [f"choice {wrong}" for wrong in chosen.wrong]


def _wrong_answers(run: Run, promised: Sequence[Answer]) -> list[str]:
    """Return the first answer that isn't as promised, or doesn't name what it should."""
    given = zip(run.presses, run.answers, run.replies, promised, strict=True)
    for (at, request), what, reply, answer in given:
        named = all(word in reply.lower() for word in answer.words)
        if what != answer.what or not named:
            return [f"answer to {request.kind} at {at}: {what} “{reply}”, not {answer}"]
    return []


def _first_difference(
    what: str, seen: Iterable[Happening], promised: Iterable[Happening]
) -> list[str]:
    ours = _of_kind(what, seen)
    theirs = _of_kind(what, promised)
    for left, right in zip_longest(ours, theirs):
        if left is None or right is None or not _alike(left, right):
            return [f"{what} {left}, not {right}"]
    return []


def _of_kind(what: str, happenings: Iterable[Happening]) -> list[Happening]:
    """Return what is of one kind; names that are told at one moment have no order."""
    some = [one for one in happenings if one.what == what]
    return sorted(some) if what == "passed" else some


def _alike(left: Happening, right: Happening) -> bool:
    """Return True if both are the same thing at the same moment; lengths are rounded."""
    return left[:3] == right[:3] and abs(left.lasts - right.lasts) <= ROUNDING


def described(session: Session) -> str:
    """Return a session in words, for whoever looks for a difference."""
    line = session.timeline
    pool = _music(line.overflow) if line.overflow else "none"
    rows = [
        *(_row(phase) for phase in line.phases),
        f"overflow {pool}",
        f"home from {line.return_from} within {line.return_within:g} s; follows {line.follow}",
        *(f"{cue.id}: at {cue.at:g} s, every {cue.every}" for cue in _cues(line)),
        *(f"{press!r} {when}" for when, press in session.presses),
    ]
    return "\n".join(f"    {row}" for row in rows)


def _row(phase: PlannedPhase) -> str:
    return (
        f"{phase.name}: {phase.duration:g} s, {phase.end} {phase.slack:g} s,"
        f" crossfade {phase.crossfade:g} s, {_music(phase.queue)}"
    )


def _music(queue: Queue) -> str:
    lengths = ", ".join(f"{cut.length:g}" for cut in queue.cuts)
    order = "fit" if queue.fit else f"seed {queue.shuffle_seed}"
    return f"{queue.name} [{lengths}] {order} crossfade {queue.crossfade:g} repeat {queue.repeat}"


def _cues(line: Timeline) -> Iterator[Cue]:
    yield from line.cues
    yield from line.seat_cues
    for phase in line.phases:
        yield from phase.cues
