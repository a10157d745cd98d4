"""Paths of a room's files on this machine."""

import os
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
_NOT_OURS = "{} belongs to another user. Set KACENV_RUN to a folder of your own."


def run_folder() -> Path:
    """Return the folder of this user's sockets.

    Raises:
        DaemonError: Another user owns it, and could listen.
    """
    folder = run_folders()[-1]
    if folder.exists() and folder.stat().st_uid not in {0, os.geteuid()}:
        raise DaemonError(_KEPT_BY_SERVICE if folder == _SERVICE else _NOT_OURS.format(folder))
    return folder


def run_folders() -> list[Path]:
    """Return the folders of running rooms: the service's first, then this user's own."""
    if named := os.environ.get("KACENV_RUN"):
        return [Path(named)]
    if os.geteuid() == 0:
        return [_SERVICE]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    own = Path(runtime) / "kacenv" if runtime else Path(f"/tmp/kacenv-{os.getuid()}")  # noqa: S108 - its owner is checked
    return [_SERVICE, own]


def state_folder() -> Path:
    """Return the folder of this user's journals."""
    if named := os.environ.get("KACENV_STATE") or os.environ.get("STATE_DIRECTORY"):
        return Path(named.partition(":")[0])
    if os.geteuid() == 0:
        return _SERVICE_STATE
    own = os.environ.get("XDG_STATE_HOME")
    return (Path(own) if own else Path.home() / ".local" / "state") / "kacenv"


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
