"""Loading of rooms and sessions, all or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from kacenv.analysis import known_measurements
from kacenv.analysis.header_cache import kept_headers
from kacenv.config.checks.controls import check_control_map
from kacenv.config.checks.cross_file import (
    ScenePlan,
    check_chimes,
    check_looks,
    check_music,
    check_scene,
    unknown_playlist,
)
from kacenv.config.chime_files import with_chimes
from kacenv.config.house import House
from kacenv.config.playlists.playlist_cache import PlaylistCache
from kacenv.config.yaml.document import Document, read_document
from kacenv.config.yaml.text_files import shown
from kacenv.config.yaml.validation_errors import in_order, validate
from kacenv.core.errors import FileProblem, LoadError
from kacenv.model.playlist import Queue
from kacenv.model.room import Room
from kacenv.model.scene import Scene
from kacenv.model.timeline import Timeline, compile_timeline

P = ParamSpec("P")
T = TypeVar("T")


def load_room(house: House, name: str) -> Room:
    """Load the room `name`, or the one in the file `name`.

    Raises:
        LoadError: With everything that is wrong in its file.
    """
    return open_room(house.room(name)).room


def load_session(house: House, scene: str, room: str) -> Timeline:
    """Load a scene for a room as a timeline, with its music located and measured.

    Raises:
        LoadError: With everything that is wrong in all the files involved.
    """
    findings = ProblemCollector()
    place = findings.gather(lambda: open_room(house.room(room)))
    plan = findings.gather(lambda: open_scene(house.scene(scene)))
    queues = (
        check_plan(
            plan, place, PlaylistCache(house, known_measurements(), kept_headers()), findings
        )
        if plan
        else {}
    )
    findings.refuse()
    assert plan and place  # noqa: S101, PT018 - without findings both were read
    return compile_timeline(plan.scene, place.room, queues)


def music_roots(house: House) -> list[Path | None]:
    """Return the music folder of each readable room; `[None]` without any."""
    findings = ProblemCollector()
    rooms = [findings.gather(open_room, house.room(name)) for name in house.rooms()]
    return roots_of([room for room in rooms if room])


def roots_of(places: Sequence["LoadedRoom"]) -> list[Path | None]:
    """Return the music folder of each of the rooms; `[None]` without any."""
    return list(dict.fromkeys(place.music_root for place in places)) or [None]


@dataclass(frozen=True, slots=True)
class LoadedRoom:
    """Loaded room, with its music folder and the positions of its lines."""

    room: Room
    music_root: Path | None
    document: Document


@dataclass(slots=True)
class ProblemCollector:
    """Collects problems over several files."""

    problems: list[FileProblem] = field(default_factory=list)

    def gather(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return the result of `read`; on a LoadError keep its problems and return None."""
        try:
            return read(*args, **kwargs)
        except LoadError as error:
            self.problems += error.problems
            return None

    def refuse(self) -> None:
        """Raise all problems as one LoadError, if there are any."""
        if self.problems:
            raise LoadError(in_order(self.problems))


def open_room(path: Path) -> LoadedRoom:
    """Load the room in the file at `path`.

    Raises:
        LoadError: With everything that is wrong in it.
    """
    document, findings = read_document(path), ProblemCollector()
    room = validate(Room, document)
    root = findings.gather(_music_root, room, document, path.parent)
    room = findings.gather(with_chimes, room, document, path.parent) or room
    findings.problems += check_control_map(room, document)
    findings.refuse()
    return LoadedRoom(_with_broker_files(room, path.parent), root, document)


def _with_broker_files(room: Room, folder: Path) -> Room:
    """Return the room with its broker's files as absolute paths; they are relative to `folder`."""
    if room.broker is None:
        return room
    keys = ("ca_file", "certificate_file", "key_file", "password_file")
    named = {key: getattr(room.broker, key) for key in keys}
    full = {key: str((folder / name).resolve()) for key, name in named.items() if name}
    return room.model_copy(update={"broker": room.broker.model_copy(update=full)})


def _music_root(room: Room, document: Document, folder: Path) -> Path | None:
    if room.music_root is None:
        return None
    root = folder / room.music_root
    if not root.is_dir():
        found = f"music_root: {room.music_root}, where there is no folder"
        expected = f"the path of a folder, beginning in {shown(folder)}"
        raise LoadError(
            (document.problem(("music_root",), found, expected, "music_root: ../music"),)
        )
    return root


def open_scene(path: Path) -> ScenePlan:
    """Load the scene in the file at `path`.

    Raises:
        LoadError: With everything that is wrong in it alone.
    """
    document = read_document(path)
    return ScenePlan(validate(Scene, document), document)


def check_plan(
    plan: ScenePlan,
    place: LoadedRoom | None,
    shelf: PlaylistCache | None,
    findings: ProblemCollector,
) -> dict[str, Queue]:
    """Check a scene against its music and its room, if any; return the queues of its playlists."""
    queues = _queues(plan, place, shelf, findings) if shelf else {}
    findings.problems += check_scene(plan)
    findings.problems += check_music(plan, queues)
    if place:
        findings.problems += check_looks(plan, place.room)
        findings.problems += check_chimes(plan, place.room)
    return queues


def _queues(
    plan: ScenePlan, place: LoadedRoom | None, shelf: PlaylistCache, findings: ProblemCollector
) -> dict[str, Queue]:
    queues: dict[str, Queue] = {}
    for name, trail in plan.playlists().items():
        if name not in shelf.names:
            findings.problems.append(unknown_playlist(plan, trail, shelf.names))
            continue
        opened = findings.gather(shelf.open, name, place.music_root if place else None)
        if opened:
            queues[name] = opened.queue
    return queues
