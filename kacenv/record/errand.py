"""The errand: the clerk's look, in a process of its own that leaves the sound alone.

In the daemon's own process it would hold Python's lock, and sound and light would wait for it.
"""

import fcntl
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from kacenv.record.cabinet import Cabinet
from kacenv.record.clerk import Clerk, Said
from kacenv.units import Days

# First it steps back, and only then it loads anything. The service may not change how nice it is,
# but it may say that it runs when nobody else wants to. Where memory runs out, it goes first.
_CODE: Final = """\
import contextlib, os, pathlib
try:
    os.setpriority(os.PRIO_PROCESS, 0, 10)
except OSError:
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
with contextlib.suppress(OSError):
    pathlib.Path("/proc/self/oom_score_adj").write_text("500")
from kacenv.record.errand import main
main()
"""


def command(journal: Path, keep: Days, cabinet: Cabinet) -> Sequence[str]:
    """The command that has the clerk look once; what it says is read by `heard`."""
    return [sys.executable, "-c", _CODE, str(journal), str(keep), str(cabinet.folder)]


def heard(line: str) -> Said:
    """What a line of the command says.

    Raises:
        ValueError: Nothing.
    """
    text, is_fault = json.loads(line)
    return Said(str(text), bool(is_fault))


def main() -> None:
    """Look once, and say on standard output what staff are told."""
    journal, keep, folder = sys.argv[1:]
    clerk = Clerk(Path(journal), Days(int(keep)), Cabinet(Path(folder)))
    with suppress(FileNotFoundError):
        _wait_for_others(Path(journal).parent)
        for said in clerk.look():
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()


def _wait_for_others(folder: Path) -> None:
    """One at a time, until this process ends; another room's may be at it."""
    fcntl.flock(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), fcntl.LOCK_EX)
