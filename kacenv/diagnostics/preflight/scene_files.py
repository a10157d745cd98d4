"""Probe of the clinic's files: the room, the scenes, and the tracks they may play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kacenv.analysis import Known
from kacenv.analysis.header_cache import kept_headers
from kacenv.config import House, survey_named
from kacenv.config.checks.track_warnings import Rule
from kacenv.config.load import Findings, Place, check_plan, open_room, open_scene
from kacenv.config.playlists.playlist_cache import Shelf
from kacenv.config.playlists.resolved_track import Listed
from kacenv.core.errors import Problem
from kacenv.diagnostics.finding import Finding, Mark
from kacenv.diagnostics.preflight.probe_messages import Said, Step

_ELSEWHERE = frozenset({Rule.UNUSED, Rule.UNMEASURED, Rule.DEVICE})
"""Warnings that other probes cover, or that don't matter today."""


@dataclass(slots=True)
class Chosen:
    """Room and scenes as far as readable, and every track they may play."""

    tracks: list[Listed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def choose(home: House, room: str, scenes: Sequence[str], known: Known) -> Chosen:
    """Read the room and the scenes, and check each scene against the room."""
    findings, chosen = Findings(), Chosen()
    headers = kept_headers()
    shelf = Shelf(home, known, headers)
    place = findings.gather(lambda: open_room(home.room(room)))
    names: dict[str, None] = {}
    for scene in scenes:
        plan = findings.gather(open_scene, home.scene(scene))
        if plan is not None:
            check_plan(plan, place, shelf, findings)
            names.update(dict.fromkeys(plan.playlists()))
    for name in names:
        chosen.tracks += _tracks(shelf, name, place)
    headers.keep()
    chosen.problems = list(dict.fromkeys(findings.problems))
    return chosen


def _tracks(shelf: Shelf, name: str, place: Place | None) -> list[Listed]:
    """Return the tracks of one playlist; its problems have been reported before."""
    if name not in shelf.names:
        return []
    opened = Findings().gather(shelf.open, name, place.music_root if place else None)
    return opened.tracks if opened else []


def files(home: House, room: str, scenes: Sequence[str], known: Known) -> Iterator[Said]:
    """Yield the files' problems as no-go, and warnings as notes."""
    yield Step("reading room, scenes and playlists")
    problems = choose(home, room, scenes, known).problems
    check = f"kacenv check {' '.join([room, *scenes])}" if len(scenes) < 3 else "kacenv check"
    if not scenes:
        yield Finding("files", "the house has no scene", Mark.WRONG, "Write one: kacenv init")
        return
    if problems:
        found = f"{_count(len(problems), 'problem')}; {_short(problems[0])}"
        lines = tuple(str(problem) for problem in problems)
        yield Finding("files", found, Mark.WRONG, f"See them all: {check}", lines)
        return
    yield Step("looking for what to know of")
    found = f"the room and {_count(len(scenes), 'scene')} can be used"
    told = survey_named(home, [room, *scenes], chosen=True).cautions
    cautions = tuple(str(one) for one in told if one.rule not in _ELSEWHERE)
    yield Finding("files", found)
    if cautions:
        many = _count(len(cautions), "warning")
        yield Finding("files", many, Mark.NOTE, f"Read them: {check}", cautions)


def _short(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}: {problem.found}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
