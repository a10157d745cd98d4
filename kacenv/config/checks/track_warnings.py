"""Warnings about tracks: valid, but to be known before a session."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from kacenv.analysis import Measurement
from kacenv.analysis.silence_gaps import DEAD_AIR, SilentSpan
from kacenv.analysis.verdict import Verdict
from kacenv.config.playlists.resolve import ResolvedPlaylist
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.core.explained_enum import ExplainedEnum
from kacenv.core.plain_text import cleaned_line
from kacenv.core.units import Seconds, format_brief, format_clock, format_seconds

SUDDEN: Final = 10.0
"""Rise of momentary loudness within 2 s that would startle, in LU.

10 LU are heard as twice as loud (a sone doubles each 10 phon, ISO 532). The ear integrates
loudness over some tenths of a second, so the momentary window of 0.4 s fits, and the
short-term window of 3 s would smooth the rise away. Calm music measures 4 to 7 LU, battle music
10 to 20.
"""
_FROM_ITS_BEGINNING: Final = 1.0
"""Cue point (seconds) up to which decoding begins with the file."""
_LAST_FRAME: Final = 0.5
"""Time before the end (seconds) from which damage costs nothing that is heard."""
_A_PIECE: Final = 30.0
"""Least length of music worth keeping on one side of a silence (seconds)."""


class WarningRule(ExplainedEnum):
    """Kind of a warning, and a sentence that explains it."""

    UNMEASURED = "unmeasured", "Music that hasn't been measured plays as loud as the files are."
    GAP = "gap", "A track falls silent in its middle for two seconds or more."
    STARTLING = "startling", "A track becomes much louder within two seconds."
    DAMAGED = "damaged", "A track can't be played to its end."
    PLACE = "place", "A track can't be entered exactly at its cue_in."
    WORDS = "words", "A track's own tags speak of words that are sung or spoken."
    COVERAGE = "coverage", "A phase outlives its music, and the overflow goes on."
    CROSSFADE = "crossfade", "A crossfade is longer than what it joins."
    LIGHT_FADE = "light-fade", "A light takes longer than half its phase."
    WINDOW = "window", "A window is longer than half its phase."
    CHECK_IN = "check-in", "A check-in may not come where its phase ends early."
    LOOK = "look", "A lamp can't show what a look asks of it."
    LAMP = "lamp", "A lamp's topic or abilities don't fit its kind."
    COMMENT = "comment", "A colour without quotes is read as a comment."
    TWICE = "twice", "A file, or a piece of music, is there twice."
    NAME = "name", "No playlist can name a file, as its name has other than letters and signs."
    UNUSED = "unused", "Nothing uses a file."
    DEVICE = "device", "This machine lacks a sound device or some of its channels."
    NETWORK = "network", "Others on the network may read along, or a tablet finds no page."
    UNCHECKED = "unchecked", "A file couldn't be held against a house, or against a room."


class LintWarning(NamedTuple):
    """Warning about one line of one file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    text: str
    rule: WarningRule

    def __str__(self) -> str:
        """Return one line that editors can jump to."""
        return cleaned_line(f"{self.file}:{self.line}:{self.column}: {self.text}")


def track_warnings(tracks: list[ResolvedTrack], name: str) -> Iterator[LintWarning]:
    """Yield the warnings about the tracks of the playlist `name`."""
    unscanned = [track for track in tracks if not track.judged]
    if unscanned:
        yield _unscanned(unscanned, len(tracks), name)
    for track in tracks:
        for rule, text in _about(track):
            yield _about_track(track, text, rule)


def join_warnings(playlist: ResolvedPlaylist) -> Iterator[LintWarning]:
    """Yield the tracks that are too short for their crossfades, and joins that would startle."""
    queue, tracks = playlist.queue, playlist.tracks
    short = set(queue.too_short())
    for track, cut in zip(tracks, queue.cuts, strict=True):
        if cut in short:
            text = (
                f"“{cut.title}” lasts {format_brief(cut.length)}, too short for crossfades of"
                f" {format_brief(queue.crossfade)}; its own take {format_brief(cut.length / 2)}"
            )
            yield _about_track(track, text, WarningRule.CROSSFADE)
    if queue.is_gapless:
        yield from _loud_joins(tracks)


def _loud_joins(tracks: Sequence[ResolvedTrack]) -> Iterator[LintWarning]:
    """Yield tracks that begin much louder than their neighbour, without a crossfade, ends."""
    for before, after in pairwise(tracks):
        rise = _loudness(after) - _loudness(before)
        if rise > SUDDEN:
            text = (
                f"{after.path.name} may startle: without a crossfade it follows"
                f" {before.path.name}, and is {rise:.0f} LU louder; give it a gain, or the playlist"
                " a crossfade"
            )
            yield _about_track(after, text, WarningRule.STARTLING)


