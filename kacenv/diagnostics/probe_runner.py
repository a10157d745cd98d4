"""Runner of probes, each in a process of its own, so that a crash or a hang stays there."""

import os
import signal
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

from kacenv.core.units import Seconds
from kacenv.diagnostics.finding import Finding, Severity, read_findings

PATIENCE = Seconds(60.0)
"""Time limit of a probe."""
_AT_ONCE = 2
_NICE = 10
"""Niceness: a session has priority."""


class ProbeJob(NamedTuple):
    """Probe to run: its subject, and the command that prints its findings as JSON."""

    what: str
    command: Sequence[str]


def run_probes(jobs: Iterable[ProbeJob], patience: Seconds = PATIENCE) -> list[Finding]:
    """Return all findings in the order of `jobs`; a failed probe is a finding, too."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda job: _one(job, patience), jobs)
        return [finding for findings in found for finding in findings]


def _one(job: ProbeJob, patience: Seconds) -> list[Finding]:
    with subprocess.Popen(  # noqa: S603 - our own program
        ["nice", "-n", str(_NICE), *job.command],  # noqa: S607 - found on PATH as everywhere
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as probe:
        try:
            said, _ = probe.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            return [_hangs(job, patience)]
        finally:
            _end(probe)
    try:
        return read_findings(said.decode())
    except ValueError:
        return [_broke(job, probe.returncode)]


def _end(probe: subprocess.Popen[bytes]) -> None:
    """Kill the probe and its children, so that none holds its pipe open."""
    with suppress(ProcessLookupError):
        os.killpg(probe.pid, signal.SIGKILL)


def _hangs(job: ProbeJob, patience: Seconds) -> Finding:
    return Finding(
        job.what,
        f"no answer within {patience:g} s",
        Severity.WRONG,
        "Something that it asks hangs. Unplug and plug in the device, or restart the machine "
        "between sessions; then look again.",
    )


def _broke(job: ProbeJob, code: int) -> Finding:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    todo = "Send this report to whoever looks after kacenv; the others hold all the same."
    return Finding(job.what, f"the probe itself broke ({how})", Severity.WRONG, todo)
