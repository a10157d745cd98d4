"""System calls of a process, told by the kernel before they are made, whoever makes them.

The process hands its calls over once (seccomp's user notification); all threads that it starts
from then on are watched, those of native libraries, too. Linux 5.5 and libseccomp 2.5 are needed.
"""

import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_NO_NEW_PRIVILEGES: Final = 38
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_NOTICE: Final = struct.Struct("<QIIiIQ6Q")
_REPLY: Final = struct.Struct("<QqiI")
_GO_ON: Final = 1
_LONGEST: Final = 4096
_PATH_AT: Final = {"open": 0, "creat": 0, "execve": 0, "openat": 1, "openat2": 1}
"""Calls that open or start a file, with the number of the argument that names it."""
_REFUSED: Final = frozenset({"socket", "connect", "sendto", "execve"})
WATCHED: Final = (*_PATH_AT, "socket", "connect")


class Call(NamedTuple):
    """System call: its name, and the path that it is about."""

    name: str
    path: str = ""


def _library() -> ctypes.CDLL:
    return ctypes.CDLL("libseccomp.so.2")


def hand_over_calls(channel: int) -> None:
    """Have the calls of this thread, and of those that it starts, told over a socket.

    Raises:
        OSError: The kernel can't do that.
    """
    library = _library()
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(_ALLOW))
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for name in WATCHED:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and library.seccomp_rule_add(rules, _NOTIFY, number, 0):
            raise OSError(errno.ENOSYS, f"no rule for {name}")
    with socket.socket(fileno=channel) as line:
        if library.seccomp_load(rules):
            raise OSError(errno.ENOSYS, "the system calls can't be watched")
        socket.send_fds(line, [b"!"], [library.seccomp_notify_fd(rules)])


class CallWatch:
    """Receives the calls of one process; lets files be opened, and refuses connections."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self.theirs = theirs
        """The end of the channel that the process is to inherit."""
        library = _library()
        numbers = ((library.seccomp_syscall_resolve_name(one.encode()), one) for one in WATCHED)
        self._names = {number: name for number, name in numbers if number >= 0}
        self._calls: list[Call] = []
        self._thread = threading.Thread(target=self._run, name="calls", daemon=True)

    def close(self) -> None:
        """Receive no more; the process is to have ended."""
        self.theirs.close()
        self._ours.close()

    def begin(self) -> None:
        """Wait until the process has handed over its calls, and receive them from then on."""
        self.theirs.close()
        _, (descriptor,), _, _ = socket.recv_fds(self._ours, 1, 1)
        self._descriptor = descriptor
        self._thread.start()

    def taken(self) -> list[Call]:
        """Return the calls since the last time."""
        calls, self._calls = self._calls, []
        return calls

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        try:
            while all(event & select.POLLIN for _, event in poll.poll()):
                with suppress(FileNotFoundError):  # it has died meanwhile
                    self._answer()
        finally:
            os.close(self._descriptor)

    def _answer(self) -> None:
        notice = bytearray(_NOTICE.size)
        fcntl.ioctl(self._descriptor, _RECEIVE, notice)
        key, process, _, number, _, _, *arguments = _NOTICE.unpack(notice)
        name = self._names[number]
        at = _PATH_AT.get(name)
        self._calls.append(Call(name, "" if at is None else _text(process, arguments[at])))
        is_refused = name in _REFUSED
        reply = (key, 0, -errno.EACCES, 0) if is_refused else (key, 0, 0, _GO_ON)
        fcntl.ioctl(self._descriptor, _ANSWER, bytearray(_REPLY.pack(*reply)))


def _text(process: int, address: int) -> str:
    """Return the text at an address of another process."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        room = 4096 - address % 4096  # the page behind may not be there
        text = memory.read(room)
        if b"\0" not in text:
            text += memory.read(_LONGEST)
    return os.fsdecode(text.partition(b"\0")[0])
