"""Sequence of probes, each reported as it goes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.availability import RoomTakenError
from kacenv.diagnostics.preflight.probe_plan import ProbeTask
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question, Taken
from kacenv.diagnostics.probe_runner import ProbeJob, run

_OWN_PROBES = frozenset({"lights", "midi"})
"""Parts of a daemon's status that the probes test on the devices themselves."""


class ProbeUI(Protocol):
    """User interface of a preflight: progress, and questions to the person in the room."""

    def begins(self, what: str) -> None:
        """Show that a part begins."""

    def step(self, what: str, text: str) -> None:
        """Show its progress."""

    def found(self, finding: Finding) -> None:
        """Show a finding."""

    def ask(self, question: str, *, default: bool = True) -> bool | None:
        """Ask a question; None if nobody can be asked."""

    def confirm_room_free(self) -> None:
        """Raise RoomTakenError if the room is needed."""


class SequenceResult(NamedTuple):
    """Findings of a sequence; `taken` if it was stopped as the room is needed."""

    findings: list[Finding]
    taken: Taken | None = None


def run_sequence(
    tasks: Iterable[ProbeTask],
    command: Callable[[str], Sequence[str]],
    ui: ProbeUI,
    listen: Callable[[ProbeJob], Iterator[ProbeMessage]] = run,
) -> SequenceResult:
    """Run the probes and return their findings, or those until the room is needed.

    `command` returns the command line of a probe by its name. The room's availability is checked
    again at the end, so that no result is given for a room that is taken.
    """
    findings: list[Finding] = []
    try:
        for task in tasks:
            ui.begins(task.what)
            if task.touches:
                ui.confirm_room_free()
            broken = _needs_broker(task) and _is_wrong(findings, "broker")
            job = ProbeJob(task.what, command(task.probe), task.patience, task.grace)
            said = iter([_untested(task)]) if broken else _allowed(task, job, ui, listen)
            for finding in _findings(task, said, ui):
                findings.append(finding)
                ui.found(finding)
        ui.confirm_room_free()
    except RoomTakenError as taken:
        return SequenceResult(findings, Taken(taken.reason, taken.todo))
    return SequenceResult(findings)


def _allowed(
    task: ProbeTask,
    job: ProbeJob,
    ui: ProbeUI,
    listen: Callable[[ProbeJob], Iterator[ProbeMessage]],
) -> Iterator[ProbeMessage]:
    """Yield the probe's messages; without consent the probe isn't run."""
    if task.consent:
        if not ui.ask(task.consent, default=False):
            yield Finding(task.what, "can't answer; not tried", Severity.NOTE)
            return
        ui.confirm_room_free()
    yield from listen(job)


def _findings(task: ProbeTask, said: Iterator[ProbeMessage], ui: ProbeUI) -> Iterator[Finding]:
    for one in said:
        match one:
            case Progress():
                ui.step(task.what, one.text)
            case Question():
                yield _answered(one, ui.ask(one.text))
            case Taken():
                raise RoomTakenError(one.reason, one.todo)
            case Finding():
                yield one


def _answered(question: Question, answer: bool | None) -> Finding:
    if answer is None:
        return question.unasked
    return question.yes if answer else question.no


def _needs_broker(task: ProbeTask) -> bool:
    return task.probe.partition(":")[0] in {"lamps", "lamp", "unknown-lamp"}


def _is_wrong(findings: list[Finding], what: str) -> bool:
    return any(one.what == what and one.mark is Severity.WRONG for one in findings)


def _untested(task: ProbeTask) -> Finding:
    return Finding(task.what, "not tested, as the broker doesn't answer", Severity.NOTE)


def daemon(status: Mapping[str, Any] | None, room: str) -> list[Finding]:
    """Return the findings of a running room's status (as at /v1/status); None if it doesn't run."""
    if status is None:
        return [Finding("room", f"doesn't run yet; kacenv start … --room {room} starts it")]
    troubles = [
        Finding(f"room's {part}", "not well", Severity.WRONG, trouble)
        for part, trouble in status["health"].items()
        if trouble and part not in _OWN_PROBES
    ]
    return [Finding("room", f"runs, no session; sound by {status['sound']}"), *troubles]
