"""Selection of the sound files of a house to be measured."""

from pathlib import Path
from typing import NamedTuple

from kacenv.config.house import House
from kacenv.config.load import music_roots
from kacenv.config.playlists.resolve import located_files
from kacenv.config.yaml.validation_errors import in_order
from kacenv.core.errors import FileProblem


class HouseMusic(NamedTuple):
    """Sound files, each once, the entries without a file, and what is wrong with playlists."""

    files: list[Path]
    missing: list[FileProblem]
    problems: list[FileProblem]


def house_music(house: House, names: list[str]) -> HouseMusic:
    """Return the music of the playlists of these names or paths, or of all if `names` is empty.

    Raises:
        LoadError: There is no playlist of such a name.
    """
    files: dict[Path, None] = {}
    missing: list[FileProblem] = []
    problems = list(house.unreadable())
    for name in names or house.playlists():
        path = house.playlist_file(name)
        for root in music_roots(house):
            found = located_files(path, root)
            files.update(dict.fromkeys(found.files))
            missing += found.missing
            problems += found.problems
    return HouseMusic(list(files), list(in_order(missing)), list(in_order(problems)))
