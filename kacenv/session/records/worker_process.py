"""Entry point of the record writer's process, separate from the daemon.

In the daemon's process it would hold the GIL, and delay sound and light.
"""

import fcntl
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from kacenv.core.units import Days
from kacenv.session.records.record_writer import RecordWriter, WriterMessage
from kacenv.session.records.store import RecordStore

# Priority first, imports after. The service may not raise its niceness, but it may choose
# SCHED_IDLE. The OOM score makes the kernel end this process first.
_CODE: Final = """\
import contextlib, os, pathlib
try:
    os.setpriority(os.PRIO_PROCESS, 0, 10)
except OSError:
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
with contextlib.suppress(OSError):
    pathlib.Path("/proc/self/oom_score_adj").write_text("500")
from kacenv.session.records.worker_process import main
main()
"""


def command(journal: Path, keep: Days, cabinet: RecordStore) -> Sequence[str]:
    """Return the command that runs the record writer once; `parse_message` parses its output."""
    return [sys.executable, "-c", _CODE, str(journal), str(keep), str(cabinet.folder)]


def parse_message(line: str) -> WriterMessage:
    """Parse a line of the command's output.

    Raises:
        ValueError: It is malformed.
    """
    text, is_fault = json.loads(line)
    return WriterMessage(str(text), bool(is_fault))


def main() -> None:
    """Run the record writer once, and print its messages for staff as JSON lines."""
    journal, keep, folder = sys.argv[1:]
    clerk = RecordWriter(Path(journal), Days(int(keep)), RecordStore(Path(folder)))
    with suppress(FileNotFoundError):
        _wait_for_others(Path(journal).parent)
        for said in clerk.write_pending():
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()


def _wait_for_others(folder: Path) -> None:
    """Lock `folder` until this process ends; other rooms' record writers lock it, too."""
    fcntl.flock(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), fcntl.LOCK_EX)
