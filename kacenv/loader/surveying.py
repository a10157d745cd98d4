"""Check of a whole house: every file, and every scene in every room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kacenv.errors import Problem
from kacenv.loader.cautions import Caution, cautions_about
from kacenv.loader.check import Plan
from kacenv.loader.explain import in_order
from kacenv.loader.file_cautions import cautions_about_files, repeated_tracks
from kacenv.loader.files import any_of, near, refuse, shown
from kacenv.loader.house import House
from kacenv.loader.light_cautions import cautions_about_light
from kacenv.loader.load import Findings, Place, check_plan, open_room, open_scene, roots_of
from kacenv.loader.music import Opened
from kacenv.loader.network_cautions import cautions_about_network
from kacenv.loader.plan_cautions import cautions_about_plan
from kacenv.loader.shelf import Shelf
from kacenv.music import known_sounds
from kacenv.music.headers import kept_headers


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

    def narrowed(self, names: Sequence[str]) -> "Survey":
        """Return the part on the named rooms, scenes, playlists or files.

        A scene includes its playlists.

        Raises:
            LoadError: Nothing in the house has such a name.
        """
        files = {file for name in names for file in self._files(name)}
        return replace(
            self,
            places=tuple(one for one in self.places if one.document.file in files),
            problems=tuple(one for one in self.problems if one.file in files),
            cautions=tuple(one for one in self.cautions if one.file in files),
            unmeasured=tuple(one for one in self.unmeasured if one[0] in files),
        )

    def _files(self, name: str) -> Iterator[str]:
        house = self.house
        paths = [house.root / "rooms" / name, house.root / "scenes" / name, Path(name)]
        if name in house.rooms():
            paths.append(house.room(name))
        if name in house.scenes():
            paths.append(house.scene(name))
        found = [shown(path) for path in (*paths, house.playlist(name)) if path and path.is_file()]
        if not found:
            known = [*house.rooms(), *house.scenes(), *house.playlists()]
            expected = f"a room, scene or playlist: {any_of(known)}"
            raise refuse(Path(name), "nothing of this name", expected, near(name, known))
        yield from found
        for plan in self.plans:
            if plan.document.file in found:
                playlists = (house.playlist(one) for one in plan.playlists())
                yield from (shown(path) for path in playlists if path)


def check_house(house: House) -> list[Problem]:
    """Return all problems of the house; each scene is checked in each room."""
    return list(_Surveyor(house).survey().problems)


def warnings_of(house: House) -> list[Caution]:
    """Return all warnings by file and line.

    Files with problems are left to `check_house`.
    """
    return list(survey(house).cautions)


def survey(house: House) -> Survey:
    """Check the house as a whole."""
    return _Surveyor(house).survey()


class _Surveyor:
    def __init__(self, house: House) -> None:
        self._house = house
        self._headers = kept_headers()
        self._shelf = Shelf(house, known_sounds(), self._headers)
        self._findings = Findings()
        self._cautions: list[Caution] = []
        self._opened: dict[tuple[str, Path | None], Opened] = {}
        self._to_open = 0

    def survey(self) -> Survey:
        gather, house = self._findings.gather, self._house
        rooms = [gather(open_room, house.room(name)) for name in house.rooms()]
        scenes = [gather(open_scene, house.scene(name)) for name in house.scenes()]
        places = [place for place in rooms if place]
        plans = [plan for plan in scenes if plan]
        self._open_playlists(places)
        tried: list[Place | None] = [*places] or [None]
        for place in tried:
            for plan in plans:
                self._try(plan, place)
        if not scenes:
            gather(house.scene, "couple-lozenge")
        self._headers.keep()
        self._cautions += cautions_about_light(places)
        self._cautions += cautions_about_network(places, house.root)
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
        )

    def _open_playlists(self, places: list[Place]) -> None:
        roots = roots_of(places)
        self._to_open = len(roots) * len(self._shelf.names)
        for root in roots:
            for name in self._shelf.names:
                opened = self._findings.gather(self._shelf.open, name, root)
                if opened:
                    self._opened[name, root] = opened
                    self._cautions += cautions_about(opened.tracks, name)
                    self._cautions += repeated_tracks(opened.tracks)

    def _try(self, plan: Plan, place: Place | None) -> None:
        queues = check_plan(plan, place, self._shelf, self._findings)
        self._cautions += cautions_about_plan(plan, queues)
