"""Check of a whole house: every file, and every scene in every room."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

from kacenv.analysis import known_sounds
from kacenv.analysis.header_cache import kept_headers
from kacenv.config.checks.cross_file import Plan
from kacenv.config.checks.file_warnings import cautions_about_files, repeated_tracks
from kacenv.config.checks.light_warnings import cautions_about_light
from kacenv.config.checks.network_warnings import cautions_about_network
from kacenv.config.checks.scene_warnings import cautions_about_plan
from kacenv.config.checks.track_warnings import Caution, cautions_about
from kacenv.config.checks.unchecked_warnings import cautions_about_unchecked
from kacenv.config.house import FileKind, House
from kacenv.config.load import Findings, Place, check_plan, open_room, open_scene, roots_of
from kacenv.config.playlists.playlist_cache import Shelf
from kacenv.config.playlists.resolve import Opened, open_playlist
from kacenv.config.yaml.text_files import any_of, is_file, near, refuse, shown
from kacenv.config.yaml.validation import in_order
from kacenv.core.errors import Problem


@dataclass(frozen=True, slots=True)
class Survey:
    """Contents of a house, its problems, and its warnings."""

    house: House
    places: tuple[Place, ...] = ()
    plans: tuple[Plan, ...] = ()
    problems: tuple[Problem, ...] = ()
    cautions: tuple[Caution, ...] = ()
    unmeasured: tuple[tuple[str, Path], ...] = ()
    """Sound files not measured yet, each with its playlist."""
    files: Mapping[str, FileKind] = field(default_factory=dict)
    """Files that were read, with their kinds."""
    held_against: tuple[Path, ...] = ()
    """Houses that files from elsewhere were checked with."""

    def narrowed(self, names: Sequence[str]) -> "Survey":
        """Return the part on the named rooms, scenes, playlists or files.

        A scene includes its playlists.

        Raises:
            LoadError: Nothing in the house has such a name.
        """
        return self.limited({file for name in names for file in self._called(name)})

    def limited(self, named: AbstractSet[str]) -> "Survey":
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


def check_house(house: House) -> list[Problem]:
    """Return all problems of the house; each scene is checked in each room."""
    return list(survey(house).problems)


def warnings_of(house: House) -> list[Caution]:
    """Return all warnings by file and line.

    Files with problems are left to `check_house`.
    """
    return list(survey(house).cautions)


def survey(house: House, loose: Mapping[Path, FileKind] | None = None) -> Survey:
    """Check the house as a whole, with `loose` files from elsewhere as if they lay in it."""
    return _Surveyor(house, loose or {}).survey()


class _Surveyor:
    def __init__(self, house: House, loose: Mapping[Path, FileKind]) -> None:
        self._house, self._loose = house, loose
        self._files = {**house.files(), **loose}
        self._headers, self._known = kept_headers(), known_sounds()
        self._shelf = Shelf(house, self._known, self._headers)
        self._findings = Findings()
        self._cautions: list[Caution] = []
        self._opened: dict[tuple[str, Path | None], Opened] = {}
        self._to_open = 0

    def survey(self) -> Survey:
        gather, house = self._findings.gather, self._house
        rooms = [gather(open_room, path) for path in self._of_kind(FileKind.ROOM)]
        scenes = [gather(open_scene, path) for path in self._of_kind(FileKind.SCENE)]
        places = [place for place in rooms if place]
        plans = [plan for plan in scenes if plan]
        self._open_playlists(places)
        self._open_loose_playlists(places)
        tried: list[Place | None] = [*places] or [None]
        for place in tried:
            for plan in plans:
                self._try(plan, place)
        if not scenes:
            gather(house.scene, "couple-lozenge")
        self._headers.keep()
        self._cautions += cautions_about_light(places)
        self._cautions += cautions_about_network(places, house.root)
        self._cautions += self._about_unchecked(plans, places)
        tracks = [track for opened in self._opened.values() for track in opened.tracks]
        self._cautions += cautions_about_files(
            house,
            plans if len(plans) == len(scenes) else None,
            tracks if len(self._opened) == self._to_open else None,
        )
        return Survey(
            house,
            tuple(places),
            tuple(plans),
            in_order(self._findings.problems),
            tuple(sorted(dict.fromkeys(self._cautions))),
            tuple(
                dict.fromkeys((track.file, track.path) for track in tracks if track.sound is None)
            ),
            {shown(path): kind for path, kind in self._files.items()},
            (house.root,) if self._loose and house.is_there else (),
        )

    def _of_kind(self, wanted: FileKind) -> list[Path]:
        return [path for path, kind in self._files.items() if kind is wanted]

    def _about_unchecked(self, plans: list[Plan], places: list[Place]) -> Iterator[Caution]:
        spoilt = {problem.file for problem in self._findings.problems}
        lists = [shown(path) for path in self._loose_playlists()]
        unopened = [file for file in lists if file in spoilt]
        return cautions_about_unchecked(self._house, plans, unopened, with_rooms=bool(places))

    def _open_playlists(self, places: list[Place]) -> None:
        roots = roots_of(places)
        self._to_open = len(roots) * len(self._shelf.names)
        for root in roots:
            for name in self._shelf.names:
                opened = self._findings.gather(self._shelf.open, name, root)
                if opened:
                    self._look_through(name, root, opened)

    def _open_loose_playlists(self, places: list[Place]) -> None:
        sources = self._known, self._headers
        for path in self._loose_playlists():
            for root in roots_of(places):
                self._to_open += 1
                opened = self._findings.gather(open_playlist, path, str(path), root, *sources)
                if opened:
                    self._look_through(str(path), root, opened)

    def _loose_playlists(self) -> list[Path]:
        return [path for path, kind in self._loose.items() if kind is FileKind.PLAYLIST]

    def _look_through(self, name: str, root: Path | None, opened: Opened) -> None:
        self._opened[name, root] = opened
        self._cautions += cautions_about(opened.tracks, name)
        self._cautions += repeated_tracks(opened.tracks)

    def _try(self, plan: Plan, place: Place | None) -> None:
        shelf = self._shelf if self._house.is_there else None
        queues = check_plan(plan, place, shelf, self._findings)
        self._cautions += cautions_about_plan(plan, queues)
