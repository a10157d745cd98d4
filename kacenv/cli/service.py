"""`kacenv service`: a room's systemd service."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.cli.help_text import described
from kacenv.cli.options import HouseOption, room_option
from kacenv.core.errors import DaemonError, KacenvError, NotRunningError

if TYPE_CHECKING:
    from kacenv.model.room import Room
    from kacenv.server.systemd_unit import ServiceUnit

app = typer.Typer(
    help="Keep a room running from the start of the machine on, by systemd.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    **described("Have systemd keep a room running", "service install --room garden"),
)

RoomOption = Annotated[str, room_option("The room to keep running.")]
UserOption = Annotated[str, typer.Option("--user", help="The system user it runs as.")]
RootOption = Annotated[
    Path | None, typer.Option("--root", help="Into the image in this folder, not this machine.")
]
_UNITS = Path("etc/systemd/system")
_USERS = Path("etc/sysusers.d")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_BOOTED = Path("/run/systemd/system")
_HIDDEN = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - named to be refused
_SUDO = "Only root may change services. Put sudo in front of the command."
_WITHOUT = (
    "This machine doesn't run systemd. Keep the room running with: "
    "kacenv serve --supervised --room {}"
)


@app.command(
    **described(
        "Start the room with the machine, and when it dies",
        "service install --room garden --now",
        "service install --room garden --dry-run",
    )
)
def install(  # noqa: PLR0913 - one argument for each option
    room: RoomOption,
    *,
    house: HouseOption = None,
    user: UserOption = "kacenv",
    now: Annotated[bool, typer.Option("--now", help="Start it at once, too.")] = False,
    root: RootOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is done.")] = False,
) -> None:
    """Have systemd start the room with the machine, and again whenever it dies."""
    from kacenv.server.systemd_unit import unit_text, users_text

    place, service = _described(room, house, user)
    if not dry_run:
        _check_machine(root, service.room)
    if now and root is None:
        _refuse_a_second(service, dry_run=dry_run)
    _put(_USERS / f"{service.unit[:-8]}.conf", users_text(service), root, dry_run=dry_run)
    _tool("systemd-sysusers", *_at(root), f"{service.unit[:-8]}.conf", dry_run=dry_run)
    if root is None and not dry_run:
        _check_access(place, service)
    _put(_UNITS / service.unit, unit_text(service), root, dry_run=dry_run)
    if root is None:
        _tool("systemctl", "daemon-reload", dry_run=dry_run)
    start = ["--now"] if now and root is None else []
    _tool("systemctl", *_at(root), "enable", *start, service.unit, dry_run=dry_run)
    if not dry_run:
        _say_what_next(service, root, started=bool(start))


@app.command(**described("Leave the room to itself", "service uninstall --room garden"))
def uninstall(room: RoomOption, root: RootOption = None) -> None:
    """Leave the room to itself again; what it has written down is kept."""
    from kacenv.server.systemd_unit import unit_name

    unit = unit_name(room)
    path = (root or Path("/")) / _UNITS / unit
    if not path.exists():
        raise KacenvError(f"There is no service for the room {room}: {path} isn't there.")
    _check_machine(root, room)
    if root is None:
        _refuse_during_session(room)
    _tool("systemctl", *_at(root), "disable", *(["--now"] if root is None else []), unit)
    path.unlink()
    ((root or Path("/")) / _USERS / f"{unit[:-8]}.conf").unlink(missing_ok=True)
    if root is None:
        _tool("systemctl", "daemon-reload")
    print(f"{unit} is gone. Its user and /var/lib/kacenv are left as they are.")


@app.command(**described("Print the unit that install writes", "service show --room garden"))
def show(room: RoomOption, house: HouseOption = None, user: UserOption = "kacenv") -> None:
    """Print the unit that install would write."""
    from kacenv.server.systemd_unit import unit_text

    print(unit_text(_described(room, house, user)[1]), end="")


def _described(room: str, house: Path | None, user: str) -> "tuple[Room, ServiceUnit]":
    from kacenv.cli.start import own_program
    from kacenv.config import House, load_room
    from kacenv.server.systemd_unit import ServiceUnit

    home = House.own(house)
    place = load_room(home, room)
    by_path = "/" in room or room.endswith((".yaml", ".yml"))
    group = place.surfaces.socket_group
    if user == "root" or not _USER.fullmatch(user):
        raise KacenvError(f"The room needs a user of its own, such as kacenv; found {user!r}.")
    return place, ServiceUnit(
        room=place.name,
        file=str(home.room(room).resolve()) if by_path else room,
        house=home.root.resolve(),
        program=tuple(own_program()),
        user=user,
        groups=(group,) if group else (),
        broker=place.broker.host if place.broker else None,
    )


def _check_machine(root: Path | None, room: str) -> None:
    if root is not None:
        if not root.is_dir():
            raise KacenvError(f"{root} is no folder; --root takes that of an image.")
        return
    if not _BOOTED.is_dir():
        raise KacenvError(_WITHOUT.format(room))
    if os.geteuid() != 0:
        raise KacenvError(_SUDO)


def _refuse_a_second(service: "ServiceUnit", *, dry_run: bool) -> None:
    """Refuse while another daemon runs the room: it may be in a session."""
    if dry_run or not _answers(service.room) or _is_active(service.unit):
        return
    raise KacenvError(
        f"The room {service.room} is running already, without the service. End its "
        "`kacenv serve` after the session, or install without --now: it starts with the machine."
    )


def _refuse_during_session(room: str) -> None:
    from kacenv.server.client import get

    try:
        mode = get(room, "/v1/status")["session"]["mode"]
    except DaemonError:
        return
    if mode != "idle":
        raise KacenvError(f"A session is on in {room}. End it first: kacenv end")


def _answers(room: str) -> bool:
    from kacenv.server.client import get

    try:
        get(room, "/v1/status")
    except NotRunningError:
        return False
    except DaemonError:
        return True
    return True


def _is_active(unit: str) -> bool:
    command = ["systemctl", "is-active", "--quiet", unit]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - the system's own tool


def _check_access(place: "Room", service: "ServiceUnit") -> None:
    """Check that the service's user can use all it needs."""
    house = Path(service.house)
    for path in (house, Path(service.program[0])):
        if any(path.is_relative_to(hidden) for hidden in _HIDDEN):
            raise KacenvError(f"{path} is in a folder that is emptied. Move it, e.g. to /opt.")
    if not _as_user(service, [*service.program, "--help"]):
        raise KacenvError(
            f"The user {service.user} can't run {service.program[0]}: a service can't reach into "
            "somebody's home folder. Install kacenv for the whole machine, e.g. in /opt/kacenv "
            "(docs/install.md), and give this command there: "
            f"sudo /opt/kacenv/bin/kacenv service install --room {service.file}"
        )
    for path in _needed(place, service):
        if not _as_user(
            service, ["test", "-r", str(path), "-a", "-x" if path.is_dir() else "-f", str(path)]
        ):
            raise KacenvError(
                f"The user {service.user} can't read {path}. Move it out of the home folder, e.g. "
                f"to /etc/kacenv or /srv, or give {service.user} the right to read it."
            )


