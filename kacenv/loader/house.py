"""The house: the folder in which a clinic keeps its rooms, scenes and playlists."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kacenv.loader.files import any_of, missing, near, refuse, shown
from kacenv.places import HOUSE, house_folder, is_packed

YAML = (".yaml", ".yml")
PLAYLISTS = (*YAML, ".m3u8", ".m3u", ".xspf")


@dataclass(frozen=True, slots=True)
class House:
    """A folder that holds `rooms/`, `scenes/` and `playlists/`."""

    root: Path

    @classmethod
    def find(cls, chosen: Path | None = None) -> Self:
        """The house that was chosen (`--house`), or the usual one (see `places.house_folder`).

        Raises:
            LoadError: The chosen folder, or the one in `KACENV_HOUSE`, isn't there.
        """
        root = chosen or house_folder()
        if not root.is_dir() and (chosen or os.environ.get(HOUSE)):
            expected = "a folder with rooms, scenes and playlists in it; kacenv init makes one"
            raise refuse(root, "no such folder", expected, "--house /etc/kacenv")
        return cls(root)

    @classmethod
    def own(cls, chosen: Path | None = None) -> Self:
        """Find the house as `find` does, to write in it, or to rely on it from now on.

        Raises:
            LoadError: It isn't there, or is the one inside kacenv, which an upgrade replaces.
        """
        house = cls.find(chosen)
        if is_packed(house.root):
            expected = "a house of your own; kacenv init makes one"
            raise refuse(house.root, "no house to keep things in", expected, "kacenv init")
        return house

    @property
    def playlist_folder(self) -> Path:
        """Where playlists, and the music beside them, are kept."""
        return self.root / "playlists"

    def rooms(self) -> tuple[str, ...]:
        """The names of all rooms."""
        return _names(self.root / "rooms", YAML)

    def scenes(self) -> tuple[str, ...]:
        """The names of all scenes."""
        return _names(self.root / "scenes", YAML)

    def playlists(self) -> tuple[str, ...]:
        """The names of all playlists, as scenes spell them."""
        return _names(self.playlist_folder, PLAYLISTS)

    def room(self, name: str) -> Path:
        """The file of the room called `name`, or the path itself if it is one."""
        return _choose(self.root / "rooms", name)

    def scene(self, name: str) -> Path:
        """The file of the scene called `name`, or the path itself if it is one."""
        return _choose(self.root / "scenes", name)

    def playlist(self, name: str) -> Path | None:
        """The file of the playlist called `name`, or None; never one outside the house."""
        if Path(name).name != name:
            return None
        folder = self.playlist_folder
        whole = Path(name).suffix in PLAYLISTS and Path(name).suffix not in YAML
        paths = [folder / name] if whole else [folder / f"{name}{end}" for end in YAML]
        return next((path for path in paths if os.path.lexists(path)), None)


def _names(folder: Path, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    try:
        files = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return ()
    names = (_name(file) for file in files if file.endswith(suffixes))
    return tuple(dict.fromkeys(name for name in names if name))


def _name(file: str) -> str:
    """As people know it: only YAML goes without its ending."""
    end = next((end for end in YAML if file.endswith(end)), "")
    return file.removesuffix(end)


def _file(folder: Path, name: str) -> Path:
    if Path(name).suffix in PLAYLISTS:
        return folder / name
    return next((path for end in YAML if (path := folder / f"{name}{end}").exists()), folder / name)


def _choose(folder: Path, name: str) -> Path:
    """A file by its name in `folder`, or by its path.

    Raises:
        LoadError: There is none; lists the names there are.
    """
    if "/" in name or name.endswith(YAML):
        path = Path(name)
        if path.parent == Path() and not path.exists():
            path = folder / name
        if not path.exists():
            raise missing(path)
        return path
    names = _names(folder, YAML)
    if name not in names:
        expected = f"one of: {any_of(names)}" if names else f"a file in {shown(folder)}"
        raise refuse(folder / f"{name}.yaml", "no such file", expected, near(name, names))
    return _file(folder, name)
