"""Judging of a sound file: decoded once from its beginning to its end, on one core."""

import errno
from collections.abc import Iterable
from typing import Final

from kacenv.analysis.frame_formats import FormatRecorder
from kacenv.analysis.landmarks import Landmark, arrives
from kacenv.analysis.loudness_meter import measure
from kacenv.analysis.missing_end import missing_end
from kacenv.analysis.sound_decoder import BROKEN, decoded, is_of_the_disk
from kacenv.analysis.sound_file import SoundFile
from kacenv.analysis.sound_header import header_of, opened
from kacenv.analysis.verdict import SoundFormat, Verdict
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds

_START: Final = Seconds(0.0)


def judge(path: str) -> Verdict:
    """Return the verdict on the file at `path`; what keeps it from being played is its fault.

    Raises:
        OSError: Its disk doesn't give it.
    """
    try:
        return _judged(path)
    except DeviceError as error:
        if is_of_the_disk(error.__cause__):
            raise OSError(errno.EIO, "its disk doesn't give it") from error
        return Verdict(fault=str(error))


def _judged(path: str) -> Verdict:
    formats = FormatRecorder()
    with opened(path) as file:
        header = header_of(path, file)
        sound = measure(path, formats)
        form = SoundFormat(
            kind=header.kind,
            codec=header.codec,
            rates=" ".join(map(str, formats.rates)),
            channels=" ".join(map(str, formats.channels)),
            starts_at=formats.starts_at or _START,
            missing=missing_end(header.promised, sound.duration),
            seeks=_seeks(file, formats.landmarks.chosen(damaged=sound.damaged_at is not None)),
        )
    return Verdict(sound, form=form, tags=header.tags)


def _seeks(file: SoundFile, landmarks: Iterable[Landmark]) -> bool:
    """Tell if decoding can begin at all landmarks, as a deck's does at a cue point."""
    try:
        return all(arrives(decoded(file, one.begin), one) for one in landmarks)
    except BROKEN:
        return False