def _needed(place: "Room", service: "ServiceUnit") -> Iterator[Path]:
    """Yield the paths that the room's daemon reads; the loader reports missing ones."""
    house = Path(service.house)
    named = [house / folder for folder in ("rooms", "scenes", "playlists")]
    named += [path for folder in named for path in folder.glob("*.y*ml")]
    music = [place.music_root] if place.music_root else []
    broker = place.broker
    secrets = [broker.password_file, broker.ca_file] if broker else []
    secrets += [broker.certificate_file, broker.key_file] if broker else []
    named += [house / "rooms" / path for path in [*music, *secrets] if path]
    yield from (path for path in named if path.exists())


def _as_user(service: "ServiceUnit", command: list[str]) -> bool:
    """Return True if `command` succeeds with the rights of the service's user and groups."""
    import grp
    import pwd

    try:
        user = pwd.getpwnam(service.user)
        groups = [grp.getgrnam(group).gr_gid for group in ("audio", *service.groups)]
    except KeyError as error:
        raise KacenvError(f"The user or group {error} isn't there.") from None
    try:
        done = subprocess.run(  # noqa: S603 - our own program, or the system's own tool
            command, user=user.pw_uid, group=user.pw_gid, extra_groups=groups,
            capture_output=True, cwd="/", env={"PATH": os.defpath}, check=False,
        )  # fmt: skip
    except PermissionError as error:
        if os.geteuid() != 0:
            raise KacenvError(_SUDO) from error
        return False
    return done.returncode == 0


def _at(root: Path | None) -> list[str]:
    return [f"--root={root.resolve()}"] if root is not None else []


def _put(path: Path, text: str, root: Path | None, *, dry_run: bool) -> None:
    """Write a file that everybody may read."""
    full = (root or Path("/")) / path
    if dry_run:
        print(f"# to {full}\n{text}")
        return
    try:
        full.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        full.write_text(text, encoding="utf-8")
        full.chmod(0o644)
    except OSError as error:
        raise KacenvError(f"{full} can't be written: {error.strerror}") from error


def _tool(*command: str, dry_run: bool = False) -> None:
    """Run a system tool."""
    if dry_run:
        print(f"# then: {' '.join(command)}")
        return
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the system's own tool
    except FileNotFoundError:
        raise KacenvError(f"{command[0]} is missing; it belongs to systemd.") from None
    if done.returncode:
        raise KacenvError(f"{' '.join(command)} failed: {done.stderr.strip() or 'no reason told'}")


def _say_what_next(service: "ServiceUnit", root: Path | None, *, started: bool) -> None:
    name = service.unit.removesuffix(".service")
    if root is not None:
        print(f"{name} starts with the machine that is made from {root}.")
    elif started:
        print(f"{name} runs, and starts with the machine. Look after it: systemctl status {name}")
    else:
        print(f"{name} starts with the machine. Start it now: systemctl start {name}")
