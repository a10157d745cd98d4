"""Sessions lived and written down by the engine alone, for whoever reads their journals."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from support.sessions import a_room

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine.state import Mode, State
from kacenv.engine.step import next_due, step
from kacenv.model.requests import Press, Request, Resume, Start
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import Moment, Pressed, moment_of
from kacenv.session.journal import Journal
from kacenv.session.lateness import LatenessHistogram
from kacenv.system.timestamps import Timestamp

WALL = 1_800_000_000.0
"""Unix time at 0 of a life's clock: 15 January 2027."""
Presses = Sequence[tuple[Seconds, Press]]


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
