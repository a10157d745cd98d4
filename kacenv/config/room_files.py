"""What a room opens when it starts, beside its own file: passwords, certificates, a group.

`kacenv serve` refuses to start without them, and `kacenv check` says so before, by the same code.
"""

import grp
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kacenv.config.house import House
from kacenv.config.load import LoadedRoom, open_room
from kacenv.config.yaml.validation_errors import in_order
from kacenv.core.errors import FileProblem, LoadError, SettingError
from kacenv.devices.lights.mqtt_auth import broker_faults
from kacenv.model.network import Surfaces, Tls
from kacenv.model.room import Room
from kacenv.system.certificate import CertificateError, open_certificate


class RoomFileFault(NamedTuple):
    """Something that a room can't open, as a problem of its file.

    It `depends_on_user` if the user that runs the room may well open it.
    """

    problem: FileProblem
    depends_on_user: bool


def load_room_to_run(house: House, name: str) -> Room:
    """Load the room `name`, and open all that it needs to start, as this user.

    Raises:
        LoadError: With everything that is wrong in its file, or with what that names.
    """
    place = open_room(house.room(name))
    problems = [one.problem for one in room_file_faults(place, house.root)]
    if problems:
        raise LoadError(in_order(problems))
    return place.room


def room_file_faults(place: LoadedRoom, root: Path) -> Iterator[RoomFileFault]:
    """Yield everything that the room can't open; paths of certificates are relative to `root`."""
    for fault in _faults(place.room, root):
        problem = place.document.problem(fault.key, fault.found, fault.way_out)
        yield RoomFileFault(problem, fault.depends_on_user)


def _faults(room: Room, root: Path) -> Iterator[SettingError]:
    if room.lights and room.broker is not None:
        yield from broker_faults(room.broker)
    tls = room.surfaces.tcp.tls if room.surfaces.tcp is not None else None
    if tls is not None and tls.encrypts:
        yield from _certificate_faults(tls, root)
    yield from _group_faults(room.surfaces)


def _certificate_faults(tls: Tls, root: Path) -> Iterator[SettingError]:
    """Yield what keeps a certificate from being served; its dates alone keep no room shut."""
    try:
        open_certificate(root / tls.certificate, root / tls.key)
    except CertificateError as error:
        if not error.of_time:
            key = ("surfaces", "tcp", "tls")
            denied = error.is_denied
            yield SettingError(key, error.fault, error.way_out, depends_on_user=denied)


def _group_faults(surfaces: Surfaces) -> Iterator[SettingError]:
    name = surfaces.socket_group
    try:
        if name is not None:
            grp.getgrnam(name)
    except (KeyError, ValueError):
        yield SettingError(
            ("surfaces", "socket_group"),
            f"The group {name} isn't there",
            f"make it (addgroup {name}), and have kacenv run as one of its members",
        )
