"""Playable files of playlists, by their verdicts, or until there is one, by their headers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.header_cache import Headers
from kacenv.analysis.tags import Tags
from kacenv.analysis.verdict import Verdict
from kacenv.core.errors import DeviceError, KacenvError
from kacenv.core.units import Seconds

_SILENT: Final = "nothing can be heard in it from beginning to end; is it the right file?"


class UnplayableError(KacenvError):
    """File that the room would pass over; the message says why."""


@dataclass(frozen=True, slots=True)
class PlayableFile:
    """File that can be played, as far as is known."""

    length: Seconds
    """Length as decoded; without a verdict, as the header promises."""
    tags: Tags
    verdict: Verdict | None


def playable(path: Path, known: KnownMeasurements, headers: Headers) -> PlayableFile:
    """Return what is known of the file at `path`; it is opened only if nothing is.

    Raises:
        UnplayableError: The room would pass it over.
    """
    verdict = known.verdict(path)
    if verdict is not None and verdict.fault:
        raise UnplayableError(verdict.fault)
    if verdict is not None and verdict.sound is not None and verdict.whole:
        if verdict.sound.silent:
            raise UnplayableError(_SILENT)
        return PlayableFile(verdict.sound.duration, verdict.tags, verdict)
    try:
        header = headers.find(path)
    except (DeviceError, OSError) as error:
        raise UnplayableError(_reason(error)) from error
    sound = verdict.sound if verdict is not None else None
    return PlayableFile(sound.duration if sound else header.length, header.tags, verdict)


def _reason(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return f"it can't be read: {strerror}" if strerror else str(error)
