"""Commands that are forks of a server are processes like any others."""

import signal
import subprocess
from pathlib import Path

import pytest
from support.fork_server import ForkServer, leased
from support.waiting import PATIENCE, wait_until

SCRIPT = """
import os, sys, time
print(sys.argv[1:], os.getcwd(), dict(os.environ), sys.stdin.read(), flush=True)
print("aside", file=sys.stderr)
if "stay" in sys.argv:
    time.sleep(1000)
sys.exit(3)
"""


@pytest.fixture
def program(tmp_path: Path, forks: ForkServer) -> Path:
    """Return a program that says how it was called."""
    script, path = tmp_path / "script.py", tmp_path / "program"
    script.write_text(SCRIPT)
    path.write_text(forks.program(script))
    path.chmod(0o755)
    return path


def test_a_fork_is_called_like_a_program(program: Path, tmp_path: Path) -> None:
    """It has its own words, folder, environment and streams, and ends with its own code."""
    done = subprocess.run(
        [program, "a b", "\udce9"],
        cwd=tmp_path,
        env={"LANG": "C.UTF-8"},
        input="typed",
        capture_output=True,
        text=True,
        check=False,
    )
    heard = f"{['a b', chr(0xDCE9)]} {tmp_path} {{'LANG': 'C.UTF-8'}} typed\n"
    assert (done.stdout, done.stderr, done.returncode) == (heard, "aside\n", 3)


def started(program: Path) -> "subprocess.Popen[str]":
    """Start a program that stays, and wait until it has said something."""
    stays = subprocess.Popen([program, "stay"], stdin=subprocess.DEVNULL, stdout=-1, text=True)
    assert stays.stdout
    assert "stay" in stays.stdout.readline()
    return stays


def test_a_fork_heeds_signals(program: Path) -> None:
    """It gets what its program gets, and that ends as it does."""
    with started(program) as stays:
        stays.send_signal(signal.SIGTERM)
        assert stays.wait(PATIENCE) == -signal.SIGTERM


def test_a_fork_is_killed_with_its_program(program: Path) -> None:
    """Nothing is left of it, whose end of the pipe closes."""
    with started(program) as stays:
        stays.kill()
        assert stays.stdout
        assert stays.stdout.read() == ""


def test_the_server_ends_with_its_last_lease(tmp_path: Path) -> None:
    """Whoever has a lease can run programs; afterwards nobody listens."""
    with leased(tmp_path / "own") as first:
        with leased(tmp_path / "own"):
            pass
        script, path = tmp_path / "script.py", tmp_path / "program"
        script.write_text("print(1)")
        path.write_text(first.program(script))
        path.chmod(0o755)
        assert subprocess.check_output([path]) == b"1\n"
    wait_until(lambda: subprocess.run([path], stderr=-3, check=False).returncode == 1)
