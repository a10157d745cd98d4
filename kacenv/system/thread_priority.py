"""Priority of the thread that feeds the sound device, as far as the machine allows without root."""

import os
import threading
from contextlib import suppress
from enum import StrEnum
from typing import Final

REALTIME: Final = 5
"""Real-time priority, from 1 to 99: PulseAudio's own, so that neither keeps the other waiting."""
NICE: Final = -10
"""Niceness, where there is no real-time; that of the service (`Nice=`)."""


class ThreadPriority(StrEnum):
    """What a thread was granted."""

    REALTIME = "real-time"
    NICE = "nice"
    ORDINARY = "ordinary"


def raise_thread_priority() -> ThreadPriority:
    """Raise the calling thread: to real-time by RLIMIT_RTPRIO, else to niceness by RLIMIT_NICE.

    A thread that a sound server has raised (JACK's) is left as it is. What the thread might start
    is ordinary again (SCHED_RESET_ON_FORK, sched(7)).
    """
    if os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK in {os.SCHED_FIFO, os.SCHED_RR}:
        return ThreadPriority.REALTIME
    with suppress(OSError):
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(REALTIME))
        return ThreadPriority.REALTIME
    thread = threading.get_native_id()
    with suppress(OSError):
        # Linux sets the niceness of a single thread (setpriority(2), NOTES).
        if os.getpriority(os.PRIO_PROCESS, thread) > NICE:
            os.setpriority(os.PRIO_PROCESS, thread, NICE)
        return ThreadPriority.NICE
    return ThreadPriority.ORDINARY
