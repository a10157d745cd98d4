"""Probe of the lamps: a soft fade a little brighter and back, and the lamps' reports."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from kacenv.core.errors import DeviceError
from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.direct import knows_all, opened, wait_for
from kacenv.devices.lights.lamp.estimate import LampState
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.availability import RoomAvailability, RoomTakenError
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question, Taken
from kacenv.model.commands import ShowLook
from kacenv.model.look import Setting
from kacenv.model.room import Fixture, Room
from kacenv.system.clock import MonotonicClock

CHANGE = Level(0.1)
"""Change of level; upwards, or downwards if the lamp is nearly full."""
SPAN = Seconds(2.0)
"""Fade time, or longer where the room's bound on the slope requires it."""
LISTEN = Seconds(1.5)
"""Time limit for lamps to report their state."""
PATIENCE = Seconds(4.0)
"""Time limit for a confirmation after the fade; the command is resent once within it."""
SETTLE = Seconds(1.5)
"""Longest delay of a last step: 1.2 s to a Zigbee group."""
HEARD = Seconds(0.5)
"""Delay after which the room's daemon has surely seen a released lamp's state."""
_BEAT = Seconds(1.0)
_LOOK = Seconds(0.05)
"""Polling interval of the room's availability."""
_SAME = 0.03
_MOVED = "somebody else changed it meanwhile; it was let go of"
_DEAD = "Check its power, its wall switch and its topic; then look again."


def lamps(room: Room, lookout: RoomAvailability) -> Iterator[ProbeMessage]:
    """Fade all lamps that report, at once, and return each to its light before.

    A lamp that didn't report goes to the room's safe light and stays there. If the room becomes
    unavailable, nothing more is sent: the lamps belong to the session.
    """
    try:
        clock = MonotonicClock()
        with opened(room, clock) as rig:
            # A lamp without fades of its own and in an unknown state would begin in the dark.
            rig.perform(ShowLook({}, clock.now(), SPAN, origin=room.safe_light))
            yield Progress("asking what they show")
            wait_for(lambda: knows_all(rig), LISTEN)
            yield from _LampSweep(room, rig, lookout).go()
    except RoomTakenError as taken:
        yield _let_go(lookout, taken)
    except DeviceError as error:
        yield Finding("lamps", "not reached", Severity.WRONG, str(error))


def mute_lamp(
    room: Room, name: str, lookout: RoomAvailability, *, blindly: bool = False
) -> Iterator[ProbeMessage]:
    """Fade one lamp that can't report a little and back, while a person looks.

    It starts where the room's daemon estimates it to be. Without an estimate it is skipped or, if
    `blindly`, goes to its safe light, where it stays.
    """
    fixture = next(one for one in room.lights if one.id == name)
    known = lookout.light_of(name)
    if known is None and not blindly:
        yield Finding(f"lamp {name}", "can't answer; not tried", Severity.NOTE)
        return
    home = known or room.safe_light[fixture.zone]
    alone, clock = room.model_copy(update={"lights": (fixture,)}), MonotonicClock()
    try:
        with opened(alone, clock) as rig:
            lookout.check()
            look, origin = {fixture.zone: _beside(home)}, {fixture.zone: home}
            rig.perform(ShowLook(look, clock.now(), SPAN, cool=True, origin=origin))
            yield from _there_and_back(alone, rig, home, lookout)
    except RoomTakenError as taken:
        yield _let_go(lookout, taken)
    except DeviceError as error:
        yield Finding(f"lamp {name}", "not reached", Severity.WRONG, str(error))
    else:
        yield _seen(name, home, known)


def _there_and_back(
    alone: Room, rig: LightController, home: Setting, lookout: RoomAvailability
) -> Iterator[Progress]:
    (fixture,) = alone.lights
    aim = _beside(home)
    longest = _longest(alone)
    there = partial(_is_at, rig, fixture.id, aim)
    back = partial(_is_at, rig, fixture.id, home)

    def bring_back() -> Iterator[Progress]:
        lookout.check()
        rig.fade_lamp(fixture.id, home, SPAN)
        yield from _until(back, longest, "fading back", lookout)
        yield from _until(lambda: False, SETTLE, "fading back", lookout)

    with _ended_by(bring_back):
        yield from _until(there, longest, "fading a little", lookout)
    yield from bring_back()


