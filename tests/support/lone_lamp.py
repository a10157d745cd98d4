"""One lamp's state machine on simulated time, without a broker."""

import json
from collections.abc import Callable

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.model.look import parse_setting

MakeLamp = Callable[..., Lamp]
STATE, AVAILABILITY = "house/lamp/state", "house/lamp/there"
LONG_AGO = Seconds(-100.0)


def run(lamp: Lamp, start: float, end: float) -> list[tuple[float, bytes]]:
    """Return all payloads sent to the lamp from `start` to `end`, polled every 0.05 s."""
    moments = [
        Seconds(round(start + tick / 20, 6)) for tick in range(round((end - start) * 20) + 1)
    ]
    return [(now, message.payload) for now in moments for message in lamp.messages(now)]


def ask(lamp: Lamp, setting: str, now: float, duration: float, *, urgent: bool = False) -> None:
    """Set a target in the notation of a scene file."""
    lamp.set_target(parse_setting(setting), Seconds(now), Seconds(duration), urgent=urgent)


def says(lamp: Lamp, brightness: int, now: float) -> None:
    """Report a brightness of 255 from a lamp of Home Assistant's dialect."""
    fields = {"state": "ON", "brightness": brightness} if brightness else {"state": "OFF"}
    lamp.handle_report(STATE, json.dumps(fields).encode(), Seconds(now))
