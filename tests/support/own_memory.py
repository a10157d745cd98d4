"""Memory that a process has written to, which no other process shares."""

import re
from pathlib import Path

_WRITTEN = re.compile(r"^RssAnon:\s+(\d+) kB$", re.MULTILINE)


def own_memory() -> float:
    """This process's memory in MB; pages of files, which come and go with others, don't count."""
    found = _WRITTEN.search(Path("/proc/self/status").read_text("ascii"))
    assert found
    return int(found[1]) / 1000
