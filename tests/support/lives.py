"""Sessions lived and written down by the engine alone, for whoever reads their journals."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline

from kacenv.core.errors import RefusedError
from kacenv.core.units import Days, Seconds
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.mode import Mode
from kacenv.model.requests import Press, Request, Resume, Start
from kacenv.model.room import Records, Room
from kacenv.model.scene import Seat
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import Moment, Pressed, moment_of
from kacenv.session.journal import Journal
from kacenv.session.lateness import LatenessHistogram
from kacenv.session.records import RecordBundle
from kacenv.system.timestamps import Timestamp

WALL = 1_800_000_000.0
"""Unix time at 0 of a life's clock: 15 January 2027."""
BEGIN = 37.5
LONG = {"queue": a_queue("long", (900.0,))}
"""One piece that outlasts its phase."""
PLAN = a_timeline(
    a_phase("onset", 600.0, cues=(a_cue("Look in", 300.0),)),
    a_phase("peak", 900.0, **LONG),
    a_phase("return", 600.0),
    cues=(a_cue("Blood pressure", 900.0),),
    seat_cues=(replace(a_cue("Seat A: Lozenge out", 420.0), seat=Seat.A),),
)
Presses = Sequence[tuple[Seconds, Press]]


def a_room_that_keeps(days: int = 30) -> Room:
    """A room that keeps records for so many days."""
    return a_room().model_copy(update={"records": Records.model_construct(keep=Days(days))})


def dated(
    bundle: RecordBundle, day: str, room: str = "test", id_: str = "00000001"
) -> RecordBundle:
    """The same record on another day, or of another room."""
    changes = {"date": day, "room": room, "id": id_}
    return bundle._replace(record=bundle.record.model_copy(update=changes))


class Life:
    """A session in the journal `path`; its loop looks at the clock every `tick` seconds."""

    def __init__(self, path: Path, room: Room | None = None, tick: float = 7.3) -> None:
        self.state = State(room=room or a_room())
        self.path, self.now, self._tick = path, Seconds(0.0), tick
        self.moments: list[Moment] = []
        self.journal = Journal(path, self._stamp)

    def _stamp(self) -> Timestamp:
        return Timestamp("a-boot", 5000.0 + self.now, WALL + self.now)

    def _step(self, at: float, request: Request | None = None) -> None:
        self.now = Seconds(max(at, self.now))
        before = self.state
        self.state, commands, reply = step(before, self.now, request)
        if isinstance(request, Start):
            self.journal.begin(self.now, before, request)
        elif request is not None:
            self.journal.add(self.now, request)
        if isinstance(request, Press):
            self.moments.append(Moment(self.now, Pressed(request, reply)))
        self.moments += [Moment(moment_of(one, self.now), one) for one in commands]

    def live_until(self, at: float) -> None:
        """Let come what comes, as the loop would see it."""
        while self.now + self._tick < at and self.state.mode is not Mode.IDLE:
            self._step(self.now + self._tick)
        if self.state.mode is not Mode.IDLE:
            self._step(at)

    def take(self, at: float, request: Request) -> None:
        """Meet a request; one that is refused leaves no trace."""
        if not isinstance(request, Resume):
            self.live_until(at)
        try:
            self._step(at, request)
        except RefusedError:
            return

    def tell(self, at: float, text: str) -> None:
        """Staff are told something."""
        self.journal.tell(Seconds(at), text)

    def end(self, longest: float = 90_000.0, tally: LatenessHistogram | None = None) -> Path:
        """Live to the end, or break off at `longest`; where the journal is then."""
        while self.state.mode is not Mode.IDLE and self.now < longest:
            due = next_due(self.state)
            self._step(longest if due is None else min(due, longest))
        if self.state.mode is Mode.IDLE:
            self.journal.end(self.now, tally)
        else:
            self.journal.beat(self.now, tally)
        self.journal.close()
        last = self.path.with_suffix(".last")
        return last if last.exists() else self.path


def lived(
    path: Path,
    timeline: Timeline,
    requests: Iterable[tuple[float, Request]] = (),
    begin: float = 0.0,
    room: Room | None = None,
) -> Path:
    """The journal of a session that began at `begin` and met `requests`, times from then on."""
    life = Life(path, room)
    life.take(begin, Start(timeline))
    for at, request in requests:
        if life.state.mode is not Mode.IDLE:
            life.take(begin + at, request)
    return life.end()
