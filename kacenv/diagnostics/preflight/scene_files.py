"""Probe of the clinic's files: the room, the scenes, and the tracks they may play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.header_cache import kept_headers
from kacenv.config import House, check_named
from kacenv.config.checks.track_warnings import WarningRule
from kacenv.config.load import LoadedRoom, ProblemCollector, check_plan, open_room, open_scene
from kacenv.config.playlists.playlist_cache import PlaylistCache
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.core.errors import FileProblem
from kacenv.diagnostics.finding import Finding, Severity, counted
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress

_ELSEWHERE = frozenset({WarningRule.UNUSED, WarningRule.UNMEASURED, WarningRule.DEVICE})
"""Warnings that other probes cover, or that don't matter today."""


@dataclass(slots=True)
class SceneSelection:
    """Room and scenes as far as readable, and every track they may play."""

    tracks: list[ResolvedTrack] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def choose(
    home: House, room: str, scenes: Sequence[str], known: KnownMeasurements
) -> SceneSelection:
    """Read the room and the scenes, and check each scene against the room."""
    findings, chosen = ProblemCollector(), SceneSelection()
    headers = kept_headers()
    playlists = PlaylistCache(home, known, headers)
    place = findings.gather(lambda: open_room(home.room(room)))
    names: dict[str, None] = {}
    for scene in scenes:
        plan = findings.gather(open_scene, home.scene(scene))
        if plan is not None:
            check_plan(plan, place, playlists, findings)
            names.update(dict.fromkeys(plan.playlists()))
    for name in names:
        chosen.tracks += _tracks(playlists, name, place)
    headers.keep()
    chosen.problems = list(dict.fromkeys(findings.problems))
    return chosen


def _tracks(playlists: PlaylistCache, name: str, place: LoadedRoom | None) -> list[ResolvedTrack]:
    """Return the tracks of one playlist; its problems have been reported before."""
    if name not in playlists.names:
        return []
    opened = ProblemCollector().gather(playlists.open, name, place.music_root if place else None)
    return opened.tracks if opened else []


def files(
    home: House, room: str, scenes: Sequence[str], known: KnownMeasurements
) -> Iterator[ProbeMessage]:
    """Yield the files' problems as no-go, and warnings as notes."""
    yield Progress("reading room, scenes and playlists")
    problems = choose(home, room, scenes, known).problems
    check = f"kacenv check {' '.join([room, *scenes])}" if len(scenes) < 3 else "kacenv check"
    if not scenes:
        yield Finding("files", "the house has no scene", Severity.WRONG, "Write one: kacenv init")
        return
    if problems:
        found = f"{counted(len(problems), 'problem')}; {_short(problems[0])}"
        lines = tuple(str(problem) for problem in problems)
        yield Finding("files", found, Severity.WRONG, f"See them all: {check}", lines)
        return
    yield Progress("looking for what to know of")
    found = f"the room and {counted(len(scenes), 'scene')} can be used"
    told = check_named(home, [room, *scenes], chosen=True).cautions
    cautions = tuple(str(one) for one in told if one.rule not in _ELSEWHERE)
    yield Finding("files", found)
    if cautions:
        many = counted(len(cautions), "warning")
        yield Finding("files", many, Severity.NOTE, f"Read them: {check}", cautions)


def _short(problem: FileProblem) -> str:
    return f"{problem.file}:{problem.line}: {problem.found}"
