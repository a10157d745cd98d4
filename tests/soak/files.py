"""Five thousand damaged sound files: verdict and room agree on each, and none leads elsewhere.

`python -m soak.files 23 417 /tmp/file` makes the 417th file of seed 23 again.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Final, NamedTuple, Protocol

from support.call_watch import Call, CallWatch
from support.damage import DAMAGES, TURNS
from support.reports import WrongError
from support.small_sounds import small_sounds

from soak.file_worker import HANG

COUNT: Final = 5000
SEED: Final = 23
_LANES: Final = 2
_PROGRESS: Final = 250
_NEAR: Final = 0.5
"""Seconds by which verdict and room may differ about a length."""
_PATIENCE: Final = 60.0
"""Seconds for an answer, on a machine that has other things to do, before a process is ended."""
_MOST_CALLS: Final = 8
_AUDIBLE: Final = 5.9
"""Seconds of silence before a piece with which the room begins at once."""
_RUNTIME: Final = (
    *(
        "/usr/",
        "/lib",
        "/etc/ld.so.",
        "/etc/localtime",
        "/etc/gcrypt/",
        "/dev/urandom",
        "/sys/devices/system/",
    ),
    *(
        f"/proc/{name}"
        for name in ("self/", "sys/", "stat", "cpuinfo", "meminfo", "mounts", "filesystems")
    ),
    *(f"{Path(sys.prefix)}/", f"{Path(sys.base_prefix)}/", f"{Path(__file__).parents[2]}/"),
)
"""Where Python and the libraries have their own files."""
Answer = dict[str, Any]


class DamagedFile(NamedTuple):
    """File of a run: what it was, what was done to it, and its bytes."""

    number: int
    base: str
    damage: str
    content: bytes

    def __str__(self) -> str:
        """How it is called in a report."""
        return f"file {self.number}, {self.damage} in {self.base}"


@dataclass
class Outcome:
    """What verdict and room made of a file."""

    file: DamagedFile
    plays: bool = False
    fault: str = ""
    seconds: float = 0.0
    """The most that one answer took of the processor."""
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def damaged_file(bases: dict[str, bytes], seed: int, number: int) -> DamagedFile:
    """Return the file of this number; each can be made without the others."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - chance, not a secret
    base, other = random.choice(list(bases)), random.choice(list(bases))
    damage = TURNS[number % len(TURNS)]
    content = bases[base]
    for _ in range(random.choice((1, 1, 1, 1, 2, 3))):
        content = DAMAGES[damage](content, random, bases[other])
    return DamagedFile(number, base, damage, content)


class DiedError(Exception):
    """A worker died, or had to be ended, over a file."""


class Asked(Protocol):
    """Somebody who is asked about files."""

    def ask(self, *words: object) -> tuple[Answer, list[Call]]:
        """Return the answer, and the calls that were made meanwhile."""

    def close(self) -> None:
        """End it."""


class _Running(NamedTuple):
    """Process of a worker, with what it says to whom."""

    process: "subprocess.Popen[bytes]"
    requests: IO[bytes]
    answers: IO[bytes]
    errors: IO[bytes]
    watch: CallWatch

    def end(self) -> str:
        """End it, and return how it ended."""
        self.process.kill()
        code = self.process.wait()
        self.watch.close()
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").splitlines()
        for file in (self.requests, self.answers, self.errors):
            with suppress(BrokenPipeError):
                file.close()
        name = signal.Signals(-code).name if code < 0 else f"code {code}"
        return ", ".join([name, *said[-1:]])


class Worker:
    """Process with one duty, whose system calls are watched; started anew where it has died."""

    def __init__(self, duty: str) -> None:
        self._duty = duty
        self._running: _Running | None = None

    def close(self) -> None:
        """End it."""
        if self._running is not None:
            self._running.end()

    def ask(self, *words: object) -> tuple[Answer, list[Call]]:
        """Return the answer to a request, and the calls that were made meanwhile.

        Raises:
            DiedError: There was no answer.
        """
        running = self._running = self._running or self._started()
        running.requests.write(json.dumps(words).encode() + b"\n")
        running.requests.flush()
        ready, _, _ = select.select([running.answers], [], [], _PATIENCE)
        line = running.answers.readline() if ready else b""
        if line:
            return json.loads(line), running.watch.taken()
        if ready:
            running.process.wait()
        self._running = None
        ended = running.end()
        raise DiedError(ended if ready else f"no answer within {_PATIENCE:g} s")

    def _started(self) -> _Running:
        watch, errors = CallWatch(), TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        descriptor = watch.theirs.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "soak.file_worker", str(descriptor), self._duty],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=[descriptor],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        watch.begin()
        assert process.stdin is not None
        assert process.stdout is not None
        return _Running(process, process.stdin, process.stdout, errors, watch)


