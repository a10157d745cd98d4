"""House: the folder of a clinic's rooms, scenes and playlists."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from kacenv.config.yaml.text_files import any_of, near, refuse, require_file, shown
from kacenv.core.errors import FileProblem
from kacenv.system.paths import HOUSE, house_folder, is_packed

YAML = (".yaml", ".yml")
LISTS = (
    *(".m3u8", ".m3u", ".xspf", ".pls", ".wpl", ".zpl", ".asx", ".wax", ".jspf", ".xml", ".cue"),
)
"""Suffixes of other programs' playlists, in small letters; files may have them in capitals."""
PLAYLISTS = (*YAML, *LISTS)


class FileKind(StrEnum):
    """The kinds of files in a house, each called as the folder it is kept in."""

    ROOM = "rooms"
    SCENE = "scenes"
    PLAYLIST = "playlists"


@dataclass(frozen=True, slots=True)
class House:
    """Folder that holds `rooms/`, `scenes/` and `playlists/`."""

    root: Path

    @classmethod
    def find(cls, chosen: Path | None = None) -> Self:
        """Find the chosen house (`--house`), or the default one (see `places.house_folder`).

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

    @classmethod
    def around(cls, path: Path) -> Self | None:
        """Return the nearest house that `path` lies in, None if there is none."""
        folder = path.parent.resolve()
        houses = (cls(root) for root in (folder, *folder.parents))
        return next((house for house in houses if house.is_there), None)

    @property
    def is_there(self) -> bool:
        """Return True if it has any of its folders."""
        return any((self.root / kind).is_dir() for kind in FileKind)

    @property
    def playlist_folder(self) -> Path:
        """Folder of playlists and of the music beside them."""
        return self.root / "playlists"

    def rooms(self) -> tuple[str, ...]:
        """Return the names of all rooms."""
        return _names(self.root / "rooms", YAML)

    def scenes(self) -> tuple[str, ...]:
        """Return the names of all scenes."""
        return _names(self.root / "scenes", YAML)

    def playlists(self) -> tuple[str, ...]:
        """Return the names of all playlists, as scenes spell them."""
        return _names(self.playlist_folder, YAML, lists=True)

    def files(self) -> dict[Path, FileKind]:
        """Every file that is read when the whole house is."""
        playlists = (self.playlist(name) for name in self.playlists())
        return {
            **{self.room(name): FileKind.ROOM for name in self.rooms()},
            **{self.scene(name): FileKind.SCENE for name in self.scenes()},
            **{path: FileKind.PLAYLIST for path in playlists if path},
        }

    def unreadable(self) -> Iterator[FileProblem]:
        """Yield its folders that are there and can't be read, such as a link to a disk now away."""
        for folder in (self.root / kind for kind in FileKind):
            try:
                os.scandir(folder).close()
            except OSError as error:
                if os.path.lexists(folder):
                    found = f"a folder that can't be read: {error.strerror}"
                    yield from refuse(folder, found, "a folder that kacenv may read").problems

    def room(self, name: str) -> Path:
        """Return the file of the room `name`, or `name` itself if it is a path."""
        return _choose(self.root / "rooms", name)

    def only_room(self, usual: str | None = None) -> str:
        """Return the house's only room; of several the `usual` one, where that is among them.

        Raises:
            LoadError: There is no room, or more than one.
        """
        names = self.rooms()
        if len(names) == 1 or usual in names:
            return names[0] if len(names) == 1 else str(usual)
        folder = self.root / "rooms"
        if not names:
            raise refuse(folder, "no room", "a room; kacenv init makes one", "kacenv init")
        raise refuse(folder, "several rooms", f"one of: {any_of(names)}", f"--room {names[0]}")

    def scene(self, name: str) -> Path:
        """Return the file of the scene `name`, or `name` itself if it is a path."""
        return _choose(self.root / "scenes", name)

    def playlist(self, name: str) -> Path | None:
        """Return the file of the playlist `name`, or None; never one outside the house."""
        if Path(name).name != name:
            return None
        folder = self.playlist_folder
        paths = [folder / name] if is_list(name) else [folder / f"{name}{end}" for end in YAML]
        return next((path for path in paths if os.path.lexists(path)), None)

    def playlist_file(self, name: str) -> Path:
        """The file of the playlist called `name`, or the path itself if it is one.

        Raises:
            LoadError: There is none; lists the names there are.
        """
        path = self.playlist(name)
        if path is None and (Path(name).name != name or os.path.lexists(name)):
            path = Path(name)
            require_file(path)
        if path is None:
            known, wanted = self.playlists(), self.playlist_folder / f"{name}.yaml"
            expected = f"one of the playlists: {any_of(known)}"
            raise refuse(wanted, "no such playlist", expected, near(name, known))
        return path


def is_list(name: str | Path) -> bool:
    """Tell if a file's name is that of another program's playlist."""
    return Path(name).suffix.lower() in LISTS


def _names(folder: Path, suffixes: tuple[str, ...], *, lists: bool = False) -> tuple[str, ...]:
    try:
        files = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return ()
    wanted = [file for file in files if file.endswith(suffixes) or (lists and is_list(file))]
    # A Mac leaves `._calm.yaml` beside calm.yaml on other systems' disks.
    return tuple(dict.fromkeys(_name(file) for file in wanted if not file.startswith(".")))


def _name(file: str) -> str:
    """Return the displayed name: only YAML files lose their suffix."""
    end = next((end for end in YAML if file.endswith(end)), "")
    return file.removesuffix(end)


def _file(folder: Path, name: str) -> Path:
    if is_list(name) or name.endswith(YAML):
        return folder / name
    return next((path for end in YAML if (path := folder / f"{name}{end}").exists()), folder / name)


def _choose(folder: Path, name: str) -> Path:
    """Return a file by its name in `folder`, or by its path.

    Raises:
        LoadError: There is none; lists the names there are.
    """
    if "/" in name or name.endswith(YAML):
        path = Path(name)
        if path.parent == Path() and not os.path.lexists(path):
            path = folder / name
        require_file(path)
        return path
    names = _names(folder, YAML)
    if name not in names:
        expected = f"one of: {any_of(names)}" if names else f"a file in {shown(folder)}"
        raise refuse(folder / f"{name}.yaml", "no such file", expected, near(name, names))
    return _file(folder, name)
