"""`kacenv access`: credentials of tablets for access to a room over the network."""

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.cli.help_text import described
from kacenv.cli.options import HouseOption, JsonOption, print_json, room_option
from kacenv.core.errors import KacenvError

if TYPE_CHECKING:
    from kacenv.model.room import Room
    from kacenv.server.http.edge.credentials import CredentialStore

app = typer.Typer(
    help="Say which tablets may drive or watch a room over the network.",
    no_args_is_help=True,
    **described("Say which tablets may drive or watch a room", "access list"),
)
RoomOption = Annotated[
    str | None,
    room_option("The room whose page it is for."),
]
DeviceName = Annotated[
    str, typer.Argument(metavar="DEVICE", help="The device, never a person: “tablet garden”.")
]
RoleOption = Annotated[
    str, typer.Option("--role", help="staff may drive the room, viewer may only look.")
]
PinOption = Annotated[
    bool, typer.Option("--pin", help="By a PIN, which is asked for, in the place of a token.")
]


@app.command(
    **described(
        "Let a device in, by a token or a PIN",
        'access add "tablet garden" --room garden',
        'access add "wall display" --role viewer --pin --room garden',
    )
)
def add(
    device: DeviceName,
    role: RoleOption = "staff",
    pin: PinOption = False,
    room: RoomOption = None,
    house: HouseOption = None,
) -> None:
    """Let a device in, by a token that is shown once, or by a PIN (--pin).

    E.g. kacenv access add "tablet garden" --room garden
    """
    from kacenv.model.device_role import DeviceRole

    if role not in set(DeviceRole):
        raise KacenvError(f"A device is {' or '.join(DeviceRole)}, not {role}: --role viewer")
    ring, place = _ring(room, house)
    if pin:
        ring.add_pin(device, DeviceRole(role), _typed_pin())
        print(f"The device {device} may log in with this PIN, as {role}. Kept in {ring.path}.")
        return
    token = ring.add_token(device, DeviceRole(role))
    print(f"The device {device} may log in as {role}, by this token. It is shown only now.\n")
    print(f"  {token}\n")
    if place is not None and place.surfaces.tcp is not None:
        _show_link(f"{_address(place)}#token={token}")
    else:
        print("Name the room (--room) to see it as a link for the tablet.")
    print(f"Its hash is kept in {ring.path}.")


@app.command("list", **described("List the devices that may log in", "access list --room garden"))
def list_keys(
    room: RoomOption = None, house: HouseOption = None, as_json: JsonOption = False
) -> None:
    """List the devices that may log in; never what they log in with."""
    ring, _ = _ring(room, house)
    keys = ring.keys()
    if as_json:
        shown = [
            {"name": key.name, "role": key.role, "by": key.kind, "added": key.added} for key in keys
        ]
        print_json(shown)
        return
    for key in keys:
        print(f"{key.name:32}  {key.role:6}  by {key.kind:5}  since {key.added}")
    if not keys:
        print(f"No device may log in. Let one in: kacenv access add DEVICE  ({ring.path})")


@app.command(**described("Let a device in no more", 'access remove "tablet garden"'))
def remove(device: DeviceName, room: RoomOption = None, house: HouseOption = None) -> None:
    """Let a device in no more; whatever it has open is closed within seconds."""
    ring, _ = _ring(room, house)
    ring.remove(device)
    print(f"The device {device} is let in no more.")


def _ring(room: str | None, house: Path | None) -> "tuple[CredentialStore, Room | None]":
    """Return the credential store of a room, or the default one."""
    from kacenv.config import House, load_room
    from kacenv.server.http.edge.credentials import CredentialStore, key_file

    if room is None:
        return CredentialStore(key_file()), None
    home = House.find(house)
    place = load_room(home, room)
    access = place.surfaces.access
    if access is None:
        raise KacenvError(
            f"The room {place.name} asks nobody for a token or a PIN. "
            "Write this below `surfaces:` in its file: access: {file: access.json}"
        )
    return CredentialStore(key_file(access.file)), place


def _typed_pin() -> str:
    """Read a PIN: twice without echo from a terminal, or from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    first: str = typer.prompt("PIN (6 to 12 digits)", hide_input=True)
    if first != typer.prompt("Once more", hide_input=True):
        raise KacenvError("The two are not the same. Nothing has changed.")
    return first.strip()


def _address(place: "Room") -> str:
    """Return the URL of the room's page, as far as this machine can know it."""
    tcp = place.surfaces.tcp
    assert tcp is not None  # noqa: S101 - asked for by the caller
    scheme = "https" if tcp.tls is not None and tcp.tls.encrypts else "http"
    anywhere = tcp.host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    host = tcp.names[0] if tcp.names else (socket.gethostname() if anywhere else tcp.host)
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{tcp.port}/"


def _show_link(link: str) -> None:
    """Print the link and, in a terminal, its QR code."""
    print(f"  {link}\n")
    if sys.stdout.isatty():
        import segno

        segno.make(link, error="l").terminal(compact=True)
    print("Open it once on the tablet; afterwards the tablet is logged in.")
