"""The house: the folder in which a clinic keeps its rooms, scenes and playlists."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kacenv.loader.files import any_of, missing, near, refuse, shown

YAML = (".yaml", ".yml")
PLAYLISTS = (*YAML, ".m3u8", ".m3u", ".xspf")
ENVIRONMENT = "KACENV_HOUSE"
_CHECKOUT = Path(__file__).parents[2]
_SYSTEM = Path("/etc/kacenv")


@dataclass(frozen=True, slots=True)
class House:
    """A folder that holds `rooms/`, `scenes/` and `playlists/`."""

    root: Path

    @classmethod
    def find(cls, chosen: Path | None = None) -> Self:
        """The house that was chosen, or the nearest one.

        In this order: `chosen` (the command line's `--house`), the environment variable
        `KACENV_HOUSE`, the current folder if it has scenes, the checkout this program lives in,
        `/etc/kacenv`.

        Raises:
            LoadError: The chosen folder isn't there.
        """
        named = chosen or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
        if named is not None:
            if not named.is_dir():
                expected = "a folder with rooms, scenes and playlists in it"
                raise refuse(named, "no such folder", expected, "--house /etc/kacenv")
            return cls(named)
        near_ones = (Path.cwd(), _CHECKOUT)
        return cls(next((root for root in near_ones if (root / "scenes").is_dir()), _SYSTEM))

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
        if name not in self.playlists():
            return None
        return _file(self.playlist_folder, name)


def _names(folder: Path, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in suffixes)
    except OSError:
        return ()
    names = (path.stem if path.suffix in YAML else path.name for path in files)
    return tuple(dict.fromkeys(names))


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
