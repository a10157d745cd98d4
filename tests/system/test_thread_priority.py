"""The priority of the sound's thread: as much as the machine grants, and no other thread's."""

import errno
import os
import threading

import pytest

from kacenv.system.thread_priority import NICE, REALTIME, ThreadPriority, raise_thread_priority

_ASKED = (REALTIME, NICE)


class Limits:
    """A kernel that lets a thread be real-time, or nice, or neither; it keeps what it was asked."""

    def __init__(self, *allowed: int) -> None:
        self._allowed, self.asked = allowed, list[tuple[int, ...]]()

    def sched_setscheduler(self, pid: int, policy: int, param: os.sched_param) -> None:
        """Make a thread real-time."""
        self._grant(pid, policy, param.sched_priority)

    def setpriority(self, which: int, who: int, priority: int) -> None:
        """Make a thread nice."""
        self._grant(which, who, priority)

    def _grant(self, *asked: int) -> None:
        if asked[-1] not in self._allowed:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        self.asked.append(asked)


@pytest.mark.parametrize(
    ("allowed", "granted"),
    [
        (_ASKED, ThreadPriority.REALTIME),
        ((NICE,), ThreadPriority.NICE),
        ((), ThreadPriority.ORDINARY),
    ],
)
def test_a_user_gets_what_the_limits_allow(
    allowed: tuple[int, ...], granted: ThreadPriority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real-time where it may, else a niceness, else nothing; all for the calling thread alone."""
    limits = Limits(*allowed)
    monkeypatch.setattr(os, "sched_getscheduler", lambda _: os.SCHED_OTHER)
    monkeypatch.setattr(os, "getpriority", lambda *_: 0)
    monkeypatch.setattr(os, "sched_setscheduler", limits.sched_setscheduler)
    monkeypatch.setattr(os, "setpriority", limits.setpriority)
    assert raise_thread_priority() is granted
    assert (
        limits.asked
        == {
            ThreadPriority.REALTIME: [(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, REALTIME)],
            ThreadPriority.NICE: [(os.PRIO_PROCESS, threading.get_native_id(), NICE)],
            ThreadPriority.ORDINARY: [],
        }[granted]
    )


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
