"""Probes of a house and its rooms: files, broker, service, and the latest warnings in the log."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kacenv.config import House, check_house, load_room
from kacenv.core.errors import DeviceError, LoadError
from kacenv.core.units import format_clock
from kacenv.devices.lights.mqtt_client import MEANWHILE
from kacenv.diagnostics.finding import Finding, Severity, counted
from kacenv.diagnostics.preflight.broker import BrokerEcho, certificates
from kacenv.model.room import Room
from kacenv.server.systemd_unit import unit_name
from kacenv.system.paths import run_folders

MOST_LINES = 12
_TAIL = 200_000
"""Bytes read from the end of a log."""
_BOOTED = Path("/run/systemd/system")
_TROUBLE = re.compile(r'(?:"level": "|\blevel=)(?:warning|error|critical)\b')


def house(home: House) -> Iterator[Finding]:
    """Probe the files of the house."""
    problems = len(check_house(home))
    counts = (len(home.rooms()), len(home.scenes()), len(home.playlists()))
    things = zip(counts, ("room", "scene", "playlist"), strict=True)
    found = ", ".join(counted(count, thing) for count, thing in things)
    if problems:
        found += f"; problems: {problems}"
        yield Finding("house", found, Severity.WRONG, "See them by: kacenv check")
    else:
        yield Finding("house", found)


def broker(home: House, room: str) -> Iterator[Finding]:
    """Probe the connection to the room's broker, with the room's credentials."""
    what = f"{room}: broker"
    try:
        place = load_room(home, room)
    except LoadError:
        yield Finding(what, "the room's file can't be used", Severity.WRONG, "See: kacenv check")
        return
    if place.broker is None:
        yield Finding(what, "none; the room has no lamps")
        return
    answer = _asked(what, place)
    yield answer
    if answer.mark is Severity.FINE:
        yield from certificates(place.broker, f"{room}: certificate")


def _asked(what: str, room: Room) -> Finding:
    assert room.broker is not None  # noqa: S101 - its caller has looked
    where = f"{room.broker.host}:{room.broker.port}"
    try:
        echo = BrokerEcho(room.name, room.broker)
    except DeviceError as error:
        return Finding(what, where, Severity.WRONG, str(error))
    with closing(echo):
        if echo.reach():
            return Finding(what, f"{where} answers")
    default = "Is it switched on, and on this network? Is the address right?"
    todo = echo.told[0].removesuffix(MEANWHILE) if echo.told else default
    return Finding(what, f"{where} doesn't answer", Severity.WRONG, todo)


def state(room: str, status: Mapping[str, Any]) -> Iterator[Finding]:
    """Report a running room's own status (as at /v1/status)."""
    session = status["session"]
    found = "no session" if session["mode"] == "idle" else f"in a session, {session['mode']}"
    yield Finding(f"{room}: room", f"runs; {found}; sound by {status['sound']}")
    yield from _processes(room, status)
    yield from _dropouts(room, status)
    for part, trouble in status["health"].items():
        if trouble:
            yield Finding(f"{room}: {part}", "not well", Severity.WRONG, trouble)


def _processes(room: str, status: Mapping[str, Any]) -> Iterator[Finding]:
    """Report the room's processes; an older room doesn't tell them."""
    if every := status.get("processes"):
        lines = tuple(
            f"{one['role']}: process {one['pid']}, for {format_clock(status['at'] - one['since'])}"
            for one in every
        )
        yield Finding(f"{room}: processes", str(len(every)), lines=lines)


def _dropouts(room: str, status: Mapping[str, Any]) -> Iterator[Finding]:
    """Report the gaps that the sound device made; an older room doesn't count them."""
    gaps = status.get("dropouts") or {"count": 0}
    if gaps["count"]:
        found = f"{counted(gaps['count'], 'gap')} in this session or the last"
        found += f", the longest about {round(gaps['longest'] * 1000)} ms"
        todo = "Close other programs on this machine."
        yield Finding(f"{room}: sound device", found, Severity.NOTE, todo)


def not_running(room: str, why: str) -> Finding:
    """Report a room that doesn't answer."""
    return Finding(f"{room}: room", "doesn't run, or doesn't answer", Severity.NOTE, why)


def service(room: str) -> Iterator[Finding]:
    """Probe the room's systemd service."""
    what, name = f"{room}: service", unit_name(room)
    if not _BOOTED.is_dir() or not shutil.which("systemctl"):
        todo = f"It is kept running by: kacenv serve --supervised --room {room}"
        yield Finding(what, "this machine doesn't run systemd", Severity.NOTE, todo)
        return
    keys = "LoadState,ActiveState,SubState,NRestarts"
    said = _output("systemctl", "show", name, f"--property={keys}")
    found = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    if found.get("LoadState") != "loaded":
        todo = f"Have it start with the machine: sudo kacenv service install --room {room}"
        yield Finding(what, "not installed", Severity.NOTE, todo)
        return
    active = found.get("ActiveState") == "active"
    how = f"{found.get('ActiveState')} ({found.get('SubState')}), started again "
    how += f"{found.get('NRestarts', '?')} times"
    more = () if active else (Severity.WRONG, f"Start it: sudo systemctl start {name}")
    yield Finding(what, how, *more)


def log(room: str) -> Iterator[Finding]:
    """Report the latest warnings and errors of systemd's journal and of the room's log file."""
    lines, closed = _from_journal(unit_name(room)), False
    for folder in run_folders():
        for path in (folder / f"{room}.log.1", folder / f"{room}.log"):
            try:
                lines += [line for line in _tail(path) if _TROUBLE.search(line)]
            except PermissionError:
                closed = True
            except OSError:
                continue
    what, last = f"{room}: log", tuple(lines[-MOST_LINES:])
    if last:
        yield Finding(what, f"the last troubles ({len(last)} of {len(lines)})", lines=last)
    elif closed:
        yield Finding(
            what, "another user's", Severity.NOTE, "To look there too: sudo kacenv doctor"
        )
    else:
        yield Finding(what, "no troubles")


def _tail(path: Path) -> list[str]:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        return file.read().decode("utf-8", "replace").splitlines()


def _from_journal(unit: str) -> list[str]:
    """Return the unit's messages in systemd's journal, each with its time."""
    if not shutil.which("journalctl"):
        return []
    said = _output(
        "journalctl", "--unit", unit, "--priority=warning", "--lines=50", "--output=json"
    )
    lines = []
    for text in said.splitlines():
        with suppress(ValueError, LookupError, TypeError):
            entry = json.loads(text)
            at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1e6, UTC)
            lines.append(f"at={at.isoformat(timespec='seconds')} {entry['MESSAGE']}")
    return lines


def _output(*command: str) -> str:
    """Return the output of a system tool; empty if it fails."""
    return subprocess.run(  # noqa: S603 - the system's own tool
        command, capture_output=True, encoding="utf-8", errors="replace", check=False
    ).stdout
