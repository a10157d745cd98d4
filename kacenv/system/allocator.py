"""Memory allocator of the C library, set for processes that live long or in numbers."""

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_LARGE: Final = 1 << 20
"""Bytes from which a block is mapped by itself, and from which a heap's free end is cut off."""


def give_back_freed_memory() -> None:
    """Set the process to return large blocks to the system as soon as they are freed; idempotent.

    By default glibc raises its thresholds to the largest block that was freed (mallopt(3), up to
    32 MiB). It then takes the next ones from its heaps, one for each thread that meets a lock, and
    keeps all that was written there. libVLC has a block of 12 MiB for each open file. Setting the
    thresholds stops them from rising. Other C libraries give back large blocks anyway.
    """
    _set(_MMAP_THRESHOLD, _LARGE)
    _set(_TRIM_THRESHOLD, _LARGE)


def use_one_arena() -> None:
    """Set the process, and its forks, to have one heap for all threads; before any is started.

    By default each thread that meets a lock gets a heap of its own (MALLOC_ARENA_MAX).
    """
    _set(_ARENA_MAX, 1)


def _set(parameter: int, value: int) -> None:
    """Set a parameter of mallopt(3), where the C library has it."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    mallopt(parameter, value)
