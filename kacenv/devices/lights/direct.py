"""Lights-up without the daemon: fade all lamps to the safe light and await confirmations."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.fades.trajectory import URGENT_DURATION
from kacenv.devices.lights.lamp.estimate import LampState
from kacenv.model.commands import ShowLook
from kacenv.model.room import Room
from kacenv.system.clock import Clock, MonotonicClock

REACH_WITHIN = Seconds(10.0)
"""Timeout (s) for the connection to the broker."""
LISTEN = Seconds(0.3)
"""Time (s) allowed for retained reports, so that fades start at the lamps' true levels."""
CONFIRM_WITHIN = Seconds(10.0)
"""Timeout (s) for all confirmations; lights-up is repeated meanwhile."""
SETTLE = Seconds(0.5)
"""Time (s) between the last step and the end of the connection."""
_LOOK_EVERY = 0.02


class LampOutcome(NamedTuple):
    """Result for one lamp; `after` is the time (s) to its confirmation, None without one.

    `can_report` is False for a lamp that can't report its state.
    """

    lamp: str
    after: Seconds | None
    can_report: bool
    state: LampState


@contextmanager
def opened(room: Room, clock: Clock) -> Iterator[LightController]:
    """Open a second light controller that announces no room status and leaves the daemon's alone.

    Raises:
        DeviceError: The room has no lamps, or its broker can't be reached.
    """
    if room.broker is None or not room.lights:
        raise DeviceError(f"The room {room.name} has no lamps; write them under `lights`.")
    messages: list[str] = []
    controller = LightController(room, clock, messages.append, announce=False)
    try:
        controller.start()
        if not wait_for(lambda: controller.connected, REACH_WITHIN):
            raise DeviceError(messages[-1] if messages else _silent(room))
        yield controller
    finally:
        controller.close()


def raise_lights(room: Room) -> tuple[LampOutcome, ...]:
    """Fade every lamp to the room's safe light in 3 s; return each lamp's result.

    Blocks until all have confirmed and completed the fade, at most 10 s.

    Raises:
        DeviceError: The room has no lamps, or its broker can't be reached.
    """
    clock = MonotonicClock()
    with opened(room, clock) as controller:
        wait_for(lambda: knows_all(controller), LISTEN)
        start = clock.now()
        controller.perform(ShowLook(room.safe_light, start, URGENT_DURATION, urgent=True))
        wait_for(lambda: _is_done(controller, clock.now() - start), CONFIRM_WITHIN)
        return outcomes(controller)


def knows_all(controller: LightController) -> bool:
    """Tell if every lamp that can report its state has done so."""
    return all(one.state.reported is not None for one in outcomes(controller) if one.can_report)


def _is_done(controller: LightController, passed: float) -> bool:
    arrived = passed > URGENT_DURATION + SETTLE
    return arrived and all(
        one.after is not None or not one.can_report for one in outcomes(controller)
    )


def outcomes(controller: LightController) -> tuple[LampOutcome, ...]:
    """Return each lamp's result so far."""
    shown, write_only = controller.states(), controller.write_only_lamps
    return tuple(
        LampOutcome(name, state.confirmed_after, name not in write_only, state)
        for name, state in shown.items()
    )


def _silent(room: Room) -> str:
    broker = room.broker
    place = f"{broker.host}:{broker.port}" if broker else "nowhere"
    return f"The light broker at {place} doesn't answer. Switch the lights on at the wall."


def wait_for(condition: Callable[[], bool], within: Seconds) -> bool:
    """Wait for `condition`, at most `within` real seconds; return False on timeout."""
    pause = threading.Event()
    clock = MonotonicClock()
    while not condition():
        if clock.now() >= within:
            return False
        pause.wait(_LOOK_EVERY)
    return True
