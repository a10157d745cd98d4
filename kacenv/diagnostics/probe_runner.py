"""Runner of probes, each in a process of its own, so that a crash or a hang stays there."""

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from kacenv.core.units import Seconds
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.probe_messages import ProbeMessage, from_line

PATIENCE = Seconds(8.0)
"""Time without output after which a probe counts as hung; waiting for the processor is no hang."""
GRACE = Seconds(8.0)
"""Time for an interrupted probe to restore the lamps."""
_AT_ONCE = 2
_NICE = 10
"""Niceness: a session has priority."""


class ProbeJob(NamedTuple):
    """Probe to run: its subject, and the command that prints its messages line by line."""

    what: str
    command: Sequence[str]
    patience: Seconds = PATIENCE
    grace: Seconds = GRACE


def run_probes(jobs: Iterable[ProbeJob]) -> list[Finding]:
    """Return all findings in the order of `jobs`; a failed probe is a finding, too."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        said = pool.map(lambda job: list(run(job)), jobs)
        return [one for messages in said for one in messages if isinstance(one, Finding)]


def run(job: ProbeJob) -> Iterator[ProbeMessage]:
    """Yield the probe's messages as they come; a failure of the probe is a finding."""
    with subprocess.Popen(  # noqa: S603 - our own program
        ["nice", "-n", str(_NICE), *job.command],  # noqa: S607 - found on PATH as everywhere
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as probe:
        assert probe.stdout is not None  # noqa: S101 - it was asked for
        lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(probe.stdout, lines), daemon=True)
        reader.start()
        try:
            yield from _listen(job, lines, probe)
        finally:
            _end(probe, job.grace)
            reader.join()


def _read(stream: IO[bytes], lines: "queue.SimpleQueue[bytes | None]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _next_line(
    lines: "queue.SimpleQueue[bytes | None]", patience: Seconds, pid: int
) -> bytes | None:
    """Return the probe's next line; raise `queue.Empty` if it had `patience` seconds to say one."""
    start, starved_before = time.monotonic(), _starved(pid)
    left = float(patience)
    while True:
        try:
            return lines.get(timeout=left)
        except queue.Empty:
            starved = _starved(pid) - starved_before
            left = start + patience + starved - time.monotonic()
            if left <= 0.0:
                raise


def _starved(pid: int) -> float:
    """Return how long a process's threads have waited for the processor, in seconds.

    Source: Linux, Documentation/scheduler/sched-stats.rst, `/proc/<pid>/schedstat`, second field.
    """
    waits = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError, ValueError, IndexError):
            waits += int(path.read_text().split()[1])
    return waits / 1e9


def _listen(
    job: ProbeJob, lines: "queue.SimpleQueue[bytes | None]", probe: subprocess.Popen[bytes]
) -> Iterator[ProbeMessage]:
    found = False
    while True:
        try:
            line = _next_line(lines, job.patience, probe.pid)
        except queue.Empty:
            yield _hangs(job)
            return
        if line is None:
            break
        try:
            said = from_line(line.decode("utf-8", "replace"))
        except ValueError:
            yield _broke(job, "it said nothing that can be understood")
            return
        found = True
        yield said
    code = probe.wait()
    if code or not found:
        yield _broke(job, f"signal {-code}" if code < 0 else f"exit code {code}")


def _end(probe: subprocess.Popen[bytes], grace: Seconds) -> None:
    """Terminate the probe, and kill it after its grace time."""
    if probe.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(probe.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            probe.wait(grace)
    with suppress(ProcessLookupError):
        os.killpg(probe.pid, signal.SIGKILL)


def _hangs(job: ProbeJob) -> Finding:
    todo = (
        "Something that it asks hangs. Unplug the device and plug it in again, or restart the "
        "machine; then look again."
    )
    return Finding(job.what, f"no sign of life for {job.patience:g} s", Severity.WRONG, todo)


def _broke(job: ProbeJob, how: str) -> Finding:
    todo = "Look again. If it stays so, send kacenv doctor's report to whoever looks after it."
    return Finding(job.what, f"the test itself broke ({how})", Severity.WRONG, todo)
