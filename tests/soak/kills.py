"""Five hundred kills over accelerated sessions, each at a moment that nobody chose."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

from support.devices import MemorySound
from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline
from support.waiting import next_turn

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine import resume
from kacenv.engine.replay import JournaledRequest, replay
from kacenv.engine.state import State
from kacenv.engine.step import LEAD, next_due, step
from kacenv.model.commands import AudioCommand, Crossfade, CueTrack, EnterPhase
from kacenv.model.mode import Mode
from kacenv.model.requests import Extend, Hold, LightsUp, Press, Release, Resume, Start, Volume
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import LONGEST as FOREVER
from kacenv.rehearsal.simulation import Moment
from kacenv.session.journal import Journal, read, unfinished
from kacenv.session.session import Session
from kacenv.system.clock import SimClock
from kacenv.system.timestamps import Timestamp

T = TypeVar("T")
_PLAYING = (Mode.RUNNING, Mode.RETURNING, Mode.HELD)
KILLS = 500
RATE = 400.0
"""Seconds of the session in a second; a three-hour session takes half a minute."""
SHORTEST, LONGEST = 0.02, 0.6
"""How long a process lives once it is ready, in real seconds."""
AWAY = (0.5, 90.0)
"""How long the room is away, in seconds of the session."""
Timed = tuple[float, Press]
PRESSES: list[Timed] = [
    (500.0, Volume.model_validate({"level": "-4 dB"})),
    (1500.0, Hold()),
    (1700.0, Release()),
    (3000.0, Extend.model_validate({"by": "5m"})),
    (6000.0, LightsUp()),
]


def session_plan() -> Timeline:
    """Three hours in seven phases with check-ins."""
    names = ("settle", "onset", "build", "peak", "descent", "return", "integration")
    phases = (
        a_phase(
            name,
            1500.0,
            queue=a_queue(name, (240.0, 300.0, 200.0)),
            cues=(a_cue(f"{name} once", 301.0), a_cue(f"{name} often", 240.0, 240.0)),
        )
        for name in names
    )
    return a_timeline(*phases, cues=(a_cue("forty minutes", 2400.0),))


class OrderLog(MemorySound):
    """A sound system that writes each order down, as a crash leaves it."""

    def __init__(self, clock: SimClock, path: Path) -> None:
        super().__init__(clock)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, what: str, **facts: Any) -> None:
        """One line, at once."""
        os.write(self._file, json.dumps({"what": what, **facts}).encode() + b"\n")

    def perform(self, command: AudioCommand) -> bool:
        """Write the order down."""
        if isinstance(command, CueTrack):
            self.note("cue", title=command.cut.title)
        else:
            self.note(type(command).__name__, at=float(command.at))
        return True


async def live(folder: Path, begin: float) -> None:
    """One process's life: carry on, or begin, and follow the session until killed."""
    # A hundredth of a second is four here: no life is short enough to blame a piece for its end.
    resume.SHORT_LIFE = Seconds(0.0)
    clock = SimClock(0.0, Seconds(begin))
    log = OrderLog(clock, folder / "log")

    def moment() -> Timestamp:
        return Timestamp("sim", clock.now(), 0.0)

    journal = Journal(folder / "room.journal", moment)
    back = unfinished(journal.path, a_room().name, moment())
    session = Session(a_room(), clock, journal)
    session.devices.sound = log
    if back is not None:
        session.resume(back)
    elif not (folder / "begun").exists():
        session.submit(Start(session_plan()))
        (folder / "begun").touch()
    else:
        log.note("ended", at=begin)
        journal.close()
        return
    clock.rate = RATE
    print("ready", flush=True)
    life = asyncio.create_task(session.run())
    pressed = [line["kind"] for line in _lines(folder) if line["what"] == "press"]
    pending = [(at, press) for at, press in PRESSES if press.kind not in pressed]
    ended = asyncio.create_task(session.ended.wait())
    told = 0
    while not ended.done():
        _press(session, clock, log, pending)
        await _look(session, clock, log)
        for line in session.status().told[told:]:
            told += 1
            if line.check_in:
                log.note("prompt", text=line.text, at=float(clock.now()))
        await asyncio.wait([ended], timeout=0.02)
    log.note("ended", at=float(clock.now()))
    life.cancel()
    journal.close()


async def _look(session: Session, clock: SimClock, log: OrderLog) -> None:
    """Write down what the session does, while its time stands still."""
    clock.rate = 0.0
    await next_turn(session)
    seen = session.status().session
    piece = (seen.playing.title, seen.playing.position) if seen.playing else None
    log.note("now", at=float(clock.now()), phase=seen.phase, mode=seen.mode, piece=piece)
    clock.rate = RATE


def _press(session: Session, clock: SimClock, log: OrderLog, pending: list[Timed]) -> None:
    """Ask for what has come due."""
    while pending and pending[0][0] <= clock.now():
        press = pending.pop(0)[1]
        with suppress(RefusedError):
            session.submit(press)
            log.note("press", kind=press.kind, at=float(clock.now()))


class Counted(NamedTuple):
    """What 500 kills did."""

    kills: int = 0
    sessions: int = 0
    lost: int = 0
    wrong_phase: int = 0
    rung_twice: int = 0
    wrong_piece: int = 0
    looks: int = 0
    farthest: float = 0.0
    """The largest error of a piece's position, in seconds."""


