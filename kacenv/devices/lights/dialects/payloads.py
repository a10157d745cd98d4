"""Payloads of lamps, which may be hostile: JSON, numbers and words; no function raises."""

import json
from typing import Final

from kacenv.core.units import Kelvin, Seconds
from kacenv.devices.lights.fades.trajectory import MIRED

LONGEST_PAYLOAD = 65536
"""Longest accepted payload (bytes), far above any lamp's report."""
LONGEST_TRANSITION: Final = Seconds(86400.0)
"""Longest accepted transition (s), far above any lamp's."""
ON, OFF = "ON", "OFF"
ONLINE, OFFLINE = "online", "offline"


def write(fields: dict[str, object]) -> bytes:
    """Encode fields as compact JSON."""
    return json.dumps(fields, separators=(",", ":")).encode()


def read(payload: bytes) -> dict[str, object]:
    """Decode a JSON object; return an empty one for everything else, however hostile."""
    return block(read_value(payload))


def read_value(payload: bytes) -> object:
    """Decode any JSON value; return None for everything else, however hostile."""
    if len(payload) > LONGEST_PAYLOAD:
        return None
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def block(value: object) -> dict[str, object]:
    """Return `value`; an empty object if it isn't one."""
    return value if isinstance(value, dict) else {}


def number(fields: dict[str, object], key: str, most: float) -> float | None:
    """Return the number under `key`; None unless it is from 0 to `most`."""
    return within(fields.get(key), most)


def within(value: object, most: float) -> float | None:
    """Return `value`; None unless it is a number from 0 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared before the conversion: an integer of 5,000 digits overflows a float.
    return float(value) if 0 <= value <= most else None


def is_on(word: object) -> bool | None:
    """Return True for `ON`, False for `OFF`, None for anything else."""
    return word == ON if word in (ON, OFF) else None


def from_mired(mired: float | None) -> Kelvin | None:
    """Return the white of a reported mired value; None outside 50 to 1000."""
    return Kelvin(MIRED / mired) if mired is not None and 50 <= mired <= 1000 else None


def white(fields: dict[str, object], key: str, least: float = 1000) -> Kelvin | None:
    """Return the white (kelvin) under `key`; None unless it is from `least` to 20000."""
    kelvin = number(fields, key, 20000)
    return Kelvin(kelvin) if kelvin is not None and kelvin >= least else None
