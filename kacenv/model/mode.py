"""Mode of a room: where its session stands."""

from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """Mode of the room."""

    IDLE = "idle"
    RUNNING = "running"
    RETURNING = "returning"
    """Returning early, through the compressed return arc."""
    HELD = "held"
    FADING = "fading"
    """Last fade of the music."""


IN_SESSION: Final = frozenset({Mode.RUNNING, Mode.RETURNING, Mode.HELD})
"""Modes in which a session is on and not yet fading out."""
ANYTIME: Final = frozenset(Mode)
RESTING: Final = frozenset({Mode.IDLE, Mode.HELD})
"""Modes in which the session's clocks stand still."""
