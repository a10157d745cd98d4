"""Worker process of a scan, separate so that no file can harm a session."""

import multiprocessing
import os
import resource
import signal
import threading
from multiprocessing.connection import wait
from typing import Final

from kacenv.analysis.measurement import Measurement
from kacenv.core.errors import DeviceError

MEMORY: Final = 2 << 30
"""Memory limit (bytes) of a worker; music needs a twentieth of it."""
PATIENCE: Final = 900
"""Time limit (s) for one file; 24 hours of music take 300."""


def prepare() -> None:
    """Set up a worker: limit its memory, ignore Ctrl-C, and exit with the parent process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # it would reserve memory for each core
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(5)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(parent: int) -> None:
    wait([parent])
    os._exit(1)


def work(path: str) -> Measurement | str:
    """Return the measurement of the file at `path`, or the reason for a failure."""
    from kacenv.analysis.loudness_meter import measure  # noqa: PLC0415 - only the workers need FFmpeg

    signal.alarm(PATIENCE)  # ends the process, which the scan then tells of
    try:
        return measure(path)
    except DeviceError as error:
        return str(error)
    finally:
        signal.alarm(0)