def _loudness(track: ResolvedTrack) -> float:
    """Return the loudness (LUFS) of a track with its own gain; NaN if it isn't known."""
    loudness = track.sound.loudness if track.sound else None
    return math.nan if loudness is None else loudness + track.entry.gain


def _about_track(track: ResolvedTrack, text: str, rule: WarningRule) -> LintWarning:
    return LintWarning(track.file, track.entry.line, track.entry.column, text, rule)


def _unscanned(unscanned: list[ResolvedTrack], total: int, name: str) -> LintWarning:
    count = len(unscanned)
    if all(track.sound for track in unscanned):
        how_many = "its music was" if count == total else f"{count} of {total} tracks were"
        text = f"{how_many} measured by an older kacenv, which didn't look whether all of it plays"
    else:
        how_many = "its music hasn't" if count == total else f"{count} of {total} tracks haven't"
        text = f"{how_many} been measured, and plays as loud as the files are"
    text = f"{text}; run: kacenv music scan {name}"
    return LintWarning(unscanned[0].file, 1, 1, text, WarningRule.UNMEASURED)


def _about(track: ResolvedTrack) -> Iterator[tuple[WarningRule, str]]:
    if track.sound is not None:
        yield from _about_sound(track, track.sound)
    if track.words:
        name = track.path.name
        text = f"{name} may have words in it, its tags say ({track.words}); listen to it"
        yield WarningRule.WORDS, text


def _about_sound(track: ResolvedTrack, sound: Measurement) -> Iterator[tuple[WarningRule, str]]:
    name = track.path.name
    rise = sudden_rise(sound)
    if rise and track.begin <= sound.sudden_at <= track.end:
        text = f"{name} may startle: {rise}; take another track, or cut before it"
        yield WarningRule.STARTLING, text
    for silence in _silences_within(track, sound)[:1]:
        text = (
            f"{name} is silent for {format_seconds(silence.length)} at"
            f" {format_clock(silence.at)}; there another piece takes over, so"
            f" {_way_round(silence, track, sound)}"
        )
        yield WarningRule.GAP, text
    if track.verdict and (damage := damage_of(track.verdict, track.begin, track.end)):
        yield WarningRule.DAMAGED, f"{name} {damage}; copy it again"
    if track.begin > _FROM_ITS_BEGINNING and track.verdict and not track.verdict.form.seeks:
        text = (
            f"{name} can't be entered exactly at {format_clock(track.begin)}, its cue_in;"
            " convert it to FLAC"
        )
        yield WarningRule.PLACE, text


def damage_of(verdict: Verdict, begin: Seconds, end: Seconds) -> str:
    """Return what is damaged between two places of a file that plays, as `is damaged at 3:20`.

    Empty if nothing is.
    """
    sound = verdict.sound
    if sound is None:
        return ""
    if sound.damaged_at is not None and begin <= sound.damaged_at < end - _LAST_FRAME:
        return f"is damaged at {format_clock(sound.damaged_at)}"
    if verdict.form.missing and end >= sound.duration:
        lost = format_seconds(Seconds(round(verdict.form.missing)))
        return f"breaks off at {format_clock(sound.duration)}, and {lost} of it are lost"
    return ""


def sudden_rise(sound: Measurement) -> str:
    """Return in words where a file becomes so much louder that it would startle; "" if nowhere."""
    if sound.sudden <= SUDDEN:
        return ""
    return f"at {format_clock(sound.sudden_at)} it becomes {sound.sudden:.0f} LU louder within 2 s"


def _silences_within(track: ResolvedTrack, sound: Measurement) -> list[SilentSpan]:
    """Return the silences that lie in the played part for long enough."""
    return [
        silence
        for silence in sound.silences
        if min(silence.end, track.end) - max(silence.at, track.begin) >= DEAD_AIR
    ]


def _way_round(silence: SilentSpan, track: ResolvedTrack, sound: Measurement) -> str:
    """Return the advice that avoids a silence: either side long enough, else the longer one."""
    cue_out, cue_in = int(silence.at), math.ceil(silence.end)
    before = cue_out - max(track.begin, sound.head)
    after = min(track.end, sound.duration - sound.tail) - cue_in
    least = min(_A_PIECE, max(before, after))
    if least < 1.0:
        return "take another track"
    ways = (
        (before, f"cut before it: cue_out: {format_seconds(cue_out)}"),
        (after, f"begin after it: cue_in: {format_seconds(cue_in)}"),
    )
    return ", or ".join(way for length, way in ways if length >= least)
