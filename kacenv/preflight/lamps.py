"""Every lamp a little brighter and back, by a soft fade, and what it said to that."""

from collections.abc import Callable, Iterator
from functools import partial

from kacenv.clock import MonotonicClock
from kacenv.doctor.finding import Finding, Mark
from kacenv.errors import DeviceError
from kacenv.lights.direct import knows_all, opened, wait_for
from kacenv.lights.lamp_state import LampState
from kacenv.lights.rig import Rig
from kacenv.look import Setting
from kacenv.preflight.said import Question, Said, Step
from kacenv.room import Fixture, Room
from kacenv.units import Level, Seconds

CHANGE = Level(0.1)
"""How much brighter a lamp gets; one that is nearly full gets as much dimmer."""
SPAN = Seconds(2.0)
"""How long that takes, or longer where the room's slope bound wants it."""
LISTEN = Seconds(1.5)
"""How long lamps are given to say what they show."""
PATIENCE = Seconds(4.0)
"""How long after the fade a lamp may take to confirm; it is told again once meanwhile."""
SETTLE = Seconds(1.5)
"""A last step may have to wait this long for its turn: 1.2 s to a Zigbee group."""
_BEAT = Seconds(1.0)
_SAME = 0.03
_DEAD = "Check its power, its wall switch and its topic; then look again."


def lamps(room: Room) -> Iterator[Said]:
    """All lamps that can answer, at once; each is brought back to the light it had.

    A lamp that didn't say what it shows goes to the room's safe light and stays there.
    """
    try:
        with opened(room, MonotonicClock()) as rig:
            yield Step("asking what they show")
            wait_for(lambda: knows_all(rig), LISTEN)
            yield from _Round(room, rig).go()
    except DeviceError as error:
        yield Finding("lamps", "not reached", Mark.WRONG, str(error))


def mute_lamp(room: Room, name: str) -> Iterator[Said]:
    """One lamp that can't answer: up to its safe light, where it stays, while a person looks."""
    fixture = next(one for one in room.lights if one.id == name)
    safe = room.safe_light[fixture.zone]
    lower = safe._replace(level=Level(max(0.0, safe.level - 2 * CHANGE)))
    what = f"lamp {name}"
    try:
        with opened(room, MonotonicClock()) as rig:
            for setting in (lower, safe):
                rig.lead(name, setting, SPAN)
                yield from _until(partial(_is_at, rig, name, setting), _longest(room), "fading")
            wait_for(lambda: False, SETTLE)
    except DeviceError as error:
        yield Finding(what, "not reached", Mark.WRONG, str(error))
        return
    left = f"left at its safe light, {safe.level:.0%}"
    yield Question(
        f"{name} can't answer. Did it rise softly just now, to {safe.level:.0%}?",
        yes=Finding(what, f"seen; {left}"),
        no=Finding(what, "not seen to follow; it can't answer", Mark.WRONG, _DEAD),
        unasked=Finding(what, f"told; it can't answer, nobody was asked; {left}"),
    )


