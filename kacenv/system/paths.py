"""Paths of a room's files on this machine."""

import os
import stat
from pathlib import Path

from kacenv.core.errors import DaemonError

HOUSE = "KACENV_HOUSE"
"""Environment variable with the house's path."""
_SERVICE = Path("/run/kacenv")
_SERVICE_STATE = Path("/var/lib/kacenv")
_SERVICE_HOUSE = Path("/etc/kacenv")
_PACKED = Path(__file__).parents[1] / "house"
"""Where a wheel carries the house that is shipped."""
_CHECKOUT = Path(__file__).parents[2]
_KEPT_BY_SERVICE = (
    "A service keeps the rooms of this machine. If the room is just starting, wait a moment and"
    " type the same again. systemctl list-units 'kacenv-*' shows the rooms."
)
_NOT_OURS = (
    "Others could listen in {}: it belongs to another user, they can write to it, or it is a link. "
    "Set KACENV_RUN to a folder that only you can write to."
)


def run_folder() -> Path:
    """Return the folder of this user's sockets.

    Raises:
        DaemonError: Somebody else could listen in it.
    """
    folder = _places_of_rooms()[-1]
    if os.path.lexists(folder) and not _is_safe(folder, {0, os.geteuid()}):
        raise DaemonError(_KEPT_BY_SERVICE if folder == _SERVICE else _NOT_OURS.format(folder))
    return folder


def run_folders() -> list[Path]:
    """Return the folders of running rooms: the service's first, then this user's own.

    One in which a stranger could listen is left out: a room is driven by what comes from there.
    """
    own = {0, os.geteuid()}
    chosen = {_SERVICE, Path(os.environ.get("KACENV_RUN", _SERVICE))}
    return [
        folder
        for folder in _places_of_rooms()
        if _is_safe(folder, own if folder not in chosen else None)
    ]


def _places_of_rooms() -> list[Path]:
    if named := os.environ.get("KACENV_RUN"):
        return [Path(named)]
    if os.geteuid() == 0:
        return [_SERVICE]
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    own = runtime / "kacenv" if runtime.is_dir() else _own_states() / "kacenv-run"
    return [_SERVICE, own]


def _is_safe(folder: Path, owners: set[int] | None) -> bool:
    """Tell if a folder is there, and only one of `owners`, or whoever owns it, can put files in."""
    try:
        seen = folder.lstat()
    except OSError:
        return False
    is_closed = stat.S_ISDIR(seen.st_mode) and not seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return is_closed and (owners is None or seen.st_uid in owners)


def state_folder() -> Path:
    """Return the folder of this user's journals."""
    if named := os.environ.get("KACENV_STATE") or os.environ.get("STATE_DIRECTORY"):
        return Path(named.partition(":")[0])
    return _SERVICE_STATE if os.geteuid() == 0 else _own_states() / "kacenv"


def _own_states() -> Path:
    own = os.environ.get("XDG_STATE_HOME")
    return Path(own) if own else Path.home() / ".local" / "state"


def house_folder() -> Path:
    """Return the house's folder if the command line names none.

    `KACENV_HOUSE` if it is set. Else the first of these that has a folder `scenes`: the current
    folder, the user's own house, the service's, the house that is shipped. Else the user's own,
    where `kacenv init` will make it.
    """
    if named := os.environ.get(HOUSE):
        return Path(named)
    places = (Path.cwd(), own_house(), _SERVICE_HOUSE, shipped_house())
    return next((place for place in places if (place / "scenes").is_dir()), own_house())


def shipped_house() -> Path:
    """Return the house that comes with the program: its scenes, playlists and music."""
    return _PACKED if _PACKED.is_dir() else _CHECKOUT


def is_packed(path: Path) -> bool:
    """Tell whether a file or folder belongs to a wheel: people shall neither see nor change it."""
    return _PACKED.is_dir() and path.resolve().is_relative_to(_PACKED.resolve())


def in_words(text: str) -> str:
    """Return a text for people, in which what a wheel carries is named without its folder."""
    inside = text.replace(f"{_PACKED}{os.sep}", "kacenv's own ")
    return inside.replace(str(_PACKED), "what comes with kacenv")


def own_house() -> Path:
    """Return the user's own house: `/etc/kacenv` for root, else `~/.config/kacenv` (XDG)."""
    if os.geteuid() == 0:
        return _SERVICE_HOUSE
    own = os.environ.get("XDG_CONFIG_HOME")
    return (Path(own) if own else Path.home() / ".config") / "kacenv"
