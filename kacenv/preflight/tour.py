"""The tour through the room: one probe after another, each told of as it goes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from kacenv.doctor.finding import Finding, Mark
from kacenv.preflight.probes import Task
from kacenv.preflight.runner import Job, run
from kacenv.preflight.said import Question, Said, Step

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

    def ask(self, question: str) -> bool | None:
        """Yes, no, or None where nobody is to be asked."""
        ...

    def make_sure(self) -> None:
        """Raise DaemonError if a session has begun meanwhile."""
        ...


def tour(
    tasks: Iterable[Task],
    command: Callable[[str], Sequence[str]],
    guide: Guide,
    listen: Callable[[Job], Iterator[Said]] = run,
) -> list[Finding]:
    """All findings; `command` is what runs a probe of a name.

    Raises:
        DaemonError: A session has begun meanwhile.
    """
    findings: list[Finding] = []
    for task in tasks:
        guide.begins(task.what)
        if task.touches:
            guide.make_sure()
        if _needs_broker(task) and _is_wrong(findings, "broker"):
            said: Iterator[Said] = iter([_untested(task)])
        else:
            said = listen(Job(task.what, command(task.probe), task.patience))
        for finding in _findings(task, said, guide):
            findings.append(finding)
            guide.found(finding)
    return findings


def _findings(task: Task, said: Iterator[Said], guide: Guide) -> Iterator[Finding]:
    for one in said:
        if isinstance(one, Step):
            guide.step(task.what, one.text)
        elif isinstance(one, Question):
            yield _answered(one, guide.ask(one.text))
        else:
            yield one


def _answered(question: Question, answer: bool | None) -> Finding:
    if answer is None:
        return question.unasked
    return question.yes if answer else question.no


def _needs_broker(task: Task) -> bool:
    return task.probe == "lamps" or task.probe.startswith("lamp:")


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
