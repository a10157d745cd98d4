"""What this machine's processes are called, and how long they have been there."""

import os
import subprocess
import sys

from support.waiting import wait_until

from kacenv.system.processes import age_of

_NAMED = """
import sys
from pathlib import Path
from kacenv.system.processes import name_process
name_process(sys.argv[1], "kac-supervisor")
print(Path("/proc/self/comm").read_text().strip())
print(Path("/proc/self/cmdline").read_bytes().rstrip(b"\\0").split(b"\\0"))
"""


def named(title: str, *words: str) -> list[str]:
    """What `ps` shows of a process with this title: its short name, and its words."""
    command = [sys.executable, "-c", _NAMED, title, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_process_says_what_it_is() -> None:
    """Lists show the short name, and the whole line the title before the process's own words."""
    assert named("kacenv: room a", "serve") == [
        "kac-supervisor",
        str([b"kacenv: room a", b"kacenv: room a", b"serve"]),
    ]


def test_a_title_without_room_is_cut() -> None:
    """Nothing is written beyond the place of the words."""
    short, shown = named("x" * 5000)
    assert short == "kac-supervisor"
    assert len(shown) < 10100


def test_how_old_a_process_is() -> None:
    """It grows while the process lives; one that is gone has no age, reaped or not."""
    mine = age_of(os.getpid())
    assert mine is not None
    assert mine > 0.0
    child = subprocess.Popen([sys.executable, "-c", ""])
    wait_until(lambda: age_of(child.pid) is None)
    child.wait()
    assert age_of(child.pid) is None
