"""A track of a playlist that has been found, and what is played of it."""

from dataclasses import dataclass
from pathlib import Path

from kacenv.loader.listed import Entry
from kacenv.music import Sound
from kacenv.music.levels import heard, levelled
from kacenv.playlist import Cut
from kacenv.units import Seconds


@dataclass(frozen=True, slots=True)
class Listed:
    """A track that has been found: its line in the playlist, its file, what a scan measured."""

    file: str
    """The playlist's file."""
    entry: Entry
    path: Path
    stated: Seconds
    """The length in the sound file's header."""
    begin: Seconds
    end: Seconds
    """What the playlist plays of it, silence included."""
    sound: Sound | None = None
    words: str | None = None
    """The tag that speaks of words sung or spoken."""

    @property
    def length(self) -> Seconds:
        """How long the playlist plays it, silence included."""
        return Seconds(self.end - self.begin)

    def cut(self) -> Cut:
        """The track as it is played: levelled, without the silence at its ends."""
        begin, end = self._heard()
        return Cut(
            path=str(self.path),
            title=self.entry.title,
            artist=self.entry.artist,
            length=Seconds(end - begin),
            cue_in=begin,
            gain=levelled(self.entry.gain, self.sound),
            energy=self.entry.energy,
            licence=self.entry.licence,
        )

    def _heard(self) -> tuple[Seconds, Seconds]:
        """The stretch to play; a cue of the playlist's own stays as it is."""
        if self.sound is None:
            return self.begin, self.end
        first, last = heard(self.sound)
        begin = self.begin if self.entry.cue_in is not None else first
        end = min(self.end, self.sound.duration if self.entry.cue_out is not None else last)
        return (begin, Seconds(end)) if begin < end else (self.begin, self.end)
