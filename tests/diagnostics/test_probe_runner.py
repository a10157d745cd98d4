"""Probes that hang, crash, chatter or leave something running: the report comes all the same."""

import os
import sys

import psutil

from kacenv.core.units import Seconds
from kacenv.diagnostics.finding import Finding, Severity, to_json
from kacenv.diagnostics.probe_runner import ProbeJob, run_probes


def probe(code: str) -> ProbeJob:
    """A probe that does this."""
    return ProbeJob(
        "probe", [sys.executable, "-I", "-S", "-c", f"import os, subprocess, sys, time\n{code}"]
    )


GOOD = probe(f"print('''{to_json([Finding('good', 'well')])}''')")


def test_findings_come_in_order() -> None:
    """Each probe's findings stand where the probe does, however long it takes."""
    slow = probe(f"time.sleep(0.1); print('''{to_json([Finding('slow', 'well')])}''')")
    assert [finding.what for finding in run_probes([slow, GOOD, GOOD])] == ["slow", "good", "good"]


def sleepers(span: str) -> list[psutil.Process]:
    """Return the processes that sleep for this span, which is one test's own."""
    every = psutil.process_iter(["cmdline"])
    return [one for one in every if one.info["cmdline"] == ["sleep", span]]


def test_a_probe_that_hangs_is_a_finding() -> None:
    """Its time runs out, what it has started ends with it, and the others still speak."""
    mine = f"987.{os.getpid()}"
    code = f"print(subprocess.Popen(['sleep', '{mine}']).pid); time.sleep(987)"
    hangs, good = run_probes([probe(code), GOOD], Seconds(5.0))
    assert (hangs.mark, hangs.found, good.mark) == (
        Severity.WRONG,
        "no answer within 5 s",
        Severity.FINE,
    )
    assert hangs.todo
    assert psutil.wait_procs(sleepers(mine), timeout=60)[1] == []  # they may be on their way out


def test_a_probe_that_crashes_is_a_finding() -> None:
    """A crash in native code, an exit, or chatter instead of findings ends nothing."""
    crash, leave, chatter, good = run_probes(
        [probe("os.abort()"), probe("sys.exit(3)"), probe("print('hello')"), GOOD]
    )
    assert crash.found == "the probe itself broke (signal 6)"
    assert leave.found == "the probe itself broke (exit code 3)"
    assert chatter.mark is Severity.WRONG
    assert good.found == "well"


def test_what_stays_behind_holds_nobody_up() -> None:
    """A probe that has answered while its own child lives on is not waited for."""
    mine = f"986.{os.getpid()}"
    quiet = "stdout=subprocess.DEVNULL, start_new_session=True"
    code = f"subprocess.Popen(['sleep', '{mine}'], {quiet})\n{GOOD.command[-1]}"
    assert [finding.what for finding in run_probes([probe(code)])] == ["good"]
    (left,) = sleepers(mine)
    left.kill()
