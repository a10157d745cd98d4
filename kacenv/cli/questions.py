"""Questions that a command may ask, if somebody is there to answer."""

import sys


def in_terminal() -> bool:
    """Tell if a person sees what is printed, and can type an answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()
