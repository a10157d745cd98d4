"""Keyboard input of live views: q leaves."""

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LEAVE: Final = b"qQ\x03\x04"
"""Keys that leave: q, Ctrl-C and Ctrl-D."""


@contextmanager
def keyboard() -> Iterator[list[int]]:
    """Yield the keyboard's descriptor, if there is one, in unbuffered mode without echo."""
    if not sys.stdin.isatty():
        yield []
        return
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    tty.setcbreak(keys)
    try:
        yield [keys]
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


def asks_to_leave(keyboard: int) -> bool:
    """Return True if a key that leaves has just been typed."""
    if not select.select([keyboard], [], [], 0)[0]:
        return False
    typed = os.read(keyboard, 64)
    return not typed or any(key in _LEAVE for key in typed)
