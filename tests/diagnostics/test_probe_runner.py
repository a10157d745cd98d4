"""Probes that hang, crash, chatter, are interrupted or leave something running."""

import os
import subprocess
import sys
from pathlib import Path

from support.processes import processes_with
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.probe_messages import Progress, to_line
from kacenv.diagnostics.probe_runner import ProbeJob, run, run_probes

GOOD = to_line(Finding("probe", "well"))
BEGIN = "import os, signal, subprocess, sys, time"


def probe(code: str, patience: float = 60.0) -> ProbeJob:
    """A probe that does this."""
    return ProbeJob(
        "probe", [sys.executable, "-I", "-S", "-c", f"{BEGIN}\n{code}"], Seconds(patience)
    )


def test_what_a_probe_says_is_heard_as_it_says_it() -> None:
    """Steps come while it is still at work."""
    code = f"print('''{to_line(Progress('1 of 2'))}''', flush=True); sys.stdin.read()"
    said = run(probe(f"{code}\nprint('''{GOOD}''')"))
    assert next(said) == Progress("1 of 2")
    assert list(said) == [Finding("probe", "well")]


def test_a_probe_that_hangs_is_ended() -> None:
    """Its silence is a finding, and what it has started ends with it."""
    mine = f"987.{os.getpid()}"
    code = f"print(subprocess.Popen(['sleep', '{mine}']).pid, file=sys.stderr); time.sleep(987)"
    (hangs,) = run(probe(code, patience=1.0)._replace(grace=Seconds(1.0)))
    assert isinstance(hangs, Finding)
    assert (hangs.mark, hangs.found) == (Severity.WRONG, "no sign of life for 1 s")
    assert hangs.todo
    wait_until(lambda: not processes_with(mine))


def test_a_probe_that_waits_for_the_processor_does_not_hang() -> None:
    """Beside three busy programs on its core it says nothing for longer, and is listened to."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    try:
        work = "end = time.process_time() + 0.02\nwhile time.process_time() < end: pass"
        said = list(run(probe(f"{work}\nprint('''{GOOD}''')", patience=0.5)))
    finally:
        for one in busy:
            one.kill()
            one.wait()
        os.sched_setaffinity(0, before)
    assert said == [Finding("probe", "well")]


def test_a_probe_that_breaks_is_a_finding() -> None:
    """A crash in native code, an exit, chatter or nothing at all; what came before still counts."""
    for code, how in (
        ("os.abort()", "signal 6"),
        ("sys.exit(3)", "exit code 3"),
        ("print('hello')", "it said nothing that can be understood"),
        ("", "exit code 0"),
    ):
        (broke,) = run(probe(code))
        assert isinstance(broke, Finding)
        assert broke.mark is Severity.WRONG
        assert how in broke.found
    good, broke = run(probe(f"print('''{GOOD}''', flush=True); os.abort()"))
    assert good == Finding("probe", "well")
    assert isinstance(broke, Finding)
    assert broke.mark is Severity.WRONG


def test_an_interrupted_probe_may_leave_the_room_as_it_was(tmp_path: Path) -> None:
    """It is told to end, and has time to bring back what it moved."""
    code = f"""
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
try:
    print('''{to_line(Progress("moving"))}''', flush=True)
    time.sleep(60)
finally:
    time.sleep(0.2)
    open({str(tmp_path / "back")!r}, "w").close()
"""
    said = run(probe(code)._replace(grace=Seconds(60.0)))
    assert next(said) == Progress("moving")
    said.close()  # type: ignore[attr-defined]  # a generator, as all iterators of probes are
    assert (tmp_path / "back").exists()


def test_findings_come_in_the_order_of_the_probes() -> None:
    """A slow probe's stand before a quick one's, and a broken one takes none from the others."""
    slow = probe(f"time.sleep(0.1); print('''{to_line(Finding('slow', 'well'))}''')")
    found = run_probes([slow, probe("sys.exit(3)"), probe(f"print('''{GOOD}''')")])
    assert [one.what for one in found] == ["slow", "probe", "probe"]
    assert [one.found for one in found] == ["well", "the test itself broke (exit code 3)", "well"]


def test_what_stays_behind_holds_nobody_up() -> None:
    """A probe that has answered while its own child lives on is not waited for."""
    mine = f"986.{os.getpid()}"
    quiet = "stdout=subprocess.DEVNULL, start_new_session=True"
    code = f"subprocess.Popen(['sleep', '{mine}'], {quiet})\nprint('''{GOOD}''')"
    assert run_probes([probe(code)]) == [Finding("probe", "well")]
    (left,) = processes_with(mine)
    left.kill()