class Lane:
    """A judge and a room, side by side, that look at one file after another."""

    def __init__(self, folder: Path, judge: Asked, room: Asked) -> None:
        self._path = folder / "piece"
        self._judge, self._room = judge, room

    def close(self) -> None:
        """End both."""
        self._judge.close()
        self._room.close()

    def looked_at(self, file: DamagedFile) -> Outcome:
        """Return what both make of a file."""
        self._path.write_bytes(file.content)
        outcome = Outcome(file)
        verdict = self._verdict(outcome)
        outcome.fault = verdict["fault"]
        if outcome.fault:
            self._expect_nothing(outcome)
        elif verdict["silent"]:
            self._played(outcome, 0.0)  # check refuses it, and whether the room does is a trifle
        else:
            outcome.plays = True
            self._expect_all(outcome, verdict)
        return outcome

    def _verdict(self, outcome: Outcome) -> Answer:
        try:
            return self._asked(self._judge, outcome)
        except DiedError as error:  # the scan then says that the decoder broke down
            outcome.notes.append(f"the judge's process ended: {error}")
            return {"fault": "the decoder broke down over it"}

    def _played(self, outcome: Outcome, begin: float) -> Answer:
        try:
            return self._asked(self._room, outcome, begin)
        except DiedError as error:
            outcome.wrong.append(f"the room's process ended: {error}")
            return {"failed": "it ended", "length": 0.0}

    def _asked(self, worker: Asked, outcome: Outcome, *words: float) -> Answer:
        answer, calls = worker.ask(str(self._path), *words)
        outcome.seconds = max(outcome.seconds, answer["used"])
        if answer["used"] > HANG:
            outcome.wrong.append(f"it took {answer['used']:.1f} s of the processor")
        if answer.get("hangs"):
            outcome.wrong.append("the deck hangs")
        if answer.get("unread"):
            outcome.wrong.append(f"there is no verdict: {answer['fault']}")
        strange = {f"{one.name} {one.path}" for one in calls if not self._is_allowed(one)}
        outcome.wrong += sorted(strange)[:_MOST_CALLS]
        return answer

    def _is_allowed(self, call: Call) -> bool:
        is_opening = call.name in {"open", "openat", "openat2"}
        return is_opening and (call.path == str(self._path) or call.path.startswith(_RUNTIME))

    def _expect_nothing(self, outcome: Outcome) -> None:
        heard = self._played(outcome, 0.0)
        if heard["length"]:
            outcome.wrong.append(f"refused ({outcome.fault}), but plays {heard['length']:.2f} s")

    def _expect_all(self, outcome: Outcome, verdict: Answer) -> None:
        begin = verdict["head"] if verdict["head"] > _AUDIBLE else 0.0
        self._expect(outcome, begin, verdict["length"])
        middle = max(begin, verdict["length"] / 2)
        if verdict["seeks"]:
            self._expect(outcome, middle, verdict["length"])
        else:
            self._played(outcome, middle)  # it may begin elsewhere, but does no harm

    def _expect(self, outcome: Outcome, begin: float, end: float) -> None:
        heard = self._played(outcome, begin)
        reason = f" ({heard['failed']})" if heard.get("failed") else ""
        if abs(heard["length"] - (end - begin)) > _NEAR or (reason and end - begin > _NEAR):
            found = f"{heard['length']:.2f} s from {begin:.2f} of {end:.2f} s{reason}"
            outcome.wrong.append(f"said to play, but is {found}")


def outcomes(count: int, seed: int) -> Iterator[Outcome]:
    """Yield what becomes of the files of a run, in their order."""
    with TemporaryDirectory() as folder, ExitStack() as closed:
        bases = small_sounds(_made(folder, "whole"))
        lanes = [_lane(_made(folder, str(number))) for number in range(_LANES)]
        for lane in lanes:
            closed.callback(lane.close)
        pool = closed.enter_context(ThreadPoolExecutor(_LANES))
        for at in range(0, count, _LANES):
            numbers = range(at, min(count, at + _LANES))
            files = [damaged_file(bases, seed, number) for number in numbers]
            yield from pool.map(Lane.looked_at, lanes, files)


def _made(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


def _lane(folder: Path) -> Lane:
    return Lane(folder, Worker("verdict"), Worker("deck"))


def report(count: float = COUNT, seed: float = SEED) -> Iterator[str]:
    """Progress, what is wrong as it is found, and a table.

    Raises:
        WrongError: Something was wrong.
    """
    yield f"{count:g} files, seed {seed:g}"
    since, done = time.monotonic(), list[Outcome]()
    for outcome in outcomes(round(count), round(seed)):
        done.append(outcome)
        outcome.file = outcome.file._replace(content=b"")
        yield from (f"WRONG: {outcome.file}: {one}" for one in outcome.wrong)
        yield from (f"note: {outcome.file}: {one}" for one in outcome.notes)
        if len(done) % _PROGRESS == 0:
            yield f"{len(done)} after {time.monotonic() - since:.0f} s"
    yield from _table(done)
    wrong = sum(bool(one.wrong) for one in done)
    yield f"{len(done)} files in {time.monotonic() - since:.0f} s, {wrong} wrong"
    if wrong:
        raise WrongError


def _table(done: list[Outcome]) -> Iterator[str]:
    yield f"{'damage':20} {'files':>6} {'play':>6} {'refused':>8} {'slowest':>8} {'wrong':>6}"
    rows = defaultdict[str, list[Outcome]](list)
    for outcome in done:
        rows[outcome.file.damage].append(outcome)
    for name, row in [*rows.items(), ("all", done)]:
        plays, wrong = sum(one.plays for one in row), sum(bool(one.wrong) for one in row)
        refused = sum(bool(one.fault) for one in row)
        slowest = max((one.seconds for one in row), default=0.0)
        yield f"{name:20} {len(row):6} {plays:6} {refused:8} {slowest:6.1f} s {wrong:6}"
    longest = max(done, key=lambda one: one.seconds)
    yield f"the slowest was {longest.file}"
    for fault, times in Counter(one.fault for one in done if one.fault).most_common():
        yield f"{times:6} refused: {fault}"


def main(seed: str, number: str, path: str) -> None:
    """Make one file of a run again."""
    with TemporaryDirectory() as folder:
        file = damaged_file(small_sounds(Path(folder)), int(seed), int(number))
    Path(path).write_bytes(file.content)
    print(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
