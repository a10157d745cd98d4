"""What a house may do, but somebody should know of before a session."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from kacenv.errors import LoadError
from kacenv.loader.house import House
from kacenv.loader.load import music_roots
from kacenv.loader.music import listed_tracks
from kacenv.loader.tracks import Listed
from kacenv.music import Sound, known_sounds
from kacenv.music.vocals import vocals_by_tag
from kacenv.units import format_clock, format_seconds

SUDDEN: Final = 10.0
"""A rise of momentary loudness within 2 s that would startle, in LU.

10 LU are heard as twice as loud (a sone doubles each 10 phon, ISO 532), and the ear sums
loudness over some tenths of a second, so the momentary window of 0.4 s tells what the
short-term window of 3 s smooths away. Calm music measures 4 to 7 LU, battle music 10 to 20."""
_SHORT_OF: Final = 2.0
"""Seconds by which a header and the music may differ before something is missing."""


class Caution(NamedTuple):
    """One thing to know about one line of one file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        """One line that editors can jump to."""
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


def warnings_of(house: House) -> list[Caution]:
    """What to know about the house's music, by file and line.

    Playlists with problems are left to `check_house`.
    """
    known = known_sounds()
    cautions: list[Caution] = []
    for root in music_roots(house):
        for name in house.playlists():
            path = house.playlist(name)
            assert path is not None  # noqa: S101 - the house has just listed it
            try:
                tracks = listed_tracks(path, root, known)
            except LoadError:
                continue
            cautions += cautions_about(tracks, name)
    return sorted(dict.fromkeys(cautions))


def cautions_about(tracks: list[Listed], name: str) -> Iterator[Caution]:
    """What to know about the tracks of the playlist called `name`."""
    unscanned = [track for track in tracks if track.sound is None]
    if unscanned:
        yield _unscanned(len(unscanned), len(tracks), name, unscanned[0].file)
    for track in tracks:
        for text in _about(track):
            yield Caution(track.file, track.entry.line, track.entry.column, text)


def _unscanned(count: int, total: int, name: str, file: str) -> Caution:
    how_many = "its music hasn't" if count == total else f"{count} of {total} tracks haven't"
    text = f"{how_many} been measured, and plays as loud as the files are"
    return Caution(file, 1, 1, f"{text}; run: kacenv music scan {name}")


def _about(track: Listed) -> Iterator[str]:
    if track.sound is not None:
        yield from _about_sound(track, track.sound)
    if tag := vocals_by_tag(track.path):
        yield f"{track.path.name} may have words in it, its tags say ({tag}); listen to it"


def _about_sound(track: Listed, sound: Sound) -> Iterator[str]:
    name = track.path.name
    if sound.silent:
        yield f"{name} is silent from beginning to end; is it the right file?"
    if sound.sudden > SUDDEN and track.begin <= sound.sudden_at <= track.end:
        yield (
            f"{name} may startle: at {format_clock(sound.sudden_at)} it becomes"
            f" {sound.sudden:.0f} LU louder within 2 s; take another track, or cut before it"
        )
    if sound.damaged_at is not None:
        yield f"{name} is damaged at {format_clock(sound.damaged_at)}; copy it again"
    elif sound.duration < track.stated - _SHORT_OF:
        yield (
            f"{name} holds only {format_seconds(sound.duration)} of the"
            f" {format_seconds(track.stated)} it promises; copy it again"
        )
