"""Check of a whole house: every file, and every scene in every room."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

from kacenv.analysis import known_measurements
from kacenv.analysis.header_cache import kept_headers
from kacenv.config.checks.cross_file import ScenePlan
from kacenv.config.checks.file_warnings import (
    file_warnings,
    repeated_tracks,
    unchecked_warnings,
)
from kacenv.config.checks.room_warnings import room_warnings
from kacenv.config.checks.scene_warnings import scene_warnings
from kacenv.config.checks.track_warnings import (
    LintWarning,
    WarningRule,
    join_warnings,
    track_warnings,
)
from kacenv.config.house import FileKind, House
from kacenv.config.load import (
    LoadedRoom,
    ProblemCollector,
    check_plan,
    open_room,
    open_scene,
    roots_of,
)
from kacenv.config.playlists.playlist_cache import PlaylistCache
from kacenv.config.playlists.resolve import ResolvedPlaylist, open_playlist
from kacenv.config.room_files import room_file_faults
from kacenv.config.yaml.text_files import any_of, is_file, near, refuse, shown
from kacenv.config.yaml.validation_errors import in_order
from kacenv.core.errors import FileProblem


@dataclass(frozen=True, slots=True)
class HouseReport:
    """Contents of a house, its problems, and its warnings."""

    house: House
    places: tuple[LoadedRoom, ...] = ()
    plans: tuple[ScenePlan, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    cautions: tuple[LintWarning, ...] = ()
    unmeasured: tuple[tuple[str, Path], ...] = ()
    """Sound files without a verdict, each with its playlist."""
    files: Mapping[str, FileKind] = field(default_factory=dict)
    """Files that were read, with their kinds."""
    held_against: tuple[Path, ...] = ()
    """Houses that files from elsewhere were checked with."""

    def narrowed(self, names: Sequence[str]) -> "HouseReport":
        """Return the part on the named rooms, scenes, playlists or files.

        A scene includes its playlists.

        Raises:
            LoadError: Nothing in the house has such a name.
        """
        return self.limited({file for name in names for file in self._called(name)})

    def limited(self, named: AbstractSet[str]) -> "HouseReport":
        """Return the part on these files; a scene includes its playlists."""
        files = {*named, *self._playlists_of(named)}
        return replace(
            self,
            places=tuple(one for one in self.places if one.document.file in files),
            problems=tuple(one for one in self.problems if one.file in files),
            cautions=tuple(one for one in self.cautions if one.file in files),
            unmeasured=tuple(one for one in self.unmeasured if one[0] in files),
            files={file: kind for file, kind in self.files.items() if file in files},
        )

    def _playlists_of(self, named: AbstractSet[str]) -> Iterator[str]:
        plans = (plan for plan in self.plans if plan.document.file in named)
        paths = (self.house.playlist(name) for plan in plans for name in plan.playlists())
        return (shown(path) for path in paths if path)

    def _called(self, name: str) -> Iterator[str]:
        house = self.house
        paths = [house.root / "rooms" / name, house.root / "scenes" / name, Path(name)]
        if name in house.rooms():
            paths.append(house.room(name))
        if name in house.scenes():
            paths.append(house.scene(name))
        found = [shown(path) for path in (*paths, house.playlist(name)) if path and is_file(path)]
        if not found:
            known = [*house.rooms(), *house.scenes(), *house.playlists()]
            expected = f"a room, scene or playlist: {any_of(known)}; or the path of a file"
            raise refuse(Path(name), "nothing of this name", expected, near(name, known))
        yield from found


def check_house(house: House) -> list[FileProblem]:
    """Return all problems of the house; each scene is checked in each room."""
    return list(check_files(house).problems)


def warnings_of(house: House) -> list[LintWarning]:
    """Return all warnings by file and line.

    Files with problems are left to `check_house`.
    """
    return list(check_files(house).cautions)


def check_files(
    house: House, loose: Mapping[Path, FileKind] | None = None, *, elsewhere: bool = False
) -> HouseReport:
    """Check the house as a whole, with `loose` files from elsewhere as if they lay in it.

    If this machine is `elsewhere` than the rooms, what they open when they start isn't opened.
    """
    return _HouseChecker(house, loose or {}, elsewhere=elsewhere).survey()


class _HouseChecker:
    def __init__(self, house: House, loose: Mapping[Path, FileKind], *, elsewhere: bool) -> None:
        self._house, self._loose, self._elsewhere = house, loose, elsewhere
        self._files = {**house.files(), **loose}
        self._headers, self._known = kept_headers(), known_measurements()
        self._shelf = PlaylistCache(house, self._known, self._headers)
        self._findings = ProblemCollector()
        self._cautions: list[LintWarning] = []
        self._opened: dict[tuple[str, Path | None], ResolvedPlaylist] = {}
        self._to_open = 0

    def survey(self) -> HouseReport:
        gather, house = self._findings.gather, self._house
        rooms = [gather(open_room, path) for path in self._of_kind(FileKind.ROOM)]
        scenes = [gather(open_scene, path) for path in self._of_kind(FileKind.SCENE)]
        places = [place for place in rooms if place]
        plans = [plan for plan in scenes if plan]
        self._open_playlists(places)
        self._open_loose_playlists(places)
        tried: list[LoadedRoom | None] = [*places] or [None]
        for place in tried:
            for plan in plans:
                self._try(plan, place)
        if not scenes:
            gather(house.scene, "couple-lozenge")
        self._headers.keep()
        self._findings.problems += house.unreadable()
        self._cautions += room_warnings(places, house.root)
        for place in () if self._elsewhere else places:
            self._open_files(place)
        self._cautions += self._about_unchecked(plans, places)
        tracks = [track for opened in self._opened.values() for track in opened.tracks]
        self._cautions += file_warnings(
            house,
            plans if len(plans) == len(scenes) else None,
            tracks if len(self._opened) == self._to_open else None,
        )
        return HouseReport(
            house,
            tuple(places),
            tuple(plans),
            in_order(self._findings.problems),
            tuple(sorted(dict.fromkeys(self._cautions))),
            tuple(dict.fromkeys((track.file, track.path) for track in tracks if not track.judged)),
            {shown(path): kind for path, kind in self._files.items()},
            (house.root,) if self._loose and house.is_there else (),
        )

    def _open_files(self, place: LoadedRoom) -> None:
        """Open what the room opens when it starts; what another user may open is a warning."""
        for problem, depends_on_user in room_file_faults(place, self._house.root):
            if depends_on_user:
                self._cautions.append(_of_another_user(problem))
            else:
                self._findings.problems.append(problem)

    def _of_kind(self, wanted: FileKind) -> list[Path]:
        return [path for path, kind in self._files.items() if kind is wanted]

    def _about_unchecked(
        self, plans: list[ScenePlan], places: list[LoadedRoom]
    ) -> Iterator[LintWarning]:
        spoilt = {problem.file for problem in self._findings.problems}
        lists = [shown(path) for path in self._loose_playlists()]
        unopened = [file for file in lists if file in spoilt]
        return unchecked_warnings(self._house, plans, unopened, with_rooms=bool(places))

    def _open_playlists(self, places: list[LoadedRoom]) -> None:
        roots = roots_of(places)
        self._to_open = len(roots) * len(self._shelf.names)
        for root in roots:
            for name in self._shelf.names:
                opened = self._findings.gather(self._shelf.open, name, root)
                if opened:
                    self._look_through(name, root, opened)

    def _open_loose_playlists(self, places: list[LoadedRoom]) -> None:
        sources = self._known, self._headers
        for path in self._loose_playlists():
            for root in roots_of(places):
                self._to_open += 1
                opened = self._findings.gather(open_playlist, path, str(path), root, *sources)
                if opened:
                    self._look_through(str(path), root, opened)

    def _loose_playlists(self) -> list[Path]:
        return [path for path, kind in self._loose.items() if kind is FileKind.PLAYLIST]

    def _look_through(self, name: str, root: Path | None, opened: ResolvedPlaylist) -> None:
        self._opened[name, root] = opened
        self._cautions += track_warnings(opened.tracks, name)
        self._cautions += join_warnings(opened)
        self._cautions += repeated_tracks(opened.tracks)

    def _try(self, plan: ScenePlan, place: LoadedRoom | None) -> None:
        shelf = self._shelf if self._house.is_there else None
        queues = check_plan(plan, place, shelf, self._findings)
        self._cautions += scene_warnings(plan, queues)


def _of_another_user(problem: FileProblem) -> LintWarning:
    """Return the warning about a file or variable that the user who runs the room may have."""
    text = (
        f"{problem.found}; that is right if the user who runs the room has it, so check as that"
        f" one; else {problem.expected}"
    )
    return LintWarning(problem.file, problem.line, problem.column, text, WarningRule.UNCHECKED)
