"""Probes that hang, crash, chatter or leave something running: the report comes all the same."""

import os
import sys
import time

import psutil

from kacenv.doctor.examine import Job, examine
from kacenv.doctor.finding import Finding, Mark, to_json
from kacenv.units import Seconds


def probe(code: str) -> Job:
    """A probe that does this."""
    return Job(
        "probe", [sys.executable, "-I", "-S", "-c", f"import os, subprocess, sys, time\n{code}"]
    )


GOOD = probe(f"print('''{to_json([Finding('good', 'well')])}''')")


def test_findings_come_in_order() -> None:
    """Each probe's findings stand where the probe does, however long it takes."""
    slow = probe(f"time.sleep(0.1); print('''{to_json([Finding('slow', 'well')])}''')")
    assert [finding.what for finding in examine([slow, GOOD, GOOD])] == ["slow", "good", "good"]


def test_a_probe_that_hangs_is_a_finding() -> None:
    """Its time runs out, what it has started ends with it, and the others still speak."""
    mine = f"987.{os.getpid()}"
    code = f"print(subprocess.Popen(['sleep', '{mine}']).pid); time.sleep(60)"
    begun = time.monotonic()
    hangs, good = examine([probe(code), GOOD], Seconds(1.0))
    assert time.monotonic() - begun < 10
    assert (hangs.mark, hangs.found, good.mark) == (Mark.WRONG, "no answer within 1 s", Mark.FINE)
    assert hangs.todo
    left = [
        one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", mine]
    ]
    assert psutil.wait_procs(left, timeout=10)[1] == []  # they may still be on their way out


def test_a_probe_that_crashes_is_a_finding() -> None:
    """A crash in native code, an exit, or chatter instead of findings ends nothing."""
    crash, leave, chatter, good = examine(
        [probe("os.abort()"), probe("sys.exit(3)"), probe("print('hello')"), GOOD]
    )
    assert crash.found == "the probe itself broke (signal 6)"
    assert leave.found == "the probe itself broke (exit code 3)"
    assert chatter.mark is Mark.WRONG
    assert good.found == "well"


def test_what_stays_behind_holds_nobody_up() -> None:
    """A probe that has answered while its own child lives on is not waited for."""
    code = f"subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL)\n{GOOD.command[-1]}"
    begun = time.monotonic()
    assert [finding.what for finding in examine([probe(code)])] == ["good"]
    assert time.monotonic() - begun < 10
