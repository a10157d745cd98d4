"""Runs a program behind the fences of a unit that Linux lets any process put up for itself.

No new privileges, no memory that is both writable and executable, no other system calls than
those of `SystemCallFilter`, a restricted umask and no capabilities: what systemd would do.
"""

import ctypes
import errno
import os
import subprocess
import sys
from collections.abc import Iterable

_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_LAST_CAP = 40
_MASKED_EQUAL = 7
_WRITE, _EXECUTE = 2, 4
_PROTECTIONS = {
    "mmap": (_WRITE | _EXECUTE, (0, _WRITE, _EXECUTE)),
    "mprotect": (_EXECUTE, (0,)),
    "pkey_mprotect": (_EXECUTE, (0,)),
}
"""Of the third argument, the bits that count and what they may be: MemoryDenyWriteExecute."""


class _Compare(ctypes.Structure):
    """libseccomp's `scmp_arg_cmp`."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


def allowed_calls(unit: str) -> set[str]:
    """The system calls that a unit's `SystemCallFilter` lines leave."""
    calls: set[str] = set()
    for line in unit.splitlines():
        if line.startswith("SystemCallFilter="):
            words = line.removeprefix("SystemCallFilter=")
            named = _expanded(words.removeprefix("~").split())
            calls = calls - named if words.startswith("~") else calls | named
    return calls


def _expanded(names: Iterable[str]) -> set[str]:
    found = set()
    for name in names:
        found |= _expanded(_members(name)) if name.startswith("@") else {name}
    return found


def _members(group: str) -> list[str]:
    command = ["systemd-analyze", "syscall-filter", "--no-pager", group]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.strip() for line in said.splitlines()[1:]]
    return [line for line in lines if line and not line.startswith("#")]


def fenced(calls: Iterable[str], command: list[str]) -> list[str]:
    """The command that runs `command` behind the fences."""
    return [sys.executable, "-I", "-S", __file__, ",".join(sorted(calls)), *command]


def _put_up(calls: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(_LAST_CAP + 1):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        sys.exit(f"no_new_privs: {os.strerror(ctypes.get_errno())}")
    os.umask(0o077)
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(_ERRNO | errno.EPERM))
    for call in calls:
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            continue
        mask, values = _PROTECTIONS.get(call, (0, (0,)))
        for value in values:
            only = _Compare(2, _MASKED_EQUAL, mask, value)
            count = 1 if mask else 0
            if seccomp.seccomp_rule_add_array(rules, _ALLOW, number, count, ctypes.byref(only)):
                sys.exit(f"no rule for {call}")
    if seccomp.seccomp_load(rules):
        sys.exit("the system calls can't be filtered")


if __name__ == "__main__":
    _put_up(sys.argv[1].split(","))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - a program of the test's own
