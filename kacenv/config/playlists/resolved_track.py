"""Located track of a playlist, and the part of it that is played."""

from dataclasses import dataclass, replace
from pathlib import Path

from kacenv.analysis import Measurement
from kacenv.analysis.normalization import TRIVIAL, heard, levelled, levelled_with_album
from kacenv.analysis.silence_gaps import DEAD_AIR
from kacenv.analysis.verdict import Verdict
from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.core.units import Decibels, Seconds
from kacenv.model.playlist import Cut


@dataclass(frozen=True, slots=True)
class ResolvedTrack:
    """Located track: its playlist entry, its file, and the verdict on it."""

    file: str
    """Path of the playlist's file."""
    entry: PlaylistEntry
    path: Path
    begin: Seconds
    end: Seconds
    """Part that the playlist plays, silence included."""
    verdict: Verdict | None = None
    words: str = ""
    """Tag that suggests words."""
    place: str = ""
    """Path of the sound file as the playlist means it, from the folder that holds it."""

    @property
    def sound(self) -> Measurement | None:
        """Return the file's measurement; None if there is none yet."""
        return self.verdict.sound if self.verdict else None

    @property
    def judged(self) -> bool:
        """Tell if the file has been decoded from its beginning to its end."""
        return self.verdict is not None and self.verdict.whole

    @property
    def length(self) -> Seconds:
        """Length that the playlist plays, silence included."""
        return Seconds(self.end - self.begin)

    def cut(self) -> Cut:
        """Return the track as it is played: normalized, without silent ends."""
        return self._cut(self._heard(TRIVIAL), levelled(self.entry.gain, self.sound))

    def gapless_cut(self, album: Decibels) -> Cut:
        """Return the track as it joins its neighbours: at its `album`'s gain, with its rests."""
        gain = levelled_with_album(self.entry.gain, self.sound, album)
        return replace(self._cut(self._heard(DEAD_AIR), gain), gapless=True)

    def _cut(self, heard: tuple[Seconds, Seconds], gain: Decibels) -> Cut:
        begin, end = heard
        return Cut(
            path=str(self.path),
            title=self.entry.title,
            artist=self.entry.artist,
            length=Seconds(end - begin),
            cue_in=begin,
            gain=gain,
            energy=self.entry.energy,
            licence=self.entry.licence,
        )

    def _heard(self, silence: float) -> tuple[Seconds, Seconds]:
        """Return the part to play, without longer silent ends; the playlist's cues aren't moved."""
        if self.sound is None:
            return self.begin, self.end
        first, last = heard(self.sound, silence)
        begin = self.begin if self.entry.cue_in is not None else first
        end = min(self.end, self.sound.duration if self.entry.cue_out is not None else last)
        return (begin, Seconds(end)) if begin < end else (self.begin, self.end)
