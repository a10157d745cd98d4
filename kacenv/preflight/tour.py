"""The tour through the room: one probe after another, each told of as it goes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from kacenv.doctor.finding import Finding, Mark
from kacenv.preflight.lookout import RoomTakenError
from kacenv.preflight.probes import Task
from kacenv.preflight.runner import Job, run
from kacenv.preflight.said import Question, Said, Step, Taken

_OWN_PROBES = frozenset({"lights", "midi"})
"""What a running room says of these is asked of the devices themselves."""


class Guide(Protocol):
    """Who shows the way and answers for the person beside it."""

    def begins(self, what: str) -> None:
        """A part is begun."""
        ...

    def step(self, what: str, text: str) -> None:
        """How far it is."""
        ...

    def found(self, finding: Finding) -> None:
        """What came of it."""
        ...

    def ask(self, question: str, *, default: bool = True) -> bool | None:
        """Yes, no, or None where nobody is to be asked."""
        ...

    def make_sure(self) -> None:
        """Raise RoomTakenError if somebody needs the room."""
        ...


class Toured(NamedTuple):
    """What was found; `taken` where the tour was broken off, as somebody needs the room."""

    findings: list[Finding]
    taken: Taken | None = None


def tour(
    tasks: Iterable[Task],
    command: Callable[[str], Sequence[str]],
    guide: Guide,
    listen: Callable[[Job], Iterator[Said]] = run,
) -> Toured:
    """All findings, or those until somebody needs the room; `command` runs a probe of a name.

    It is looked once more at the end, so that no verdict is given on a room that is taken.
    """
    findings: list[Finding] = []
    try:
        for task in tasks:
            guide.begins(task.what)
            if task.touches:
                guide.make_sure()
            broken = _needs_broker(task) and _is_wrong(findings, "broker")
            job = Job(task.what, command(task.probe), task.patience, task.grace)
            said = iter([_untested(task)]) if broken else _allowed(task, job, guide, listen)
            for finding in _findings(task, said, guide):
                findings.append(finding)
                guide.found(finding)
        guide.make_sure()
    except RoomTakenError as taken:
        return Toured(findings, Taken(taken.reason, taken.todo))
    return Toured(findings)


def _allowed(
    task: Task, job: Job, guide: Guide, listen: Callable[[Job], Iterator[Said]]
) -> Iterator[Said]:
    """The probe's words; without consent it isn't run. People take their time to answer."""
    if task.consent:
        if not guide.ask(task.consent, default=False):
            yield Finding(task.what, "can't answer; not tried", Mark.NOTE)
            return
        guide.make_sure()
    yield from listen(job)


def _findings(task: Task, said: Iterator[Said], guide: Guide) -> Iterator[Finding]:
    for one in said:
        match one:
            case Step():
                guide.step(task.what, one.text)
            case Question():
                yield _answered(one, guide.ask(one.text))
            case Taken():
                raise RoomTakenError(one.reason, one.todo)
            case Finding():
                yield one


def _answered(question: Question, answer: bool | None) -> Finding:
    if answer is None:
        return question.unasked
    return question.yes if answer else question.no


def _needs_broker(task: Task) -> bool:
    return task.probe.partition(":")[0] in {"lamps", "lamp", "unknown-lamp"}


def _is_wrong(findings: list[Finding], what: str) -> bool:
    return any(one.what == what and one.mark is Mark.WRONG for one in findings)


def _untested(task: Task) -> Finding:
    return Finding(task.what, "not tested, as the broker doesn't answer", Mark.NOTE)


def daemon(status: Mapping[str, Any] | None, room: str) -> list[Finding]:
    """What a room that runs says of itself (as at /v1/status); None where it doesn't run."""
    if status is None:
        return [Finding("room", f"doesn't run yet; kacenv start … --room {room} starts it")]
    troubles = [
        Finding(f"room's {part}", "not well", Mark.WRONG, trouble)
        for part, trouble in status["health"].items()
        if trouble and part not in _OWN_PROBES
    ]
    return [Finding("room", f"runs, no session; sound by {status['sound']}"), *troubles]