def report(kills: float = KILLS) -> Iterator[str]:
    """What was lost, wrong, or rung twice."""
    random = Random(11)  # noqa: S311 - chance, not a secret
    total = Counted()
    while total.kills < kills:
        with tempfile.TemporaryDirectory() as place:
            total = _add(total, _one_session(Path(place), random, round(kills) - total.kills))
    yield (
        f"{total.kills} kills in {total.sessions} sessions: lost {total.lost}, in a wrong phase "
        f"{total.wrong_phase}, in a wrong piece {total.wrong_piece} of {total.looks} looks, "
        f"position off by {total.farthest:.3f} s at most, check-ins rung twice {total.rung_twice}"
    )


def _add(one: Counted, other: Counted) -> Counted:
    pairs = zip(one[:-1], other[:-1], strict=True)
    sums = [int(a + b) for a, b in pairs]
    return Counted(*sums)._replace(farthest=max(one.farthest, other.farthest))


def _one_session(folder: Path, random: Random, most: int) -> Counted:
    """A session killed again and again until it ends; `most` kills at most."""
    now, kills, lost = 0.0, 0, 0
    while True:
        process = _start(folder, now)
        patience = random.uniform(SHORTEST, LONGEST) if kills < most else 120.0
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
        code = process.wait()
        if code == 0:
            break
        kills += 1
        now = _last_time(folder) + random.uniform(*AWAY)
        lost += not (folder / "room.journal").exists() and not (folder / "room.last").exists()
    return _judge(folder, kills, lost)


def _start(folder: Path, now: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "soak.kills", str(folder), repr(now)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _lines(folder: Path) -> list[dict[str, Any]]:
    log = folder / "log"
    text = log.read_text().splitlines() if log.exists() else []
    return [json.loads(line) for line in text if line.endswith("}")]


def _last_time(folder: Path) -> float:
    return max((line["at"] for line in _lines(folder) if line["what"] == "now"), default=0.0)


def _judge(folder: Path, kills: int, lost: int) -> Counted:
    """Hold what was seen against a session with the same presses that was never killed."""
    lines = _lines(folder)
    past = read_ended(folder)
    planned = list(
        _never_killed([entry for entry in past if not isinstance(entry.request, Resume)])
    )
    looks = [line for line in lines if line["what"] == "now" and line["mode"] in _PLAYING]
    enters = [(m.at, m.command.index) for m in planned if isinstance(m.command, EnterPhase)]
    wrong = sum(_latest(enters, line["at"]) != line["phase"] for line in looks)
    errors = [_error(planned, line) for line in looks if line["piece"]]
    known = [error for error in errors if error is not None]
    prompts = [line["text"] for line in lines if line["what"] == "prompt"]
    once = [text for text in prompts if "often" not in text]
    strikes = [round(line["at"], 3) for line in lines if line["what"] == "StrikeChime"]
    twice = len(once) - len(set(once)) + _twice(strikes, planned)
    gone = lost + (lines[-1]["what"] != "ended")
    other = len(errors) - len(known)
    return Counted(kills, 1, gone, wrong, twice, other, len(looks), max(known, default=0.0))


def _never_killed(entries: list[JournaledRequest]) -> Iterator[Moment]:
    """What the engine orders when it meets these requests and is never interrupted."""
    state = State(room=a_room())
    for entry, until in zip(entries, [*(entry.at for entry in entries[1:]), FOREVER], strict=True):
        state, commands, _ = step(state, entry.at, entry.request)
        yield from (Moment(entry.at, command) for command in commands)
        while (due := next_due(state)) is not None and due < until:
            state, commands, _ = step(state, due)
            yield from (Moment(due, command) for command in commands)


def _latest(moments: list[tuple[Seconds, T]], at: float) -> T:
    """What began last before `at` on the room's clock, as the engine has it."""
    return [what for began, what in moments if began <= at + LEAD][-1]


def _error(planned: list[Moment], line: dict[str, Any]) -> float | None:
    """How far the piece is from where it should be, in seconds; None for another piece."""
    cuts = {m.command.play_id: m.command.cut for m in planned if isinstance(m.command, CueTrack)}
    fades = [
        (m.command.at, (m.command.at, cuts[m.command.play_id].title))
        for m in planned
        if isinstance(m.command, Crossfade) and m.command.play_id is not None
    ]
    began, title = _latest(fades, line["at"])
    seen, position = line["piece"]
    return abs(position - (line["at"] + LEAD - began)) if seen == title else None


def _twice(strikes: list[float], planned: list[Moment]) -> int:
    """Chimes struck more often than planned at one moment."""
    wanted = [round(m.at, 3) for m in planned if type(m.command).__name__ == "StrikeChime"]
    return sum(strikes.count(at) > max(1, wanted.count(at)) for at in set(strikes))


def read_ended(folder: Path) -> Any:
    """The entries of an ended session's journal."""
    path = folder / "room.last"
    text = path.read_bytes()
    path.write_bytes(b"\n".join(line for line in text.split(b"\n") if b'"ended":true' not in line))
    past = read(path)
    assert past is not None
    assert replay(past.base, past.entries) != State(room=a_room())
    return past.entries


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), float(sys.argv[2])))
