"""Rooms and sessions, loaded whole or refused whole."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from kacenv.errors import LoadError, Problem
from kacenv.loader.check import (
    Plan,
    check_looks,
    check_music,
    check_scene,
    unknown_playlist,
)
from kacenv.loader.explain import in_order, validate
from kacenv.loader.files import shown
from kacenv.loader.house import House
from kacenv.loader.music import load_queue
from kacenv.loader.source import read_document
from kacenv.music import Known, known_sounds
from kacenv.playlist import Queue
from kacenv.room import Room
from kacenv.scene import Scene
from kacenv.timeline import Timeline, compile_timeline

P = ParamSpec("P")
T = TypeVar("T")


def load_room(house: House, name: str) -> Room:
    """The room called `name`, or the one in the file `name`.

    Raises:
        LoadError: With everything that is wrong in its file.
    """
    return _open_room(house.room(name)).room


def load_session(house: House, scene: str, room: str) -> Timeline:
    """The timeline of a scene in a room, with its music found and measured.

    Raises:
        LoadError: With everything that is wrong in all the files involved.
    """
    findings = _Findings()
    place = findings.gather(lambda: _open_room(house.room(room)))
    plan = findings.gather(lambda: _open_scene(house.scene(scene)))
    queues = _check(house, plan, place, findings, known_sounds()) if plan else {}
    findings.refuse()
    assert plan and place  # noqa: S101, PT018 - without findings both were read
    return compile_timeline(plan.scene, place.room, queues)


def check_house(house: House) -> list[Problem]:
    """Everything wrong with any file of the house: each scene is tried in each room."""
    findings, known = _Findings(), known_sounds()
    rooms = [findings.gather(_open_room, house.room(name)) for name in house.rooms()]
    plans = [findings.gather(_open_scene, house.scene(name)) for name in house.scenes()]
    places: list[_Place | None] = [place for place in rooms if place]
    for place in places or [None]:
        for name in house.playlists():
            findings.gather(_open_playlist, house, name, place, known)
        for plan in plans:
            if plan:
                _check(house, plan, place, findings, known)
    if not plans:
        findings.gather(house.scene, "couple-lozenge")
    return list(in_order(findings.problems))


def music_roots(house: House) -> list[Path | None]:
    """The music folder of each room that can be read; `[None]` without any."""
    findings = _Findings()
    rooms = [findings.gather(_open_room, house.room(name)) for name in house.rooms()]
    return list(dict.fromkeys(room.music_root for room in rooms if room)) or [None]


@dataclass(frozen=True, slots=True)
class _Place:
    """A room with the folder its own music comes from."""

    room: Room
    music_root: Path | None


@dataclass(slots=True)
class _Findings:
    """Problems gathered over several files."""

    problems: list[Problem] = field(default_factory=list)

    def gather(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return read(*args, **kwargs)
        except LoadError as error:
            self.problems += error.problems
            return None

    def refuse(self) -> None:
        if self.problems:
            raise LoadError(in_order(self.problems))


def _open_room(path: Path) -> _Place:
    document = read_document(path)
    room = validate(Room, document)
    if room.music_root is None:
        return _Place(room, None)
    root = path.parent / room.music_root
    if not root.is_dir():
        found = f"music_root: {room.music_root}, where there is no folder"
        expected = f"the path of a folder, beginning in {shown(path.parent)}"
        raise LoadError(
            (document.problem(("music_root",), found, expected, "music_root: ../music"),)
        )
    return _Place(room, root)


def _open_scene(path: Path) -> Plan:
    document = read_document(path)
    return Plan(validate(Scene, document), document)


def _open_playlist(house: House, name: str, place: _Place | None, known: Known) -> Queue:
    path = house.playlist(name)
    assert path is not None  # noqa: S101 - the house has just listed it
    return load_queue(path, name, place.music_root if place else None, known)


def _check(
    house: House, plan: Plan, place: _Place | None, findings: _Findings, known: Known
) -> dict[str, Queue]:
    """Hold a scene against its music and its room; the queues of all its playlists."""
    queues: dict[str, Queue] = {}
    names = house.playlists()
    for name, trail in plan.playlists().items():
        if name not in names:
            findings.problems.append(unknown_playlist(plan, trail, names))
            continue
        queue = findings.gather(_open_playlist, house, name, place, known)
        if queue:
            queues[name] = queue
    findings.problems += check_scene(plan)
    findings.problems += check_music(plan, queues)
    if place:
        findings.problems += check_looks(plan, place.room)
    return queues
