"""`kacenv lights-up --direct` and `kacenv lights test`: the lamps without the room's daemon."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kacenv.cli.options import print_json
from kacenv.core.errors import DaemonError, KacenvError, RefusedError
from kacenv.server.client import post

if TYPE_CHECKING:
    from kacenv.devices.lights.direct import LampOutcome
    from kacenv.devices.lights.lamp_test import LampTestResult
    from kacenv.model.look import Setting
    from kacenv.model.room import Room

_DAEMON_WITHIN = 1.0
"""Time limit of the daemon's answer, in seconds; the lamps don't wait for it."""


def lights_up(room: str | None, house: Path | None, *, as_json: bool = False) -> int:
    """Show the safe light over the broker; return 0 if every lamp that can has confirmed."""
    from kacenv.devices.lights.direct import raise_lights

    place = _room(room, house)
    told = threading.Thread(target=_tell_daemon, args=(place.name,), daemon=True)
    told.start()
    found = raise_lights(place)
    told.join(_DAEMON_WITHIN)
    if as_json:
        print_json([_outcome_fields(one) for one in found])
    else:
        for one in found:
            print(_outcome_line(one))
    return 0 if all(one.after is not None or not one.can_report for one in found) else 1


def _tell_daemon(room: str) -> None:
    """Send lights-up to a running daemon, so that it doesn't return the lamps to its plan."""
    try:
        post(room, "/v1/requests", {"kind": "lights-up"}, timeout=_DAEMON_WITHIN)
    except (DaemonError, RefusedError):
        return


def _room(room: str | None, house: Path | None) -> "Room":
    from kacenv.config import House, load_room

    if not room:
        raise KacenvError("Say which room's lamps: kacenv lights-up --direct --room ROOM")
    return load_room(House.find(house), room)


def _outcome_line(one: "LampOutcome") -> str:
    if not one.can_report:
        return f"{one.lamp}: told four times; it can't answer. Look at it."
    if one.after is not None:
        return f"{one.lamp}: confirmed after {one.after:.1f} s"
    return f"{one.lamp}: NOT CONFIRMED; it says {_shown(one.state.reported)}. Look at it."


def _outcome_fields(one: "LampOutcome") -> dict[str, Any]:
    reported = one.state.reported
    return {
        "lamp": one.lamp,
        "speaks": one.can_report,
        "confirmed": one.after is not None,
        "after": _rounded(one.after),
        "reported": None if reported is None else str(reported),
        "available": one.state.available,
    }


def _shown(setting: "Setting | None") -> str:
    return "nothing" if setting is None else str(setting)


def _rounded(span: float | None) -> float | None:
    return None if span is None else round(span, 3)


def go_round(room: str, house: Path | None, *, as_json: bool = False) -> int:
    """Test the lamps one by one; return 0 if each that can has confirmed."""
    from kacenv.cli.audio import held
    from kacenv.devices.lights.lamp_test import run_lamp_test

    place = _room(room, house)
    visits = []
    with held(place.name):
        for visit in run_lamp_test(place):
            visits.append(visit)
            if not as_json:
                print(_visit_line(visit), flush=True)
    if as_json:
        print_json([_visit_fields(visit) for visit in visits])
    return 1 if any(visit.confirmed is False for visit in visits) else 0


def _visit_line(visit: "LampTestResult") -> str:
    told = f"{visit.lamp}: was {_shown(visit.began)}, went to {visit.told.level:.0%} and back"
    if visit.confirmed is None:
        return f"{told}; it can't answer. Did you see it?"
    if visit.latency is not None:
        return f"{told}; confirmed after {visit.latency:.2f} s"
    away = "its system says that it is away" if visit.available is False else "no answer fits"
    return f"{told}; NOT CONFIRMED: {away}. It says {_shown(visit.left)}. Check power and topic."


def _visit_fields(visit: "LampTestResult") -> dict[str, Any]:
    return {
        "lamp": visit.lamp,
        "began": None if visit.began is None else str(visit.began),
        "told": str(visit.told),
        "left": None if visit.left is None else str(visit.left),
        "available": visit.available,
        "confirmed": visit.confirmed,
        "latency": _rounded(visit.latency),
    }
