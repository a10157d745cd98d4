"""Handles of this process: files, devices and connections share one limit."""

import resource
from typing import Final

ENOUGH: Final = 1024
"""What systems give by default; select(2), which sound servers' libraries use, knows no more."""
KEPT: Final = 48
"""Handles for files, sound, lamps and pedals; a room that plays has about 30 at most."""
_LEAST: Final = 8


def handles_for_connections() -> int:
    """Raise the limit of handles if it is low; return how many of them may be connections.

    The others are kept, so that no number of connections keeps a piece or a device from being
    opened.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if 0 <= soft < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
    return max(_LEAST, enough - KEPT)
