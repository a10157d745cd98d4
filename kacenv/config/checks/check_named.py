"""Rooms, scenes and playlists as they are named on a command line: by name, or by any path."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kacenv.config.checks.check_all import HouseReport, check_files
from kacenv.config.file_kind import kind_of
from kacenv.config.house import FileKind, House
from kacenv.config.load import ProblemCollector
from kacenv.config.yaml.text_files import is_folder, refuse, require_file, shown
from kacenv.config.yaml.validation_errors import in_order


@dataclass(slots=True)
class _HouseRequest:
    """Names and files to check together with one house."""

    names: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    loose: dict[Path, FileKind] = field(default_factory=dict)

    def survey(self, house: House, findings: ProblemCollector, *, elsewhere: bool) -> HouseReport:
        """Return its part of the survey; unknown names go to `findings`."""
        whole = check_files(house, self.loose, elsewhere=elsewhere)
        named = [findings.gather(whole.narrowed, [name]) for name in self.names]
        files = {file for part in named if part for file in part.files}
        return whole.limited({*files, *self.files, *map(shown, self.loose)})


def check_named(
    house: House, names: Sequence[str], *, chosen: bool = False, elsewhere: bool = False
) -> HouseReport:
    """Return the problems and warnings of named rooms, scenes and playlists, or of files by path.

    A file is held against the house it lies in, else against `house`; if that was `chosen`, each
    file is. What can't be found, or isn't a file, is among the problems.
    """
    findings, asked = ProblemCollector(), {house: _HouseRequest()}
    for name in names:
        if _is_path(house, name):
            findings.gather(_take, Path(name), house, asked, chosen=chosen)
        else:
            asked[house].names.append(name)
    surveys = [
        one.survey(home, findings, elsewhere=elsewhere)
        for home, one in asked.items()
        if one != _HouseRequest()
    ]
    return _merged(house, surveys, findings)


def _is_path(house: House, name: str) -> bool:
    """False for a name of the house, though a file here may be called so, too."""
    if "/" in name:
        return True
    known = {*house.rooms(), *house.scenes(), *house.playlists()}
    return os.path.lexists(name) and (name not in known or bool(Path(name).suffix))


def _take(path: Path, usual: House, asked: dict[House, _HouseRequest], *, chosen: bool) -> None:
    """Put the file at `path` to what was asked of its house."""
    _refuse_folder(path)
    require_file(path)
    house = usual if chosen else _house_of(path, usual)
    wanted = asked.setdefault(house, _HouseRequest())
    own = _same(path, house.files())
    if own is not None:
        wanted.files.add(shown(own))
    elif _same(path, wanted.loose) is None:
        wanted.loose[path] = kind_of(path)


def _refuse_folder(path: Path) -> None:
    if is_folder(path):
        root = path.resolve()
        house = next((one for one in (root, root.parent) if House(one).is_there), None)
        expected = "a file; to check a whole house, name its folder by --house"
        example = f"kacenv check --house {shown(house)}" if house else ""
        raise refuse(path, "a folder", expected, example)


def _house_of(path: Path, usual: House) -> House:
    around = House.around(path)
    return usual if around is None or around.root == usual.root.resolve() else around


def _same(path: Path, paths: Iterable[Path]) -> Path | None:
    """The one of `paths` that lies where `path` does, however it is written."""
    place = path.parent.resolve() / path.name
    return next((one for one in paths if one.parent.resolve() / one.name == place), None)


def _merged(house: House, surveys: list[HouseReport], findings: ProblemCollector) -> HouseReport:
    """All of them as one; what couldn't be surveyed is among its problems."""
    problems = [*findings.problems, *(one for part in surveys for one in part.problems)]
    return HouseReport(
        house,
        tuple(one for part in surveys for one in part.places),
        tuple(one for part in surveys for one in part.plans),
        in_order(problems),
        tuple(sorted({one for part in surveys for one in part.cautions})),
        tuple(dict.fromkeys(one for part in surveys for one in part.unmeasured)),
        {file: kind for part in surveys for file, kind in part.files.items()},
        tuple(root for part in surveys for root in part.held_against),
    )
