"""Probe of the lamps: a soft fade a little brighter and back, and the lamps' reports."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.lights import lamp_test
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.direct import knows_all, opened, wait_for
from kacenv.devices.lights.lamp_test import LampTest, LampTestResult, changed_a_little
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.availability import RoomAvailability, RoomTakenError
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question, Taken
from kacenv.model.look import Setting
from kacenv.model.room import Room
from kacenv.system.clock import MonotonicClock

HEARD = Seconds(0.5)
"""Delay after which the room's daemon has surely seen a released lamp's state."""
_MOVED = "somebody else changed it meanwhile; it was let go of"
_DEAD = "Check its power, its wall switch and its topic; then look again."


def lamps(room: Room, availability: RoomAvailability) -> Iterator[ProbeMessage]:
    """Fade all lamps that report, at once, and return each to its light before.

    A lamp that didn't report goes to the room's safe light and stays there. If the room becomes
    unavailable, nothing more is sent: the lamps belong to the session.
    """
    try:
        with opened(room, MonotonicClock()) as controller:
            yield Progress("asking what they show")
            wait_for(lambda: knows_all(controller), lamp_test.LISTEN)
            mute = controller.write_only_lamps
            reporting = [one for one in room.lights if one.id not in mute]
            if reporting:
                test = LampTest(room, controller, reporting, availability.check)
                yield from _progress(test)
                yield from _findings(test.results(), controller)
    except RoomTakenError as taken:
        yield _let_go(availability, taken)
    except DeviceError as error:
        yield Finding("lamps", "not reached", Severity.WRONG, str(error))


def mute_lamp(
    room: Room, name: str, availability: RoomAvailability, *, blindly: bool = False
) -> Iterator[ProbeMessage]:
    """Fade one lamp that can't report a little and back, while a person looks.

    It starts where the room's daemon estimates it to be. Without an estimate it is skipped or, if
    `blindly`, goes to its safe light, where it stays.
    """
    fixture = next(one for one in room.lights if one.id == name)
    known = availability.light_of(name)
    if known is None and not blindly:
        yield Finding(f"lamp {name}", "can't answer; not tried", Severity.NOTE)
        return
    alone = room.model_copy(update={"lights": (fixture,)})
    try:
        with opened(alone, MonotonicClock()) as controller:
            test = LampTest(alone, controller, (fixture,), availability.check, assumed=known)
            yield from _progress(test)
    except RoomTakenError as taken:
        yield _let_go(availability, taken)
    except DeviceError as error:
        yield Finding(f"lamp {name}", "not reached", Severity.WRONG, str(error))
    else:
        yield _question(name, known or room.safe_light[fixture.zone], known)


def _progress(test: LampTest) -> Iterator[Progress]:
    """Run the test; an interrupt reaches it at once, while its controller is connected."""
    with closing(test.run()) as steps:
        for step in steps:
            yield Progress(step)


def _question(name: str, home: Setting, known: Setting | None) -> Question:
    what, dimmer = f"lamp {name}", changed_a_little(home).level < home.level
    left = f"back at {home.level:.0%}" if known else f"left at its safe light, {home.level:.0%}"
    return Question(
        f"{name} can't answer. Did it get a little {'dimmer' if dimmer else 'brighter'} "
        "just now, and go back?",
        yes=Finding(what, f"seen; {left}"),
        no=Finding(what, "not seen to follow; it can't answer", Severity.WRONG, _DEAD),
        unasked=Finding(what, f"told; it can't answer, nobody was asked; {left}"),
    )


def _let_go(availability: RoomAvailability, taken: RoomTakenError) -> Taken:
    """Release the lamps; the daemon may take the last messages for a manual change."""
    wait_for(lambda: False, HEARD)
    availability.restore_lights()
    return Taken(taken.reason, taken.todo)


def _findings(results: Sequence[LampTestResult], controller: LightController) -> Iterator[Finding]:
    good = {one.lamp: one.latency for one in results if one.latency is not None}
    if good:
        slowest = max(good, key=good.__getitem__)
        found = f"{len(good)} of {len(results)} confirm, the slowest ({slowest}) "
        found += f"after {good[slowest]:.1f} s"
        yield Finding(
            "lamps", found, lines=tuple(_line(one) for one in results if one.lamp in good)
        )
    for one in results:
        finding = _finding(one, controller.rights_hint(one.lamp))
        if finding is not None:
            yield finding


def _line(one: LampTestResult) -> str:
    return f"{one.lamp}: was {one.began}, confirmed after {one.latency:.2f} s"


def _finding(one: LampTestResult, rights: str | None) -> Finding | None:
    """Return what is wrong or unusual with a lamp; None if nothing is.

    `rights` is what kacenv's user may lack at the broker.
    """
    what = f"lamp {one.lamp}"
    if one.moved:
        return Finding(what, _MOVED, Severity.NOTE)
    if one.latency is None:
        away = ": its system says that it is away" if one.available is False else ""
        todo = f"{_DEAD} {rights}" if rights and not away else _DEAD
        return Finding(what, f"doesn't answer{away}", Severity.WRONG, todo)
    if one.began is None:
        at = f"left at its safe light, {one.home.level:.0%}"
        return Finding(what, f"no word of its light before; {at}", Severity.NOTE)
    if one.is_home:
        return None
    found = f"answers, but came back to {one.left or 'nobody knows where'} instead of {one.home}"
    todo = "Its radio may be weak: is it far from the next mains-powered one?"
    return Finding(what, found, Severity.NOTE, todo)
