"""`kacenv doctor`: all that support needs to know, in one text."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.cli.options import HouseOption, JsonOption, room_option
from kacenv.core.errors import DaemonError
from kacenv.core.units import Seconds

if TYPE_CHECKING:
    from kacenv.config import House
    from kacenv.diagnostics.finding import Finding
    from kacenv.diagnostics.probe_runner import ProbeJob

_OF_THE_MACHINE = ("versions", "sound", "midi", "storage", "clock", "house")
_OF_A_ROOM = ("state", "service", "broker", "log")
_PATIENCE = Seconds(60.0)
"""Time without output after which a probe counts as hung."""


def doctor(
    room: Annotated[str | None, room_option("Only this room.")] = None,
    house: HouseOption = None,
    as_json: JsonOption = False,
    probe: Annotated[str | None, typer.Option("--probe", hidden=True)] = None,
) -> None:
    """Look at machine, devices and rooms, and say what to do; names and passwords are left out.

    Exits with 1 if something is wrong. It changes nothing, and may run during a session.
    """
    from kacenv.diagnostics.finding import Severity, to_json, to_text

    if probe is not None:
        _print_messages(_probed(probe, house, room))
        return
    from kacenv.config import House
    from kacenv.diagnostics.probe_runner import run_probes

    findings = run_probes(_jobs(House.find(house), room))
    print(to_json(findings) if as_json else to_text(findings))
    sys.exit(1 if any(finding.mark is Severity.WRONG for finding in findings) else 0)


def _print_messages(findings: "Iterable[Finding]") -> None:
    from kacenv.diagnostics.probe_messages import to_line

    for finding in findings:
        print(to_line(finding), flush=True)


def _jobs(home: "House", room: str | None) -> "Iterator[ProbeJob]":
    from kacenv.cli.start import own_program
    from kacenv.diagnostics.probe_runner import ProbeJob

    command = [*own_program(), "doctor", "--house", str(home.root), "--probe"]
    for name in _OF_THE_MACHINE:
        yield ProbeJob(name, [*command, name], _PATIENCE)
    for each in (room,) if room else _rooms(home):
        for name in _OF_A_ROOM:
            yield ProbeJob(f"{each}: {name}", [*command, name, "--room", each], _PATIENCE)


def _rooms(home: "House") -> list[str]:
    from kacenv.server.client import running_rooms

    return sorted({*home.rooms(), *running_rooms()})


def _probed(probe: str, house: Path | None, room: str | None) -> "Iterable[Finding]":
    """Run one probe; imports are local, as some may fail."""
    if probe in {"versions", "storage", "clock", "sound", "midi"}:
        from kacenv.diagnostics.doctor import machine_probes

        return getattr(machine_probes, probe)()  # type: ignore[no-any-return] # one of five named above
    from kacenv.config import House
    from kacenv.diagnostics.doctor import room_probes as of

    home = House.find(house)
    if probe == "house":
        return of.house(home)
    return _of_a_room(probe, home, room or "")


def _of_a_room(probe: str, home: "House", room: str) -> "Iterable[Finding]":
    from kacenv.diagnostics.doctor import room_probes as of

    if probe == "broker":
        return of.broker(home, room)
    name = _name(home, room)
    if probe == "service":
        return of.service(name)
    return of.log(name) if probe == "log" else _state(name)


def _state(room: str) -> "Iterable[Finding]":
    from kacenv.diagnostics.doctor import room_probes as of
    from kacenv.server.client import get

    try:
        return of.state(room, get(room, "/v1/status"))
    except DaemonError as error:
        return [of.not_running(room, str(error))]


def _name(home: "House", room: str) -> str:
    """Return the room's name, which may differ from its file's."""
    from kacenv.config import load_room
    from kacenv.core.errors import LoadError

    try:
        return load_room(home, room).name
    except LoadError:
        return Path(room).stem
