"""The priority of the sound's thread: as much as the machine grants, and no other thread's."""

import os
import subprocess
import sys
import threading

import pytest

from kacenv.system.thread_priority import ThreadPriority, raise_thread_priority

_NOBODY = 65534
_AS_USER = """
import os, resource
from kacenv.system.thread_priority import raise_thread_priority
try:
    resource.setrlimit(resource.RLIMIT_RTPRIO, ({rtprio}, {rtprio}))
    resource.setrlimit(resource.RLIMIT_NICE, ({nice}, {nice}))
except ValueError:
    raise SystemExit("here root may not raise these limits")
os.setgroups([]); os.setgid({user}); os.setuid({user})
print(raise_thread_priority(), os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK)
"""


@pytest.mark.real
@pytest.mark.skipif(os.getuid() != 0, reason="only root can lower and raise these limits")
@pytest.mark.parametrize(
    ("rtprio", "nice", "granted", "policy"),
    [
        (5, 30, ThreadPriority.REALTIME, os.SCHED_RR),
        (0, 30, ThreadPriority.NICE, os.SCHED_OTHER),
        (0, 0, ThreadPriority.ORDINARY, os.SCHED_OTHER),
    ],
)
def test_a_user_gets_what_the_limits_allow(
    rtprio: int, nice: int, granted: ThreadPriority, policy: int
) -> None:
    """Real-time where it may, else a niceness, else nothing; nothing is raised."""
    program = _AS_USER.format(rtprio=rtprio, nice=nice, user=_NOBODY)
    done = subprocess.run(
        (sys.executable, "-c", program), check=False, capture_output=True, text=True
    )
    if "may not raise" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.stdout.split() == [granted, str(policy)]


def test_only_the_calling_thread_is_raised() -> None:
    """Others, and threads that it might start, keep the place that they had."""
    before = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    granted: list[ThreadPriority] = []
    inner: list[int] = []

    def look() -> None:
        inner.append(os.sched_getscheduler(0))

    def run() -> None:
        granted.append(raise_thread_priority())
        granted.append(raise_thread_priority())
        started = threading.Thread(target=look)
        started.start()
        started.join()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert granted[0] == granted[1]
    assert inner == [os.SCHED_OTHER]
    after = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert after == before
