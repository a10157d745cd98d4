"""Runner of one probe in a process of its own, so that a crash or a hang stays there."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, NamedTuple

from kacenv.core.units import Seconds
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.probe_messages import ProbeMessage, from_line

PATIENCE = Seconds(8.0)
"""Time without output after which a probe counts as hung."""
GRACE = Seconds(8.0)
"""Time for an interrupted probe to restore the lamps."""
_NICE = 10
"""Niceness: a session in the next room has priority."""


class LiveProbeJob(NamedTuple):
    """Probe to run: its subject, and the command that prints its messages line by line."""

    what: str
    command: Sequence[str]
    patience: Seconds = PATIENCE
    grace: Seconds = GRACE


def run(job: LiveProbeJob) -> Iterator[ProbeMessage]:
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


def _listen(
    job: LiveProbeJob, lines: "queue.SimpleQueue[bytes | None]", probe: subprocess.Popen[bytes]
) -> Iterator[ProbeMessage]:
    found = False
    while True:
        try:
            line = lines.get(timeout=job.patience)
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


def _hangs(job: LiveProbeJob) -> Finding:
    todo = (
        "Something that it asks hangs. Unplug the device and plug it in again, or restart the "
        "machine; then look again."
    )
    return Finding(job.what, f"no sign of life for {job.patience:g} s", Severity.WRONG, todo)


def _broke(job: LiveProbeJob, how: str) -> Finding:
    todo = "Look again; if it stays so: kacenv doctor gathers what support needs to know."
    return Finding(job.what, f"the test itself broke ({how})", Severity.WRONG, todo)
