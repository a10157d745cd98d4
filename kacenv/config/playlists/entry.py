"""Entry of a playlist, whatever the format of its file."""

from dataclasses import dataclass

from kacenv.core.units import Decibels, Seconds


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """Entry of a playlist: a file not yet located or measured."""

    file: str
    """Location as written; bytes that aren't UTF-8 are surrogates (PEP 383)."""
    title: str
    """Title as written; "" where the file's name has to do."""
    artist: str
    line: int
    column: int = 1
    where: str = ""
    gain: Decibels = Decibels(0.0)
    cue_in: Seconds | None = None
    cue_out: Seconds | None = None
    energy: int | None = None
    licence: str = ""
    others: tuple[str, ...] = ()
    """Further locations, for when the first leads nowhere; in order of preference."""
    foreign: bool = False
    """True if another program wrote it, perhaps on another system."""
    doubtful: bool = False
    """True if it may as well be a comment."""
