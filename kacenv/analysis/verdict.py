"""Verdict on one sound file: all that decoding it from its beginning to its end has shown."""

from dataclasses import dataclass, fields
from typing import Final

from kacenv.analysis.measurement import Measurement
from kacenv.analysis.tags import UNTAGGED, Tags
from kacenv.core.units import Seconds


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """Format of a file's sound, as it was decoded."""

    kind: str = ""
    """Container, as `kind_of` names it; empty where an older kacenv measured the file."""
    codec: str = ""
    """FFmpeg's name of the codec, such as `flac` or `opus`."""
    rates: str = ""
    """Sample rates (Hz) in the order in which they come, as `44100` or `48000 24000`."""
    channels: str = ""
    """Numbers of channels in the order in which they come, as `2` or `2 1`."""
    starts_at: Seconds = Seconds(0.0)
    """The file's own time (s) of its first sample; 0 but in what was cut from a stream."""
    missing: Seconds = Seconds(0.0)
    """Music (s) that is lost at the end, where a header is exact, as of a copy that broke off."""
    seeks: bool = True
    """True if decoding can begin within the file, exact to 20 ms; tried at two places."""

    @property
    def changes(self) -> bool:
        """Tell if the rate, or the number of channels, changes within the file."""
        return " " in self.rates or " " in self.channels


FORM_FIELDS: Final = tuple(field.name for field in fields(SoundFormat))
_UNKNOWN: Final = SoundFormat()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on a file: a measurement of its sound, or a fault for which it can't be played."""

    sound: Measurement | None = None
    fault: str = ""
    """Reason for which the room passes the file over, for people to read; empty without one."""
    form: SoundFormat = _UNKNOWN
    tags: Tags = UNTAGGED

    @property
    def whole(self) -> bool:
        """Tell if everything was looked at; an older kacenv measured the loudness alone."""
        return bool(self.fault or self.form.kind)
