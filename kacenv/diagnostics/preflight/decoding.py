"""Probe of the music: each track's first and last seconds are decoded, as the room will.

What a verdict has found unusual is decoded as a whole: there decoders may differ.
"""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kacenv.analysis import KnownMeasurements
from kacenv.config.checks.track_warnings import damage_of
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.core.units import Seconds, format_clock
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.samples import RATE, frames_in
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress
from kacenv.model.playlist import Cut
from kacenv.system.clock import MonotonicClock

HEAD, TAIL = Seconds(7.0), Seconds(5.0)
"""Lengths decoded of a track's beginning and of its end. A deck gives up what is silent for 6 s."""
_MOST = Seconds(600.0)
"""Length up to which what is unusual is decoded as a whole."""
_SLACK = Seconds(0.5)
"""Tolerance of lengths, which headers round."""
_SHORTER = Seconds(2.0)
"""Loss of length since the measurement that counts as damage."""
_WITHIN = Seconds(8.0)
"""Time limit of decoding, beyond which the disk is too slow for a session."""
_SLOWEST = 10.0
"""Least speed, in times that of playing, of decoding more than a few seconds."""
_AT_ONCE = 2
_COPY = "Copy it again, or take it out of its playlist; then: kacenv music scan"
_SCAN = "So that it plays as loud as the others: kacenv music scan"


@dataclass(frozen=True, slots=True)
class DecodingResult:
    """Result of one track; `fault` if it doesn't play to its end."""

    track: ResolvedTrack
    fault: str | None


def music(tracks: Iterable[ResolvedTrack], known: KnownMeasurements) -> Iterator[ProbeMessage]:
    """Probe each file once, two at a time."""
    chosen = list({(one.path, one.begin, one.end): one for one in tracks}.values())
    yield Progress(f"0 of {len(chosen)}")
    heard: list[DecodingResult] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for one in pool.map(lambda track: DecodingResult(track, _fault(track, known)), chosen):
            heard.append(one)
            yield Progress(f"{len(heard)} of {len(chosen)}")
    yield from _judged(heard, known)


def _judged(heard: list[DecodingResult], known: KnownMeasurements) -> Iterator[Finding]:
    bad = [one for one in heard if one.fault]
    new = [one.track.path for one in heard if one.track.sound is None and not one.fault]
    if len(bad) < len(heard):
        length = sum(one.track.length for one in heard if not one.fault)
        found = f"{len(heard) - len(bad)} of {len(heard)} pieces decode to their last second"
        yield Finding("music", f"{found} ({format_clock(length)})")
    for one in bad:
        yield Finding(f"piece {one.track.path.name}", one.fault or "", Severity.WRONG, _COPY)
    changed = [path.name for path in new if known.before(path)]
    if changed:
        found = f"changed since it was measured: {_some(changed)}"
        yield Finding("music", found, Severity.NOTE, _SCAN, tuple(changed))
    fresh = [path.name for path in new if not known.before(path)]
    if fresh:
        found = f"not measured yet: {_some(fresh)}"
        yield Finding("music", found, Severity.NOTE, _SCAN, tuple(fresh))


def _some(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _fault(track: ResolvedTrack, known: KnownMeasurements) -> str | None:
    """Return the reason why a track doesn't play to its end; None if it does."""
    before = known.before(track.path)
    lost = before.duration - track.end if before and track.sound is None else 0.0
    if lost > _SHORTER and track.entry.cue_out is None:
        return f"{format_clock(lost)} shorter than when it was measured"
    for begin, span in _stretches(track):
        fault = _missing(track.path, begin, span)
        if fault:
            return fault
    damage = damage_of(track.verdict, track.begin, track.end) if track.verdict else ""
    return damage or None


def _stretches(track: ResolvedTrack) -> list[tuple[Seconds, Seconds]]:
    """Return what is decoded of a track: begin and length of each stretch."""
    cut = track.cut()
    unusual = track.verdict is not None and track.verdict.form.changes
    if unusual and cut.length <= _MOST:
        return [(cut.cue_in, cut.length)]
    tail = min(TAIL, track.length)
    end = Seconds(track.end - tail), Seconds(tail)
    return [(cut.cue_in, Seconds(min(HEAD, cut.length))), end]


def _missing(path: Path, begin: Seconds, span: Seconds) -> str | None:
    """Return the fault of one stretch, decoded as in a session; None without one."""
    cut = Cut(str(path), "", "", span, begin)
    deck = file_deck(cut)
    deck.open(cut)
    try:
        frames = _decoded(deck, Seconds(_WITHIN + span / _SLOWEST))
        if deck.failed:
            return deck.failed
        if frames is None:
            return f"its disk takes more than {_WITHIN:g} s for {span:g} s of music"
        short = span - frames / RATE
        if short > _SLACK:
            return f"breaks off: {short:.1f} s are missing after {format_clock(begin)}"
        return None
    finally:
        deck.close()


def _decoded(deck: Deck, within: Seconds) -> int | None:
    """Read a deck to its end; return the number of frames, or None after `within` seconds."""
    clock, pause, frames = MonotonicClock(), threading.Event(), 0
    while not deck.failed and clock.now() <= within:
        ended = deck.ended_in
        frames += len(deck.read(frames_in(1.0)))
        if ended is not None and not deck.reserve:
            return frames
        if not deck.reserve:
            pause.wait(0.002)
    return None