def _seen(name: str, home: Setting, known: Setting | None) -> Question:
    what, dimmer = f"lamp {name}", _beside(home).level < home.level
    left = f"back at {home.level:.0%}" if known else f"left at its safe light, {home.level:.0%}"
    return Question(
        f"{name} can't answer. Did it get a little {'dimmer' if dimmer else 'brighter'} "
        "just now, and go back?",
        yes=Finding(what, f"seen; {left}"),
        no=Finding(what, "not seen to follow; it can't answer", Severity.WRONG, _DEAD),
        unasked=Finding(what, f"told; it can't answer, nobody was asked; {left}"),
    )


def _let_go(lookout: RoomAvailability, taken: RoomTakenError) -> Taken:
    """Release the lamps; the daemon may take the last messages for a manual change."""
    wait_for(lambda: False, HEARD)
    lookout.restore_lights()
    return Taken(taken.reason, taken.todo)


@contextmanager
def _ended_by(bring_back: Callable[[], Iterator[Progress]]) -> Iterator[None]:
    """Restore the light on an interrupt, unless the room is taken."""
    try:
        yield
    except RoomTakenError:
        raise
    except BaseException:
        with suppress(RoomTakenError):
            for _ in bring_back():
                pass
        raise


class _LampSweep:
    """Test of all lamps that report, at once."""

    def __init__(self, room: Room, rig: LightController, lookout: RoomAvailability) -> None:
        self._room, self._rig, self._lookout = room, rig, lookout
        self._fixtures = [one for one in room.lights if one.id not in rig.write_only_lamps]
        self._before = {one.id: self._state(one).reported for one in self._fixtures}
        self._home = {one.id: self._home_of(one) for one in self._fixtures}
        self._latency: dict[str, Seconds | None] = {}
        self._available: dict[str, bool | None] = {}
        self._moved: set[str] = set()
        """Lamps changed manually meanwhile; they are left alone."""

    def go(self) -> Iterator[ProbeMessage]:
        aims = {name: _beside(home) for name, home in self._home.items()}
        with _ended_by(self._bring_back):
            yield from self._lead(aims, list(aims), "fading a little")
            for one in self._fixtures:
                state = self._state(one)
                self._latency[one.id] = state.confirmed_after
                self._available[one.id] = state.available
        yield from self._bring_back()
        yield from self._findings()

    def _bring_back(self) -> Iterator[Progress]:
        alive = [name for name, latency in self._latency.items() if latency is not None]
        awaited = alive if self._latency else list(self._home)
        yield from self._lead(self._home, awaited, "fading back")
        yield from _until(self._all_home, SETTLE, "fading back", self._lookout)

    def _home_of(self, fixture: Fixture) -> Setting:
        return self._before[fixture.id] or self._room.safe_light[fixture.zone]

    def _state(self, fixture: Fixture) -> LampState:
        return self._rig.states()[fixture.id]

    def _lead(self, aims: dict[str, Setting], awaited: list[str], text: str) -> Iterator[Progress]:
        """Fade all lamps, and wait for those awaited to confirm and arrive."""
        for name, aim in aims.items():
            if name not in self._moved:
                self._lookout.check()
                self._rig.fade_lamp(name, aim, SPAN)

        def done() -> bool:
            self._note_moved()
            shown = self._rig.states()
            return all(
                name in self._moved
                or (
                    (name not in awaited or shown[name].confirmed_after is not None)
                    and _is_at(self._rig, name, aim)
                )
                for name, aim in aims.items()
            )

        unknown = [aims[name].level for name, before in self._before.items() if before is None]
        within = Seconds(_span(self._room, max([CHANGE, *unknown])) + PATIENCE)
        yield from _until(done, within, text, self._lookout)

    def _note_moved(self) -> None:
        """Exclude lamps that report a level outside the test range: they were changed manually."""
        for name, state in self._rig.states().items():
            if self._before.get(name) and state.reported is not None:
                home = self._home[name].level
                low, high = sorted((home, _beside(self._home[name]).level))
                if not low - _SAME <= state.reported.level <= high + _SAME:
                    self._moved.add(name)

    def _findings(self) -> Iterator[Finding]:
        names = list(self._before)
        good = {name: soon for name in names if (soon := self._latency[name]) is not None}
        if good:
            slowest = max(good, key=good.__getitem__)
            found = f"{len(good)} of {len(names)} confirm, the slowest ({slowest}) "
            found += f"after {good[slowest]:.1f} s"
            yield Finding("lamps", found, lines=tuple(self._line(name) for name in good))
        for fixture in self._fixtures:
            if fixture.id in self._moved:
                yield Finding(f"lamp {fixture.id}", _MOVED, Severity.NOTE)
            elif fixture.id not in good:
                yield self._dead(fixture)
            elif self._before[fixture.id] is None:
                at = f"left at its safe light, {self._home[fixture.id].level:.0%}"
                found = f"no word of its light before; {at}"
                yield Finding(f"lamp {fixture.id}", found, Severity.NOTE)
            elif not self._is_home(fixture):
                yield self._astray(fixture)

    def _line(self, name: str) -> str:
        return f"{name}: was {self._before[name]}, confirmed after {self._latency[name]:.2f} s"

    def _dead(self, fixture: Fixture) -> Finding:
        away = self._available[fixture.id] is False
        found = "doesn't answer: its system says that it is away" if away else "doesn't answer"
        return Finding(f"lamp {fixture.id}", found, Severity.WRONG, _DEAD)

    def _all_home(self) -> bool:
        """Return True if all reporting lamps are exactly back; a last step may be late."""
        self._note_moved()
        shown = self._rig.states()
        return all(
            name in self._moved
            or before is None
            or self._latency.get(name) is None
            or shown[name].reported == before
            for name, before in self._before.items()
        )

    def _is_home(self, fixture: Fixture) -> bool:
        said = self._state(fixture).reported
        return said is not None and abs(said.level - self._home[fixture.id].level) <= _SAME

    def _astray(self, fixture: Fixture) -> Finding:
        said, home = self._state(fixture).reported, self._home[fixture.id]
        found = f"answers, but came back to {said or 'nobody knows where'} instead of {home}"
        todo = "Its radio may be weak: is it far from the next mains-powered one?"
        return Finding(f"lamp {fixture.id}", found, Severity.NOTE, todo)


def _beside(home: Setting) -> Setting:
    up = home.level + CHANGE <= 1
    return home._replace(level=Level(home.level + (CHANGE if up else -CHANGE)))


def _is_at(rig: LightController, name: str, aim: Setting) -> bool:
    believed = rig.states()[name].believed
    return believed is not None and abs(believed.level - aim.level) < 1e-3


def _span(room: Room, change: float) -> Seconds:
    return Seconds(max(SPAN, change / room.steepest_light))


def _longest(room: Room) -> Seconds:
    """Return the time of the longest fade, with the time in which an unknown lamp is queried."""
    return Seconds(_span(room, 1.0) + LISTEN)


def _until(
    done: Callable[[], bool], within: Seconds, text: str, lookout: RoomAvailability
) -> Iterator[Progress]:
    """Wait while the room is free, with a keep-alive each second.

    Raises:
        RoomTakenError: The room is needed.
    """
    clock, said_at = MonotonicClock(), Seconds(0.0)
    yield Progress(text)
    while clock.now() < within and not wait_for(done, _LOOK):
        lookout.check()
        if clock.now() >= said_at + _BEAT:
            said_at = clock.now()
            yield Progress(text)