class _Round:
    """One round of all lamps that speak."""

    def __init__(self, room: Room, rig: Rig) -> None:
        self._room, self._rig = room, rig
        self._fixtures = [one for one in room.lights if one.id not in rig.silent]
        self._before = {one.id: self._state(one).reported for one in self._fixtures}
        self._home = {one.id: self._home_of(one) for one in self._fixtures}
        self._latency: dict[str, Seconds | None] = {}
        self._available: dict[str, bool | None] = {}

    def go(self) -> Iterator[Said]:
        aims = {name: _beside(home) for name, home in self._home.items()}
        try:
            yield from self._lead(aims, list(aims))
            for one in self._fixtures:
                state = self._state(one)
                self._latency[one.id] = state.confirmed_after
                self._available[one.id] = state.available
        finally:
            alive = [name for name, latency in self._latency.items() if latency is not None]
            awaited = alive if self._latency else list(self._home)
            back = list(self._lead(self._home, awaited, last=True))
            wait_for(self._all_home, SETTLE)
        yield from back[-1:]
        yield from self._findings()

    def _home_of(self, fixture: Fixture) -> Setting:
        return self._before[fixture.id] or self._room.safe_light[fixture.zone]

    def _state(self, fixture: Fixture) -> LampState:
        return self._rig.shown()[fixture.id]

    def _lead(
        self, aims: dict[str, Setting], awaited: list[str], *, last: bool = False
    ) -> Iterator[Step]:
        """Fade all lamps, and wait for those awaited to confirm and arrive."""
        for name, aim in aims.items():
            self._rig.lead(name, aim, SPAN)
        way = "back" if last else "a little"

        def done() -> bool:
            shown = self._rig.shown()
            return all(shown[name].confirmed_after is not None for name in awaited) and all(
                _is_at(self._rig, name, aim) for name, aim in aims.items()
            )

        unknown = [aims[name].level for name, before in self._before.items() if before is None]
        within = Seconds(_span(self._room, max([CHANGE, *unknown])) + PATIENCE)
        yield from _until(done, within, f"fading {way}")

    def _findings(self) -> Iterator[Finding]:
        names = list(self._before)
        good = {name: soon for name in names if (soon := self._latency[name]) is not None}
        if good:
            slowest = max(good, key=good.__getitem__)
            found = f"{len(good)} of {len(names)} confirm, the slowest ({slowest}) "
            found += f"after {good[slowest]:.1f} s"
            yield Finding("lamps", found, lines=tuple(self._line(name) for name in good))
        for fixture in self._fixtures:
            if fixture.id not in good:
                yield self._dead(fixture)
            elif self._before[fixture.id] is None:
                at = f"left at its safe light, {self._home[fixture.id].level:.0%}"
                found = f"no word of its light before; {at}"
                yield Finding(f"lamp {fixture.id}", found, Mark.NOTE)
            elif not self._is_home(fixture):
                yield self._astray(fixture)

    def _line(self, name: str) -> str:
        return f"{name}: was {self._before[name]}, confirmed after {self._latency[name]:.2f} s"

    def _dead(self, fixture: Fixture) -> Finding:
        away = self._available[fixture.id] is False
        found = "doesn't answer: its system says that it is away" if away else "doesn't answer"
        return Finding(f"lamp {fixture.id}", found, Mark.WRONG, _DEAD)

    def _all_home(self) -> bool:
        """To the last unit of those that spoke; a stepped lamp's last step may yet have to wait."""
        shown = self._rig.shown()
        return all(
            before is None or self._latency.get(name) is None or shown[name].reported == before
            for name, before in self._before.items()
        )

    def _is_home(self, fixture: Fixture) -> bool:
        said = self._state(fixture).reported
        return said is not None and abs(said.level - self._home[fixture.id].level) <= _SAME

    def _astray(self, fixture: Fixture) -> Finding:
        said, home = self._state(fixture).reported, self._home[fixture.id]
        found = f"answers, but came back to {said or 'nobody knows where'} instead of {home}"
        todo = "Its radio may be weak: is it far from the next mains-powered one?"
        return Finding(f"lamp {fixture.id}", found, Mark.NOTE, todo)


def _beside(home: Setting) -> Setting:
    up = home.level + CHANGE <= 1
    return home._replace(level=Level(home.level + (CHANGE if up else -CHANGE)))


def _is_at(rig: Rig, name: str, aim: Setting) -> bool:
    believed = rig.shown()[name].believed
    return believed is not None and abs(believed.level - aim.level) < 1e-3


def _span(room: Room, change: float) -> Seconds:
    return Seconds(max(SPAN, change / room.steepest_light))


def _longest(room: Room) -> Seconds:
    """From any light to any other, with the second in which an unknown lamp is asked."""
    return Seconds(_span(room, 1.0) + LISTEN)


def _until(done: Callable[[], bool], within: Seconds, text: str) -> Iterator[Step]:
    """Wait, with a sign of life each second."""
    clock = MonotonicClock()
    yield Step(text)
    while clock.now() < within and not wait_for(done, Seconds(min(_BEAT, within - clock.now()))):
        yield Step(text)
