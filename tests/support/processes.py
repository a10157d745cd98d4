"""Processes that a test hasn't started itself, and their end on any machine.

Where nobody reaps orphans, as in a container without an init, a dead process stays as a zombie. It
counts as gone here: it has no command any more.
"""

from contextlib import suppress

import psutil
from support.waiting import wait_until


def is_alive(pid: int) -> bool:
    """Return True if a process runs."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def processes_with(word: str) -> list[psutil.Process]:
    """Return the processes whose command has this word."""
    every = psutil.process_iter(["cmdline"])
    return [one for one in every if word in (one.info["cmdline"] or ())]


def kill_all_with(word: str) -> None:
    """Kill the processes whose command has this word, and all that they start meanwhile."""
    wait_until(lambda: not _kill(processes_with(word)), f"what was started with {word} stays")


def _kill(processes: list[psutil.Process]) -> list[psutil.Process]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return processes
