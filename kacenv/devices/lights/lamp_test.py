"""Test of a room's lamps: fade each a little brighter and back, and check its reports."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from kacenv.core.errors import KacenvError
from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.direct import knows_all, opened, wait_for
from kacenv.devices.lights.lamp.estimate import LampState
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
SAME = 0.03
"""Tolerance (level) of reports: lamps round."""
_KEEP_ALIVE = Seconds(1.0)
_POLL = Seconds(0.05)
"""Interval of the calls to `check`."""


class LampTestResult(NamedTuple):
    """Test result of one lamp.

    `began` and `left` are its reports before and after, `told` is the target, and `home` is where
    the lamp was returned to. `confirmed` tells if it reported the target, `latency` how soon (s);
    both None for a lamp that can't report. `moved` is True if somebody else changed it meanwhile.
    """

    lamp: str
    began: Setting | None
    told: Setting
    home: Setting
    left: Setting | None
    available: bool | None
    confirmed: bool | None
    latency: Seconds | None
    moved: bool

    @property
    def is_home(self) -> bool:
        """Tell if the lamp reports that it is back."""
        return self.left is not None and abs(self.left.level - self.home.level) <= SAME


def run_lamp_test(room: Room) -> Iterator[LampTestResult]:
    """Test one lamp after another; yield each result.

    Raises:
        DeviceError: The room has no lamps, or its broker can't be reached.
    """
    with opened(room, MonotonicClock()) as controller:
        wait_for(lambda: knows_all(controller), LISTEN)
        for fixture in room.lights:
            test = LampTest(room, controller, (fixture,))
            for _ in test.run():
                pass
            yield from test.results()


def _always() -> None:
    """Let the test go on."""


class LampTest:
    """Test of some lamps, all at once, over a connected controller.

    A lamp that has reported returns to its light before. Any other begins at `assumed`, or at the
    room's safe light, and stays there. A lamp that somebody else changes meanwhile is left alone.

    `check` is called before each fade and while waiting. Once it raises a KacenvError, the lamps
    are somebody else's, and nothing more is sent; any other interruption returns the lamps first.
    """

    def __init__(
        self,
        room: Room,
        controller: LightController,
        fixtures: Sequence[Fixture],
        check: Callable[[], None] = _always,
        *,
        assumed: Setting | None = None,
    ) -> None:
        self._room, self._controller, self._check = room, controller, check
        shown = controller.states()
        self._before = {one.id: shown[one.id].reported for one in fixtures}
        self._home = {
            one.id: self._before[one.id] or assumed or room.safe_light[one.zone] for one in fixtures
        }
        self._reporting = self._before.keys() - controller.write_only_lamps
        self._there: dict[str, LampState] = {}
        """States after the fade there."""
        self._moved: set[str] = set()

    def run(self) -> Generator[str, None, None]:
        """Run the test; yield the step it is at, at least once a second."""
        targets = {name: changed_a_little(home) for name, home in self._home.items()}
        with self._returned_if_interrupted():
            yield from self._fade(targets, self._reporting, "fading a little")
            shown = self._controller.states()
            self._there = {name: shown[name] for name in self._before}
        yield from self._return()

    def results(self) -> tuple[LampTestResult, ...]:
        """Return the result of each lamp, after `run`."""
        shown = self._controller.states()
        return tuple(self._result(name, shown[name].reported) for name in self._before)

    def _result(self, name: str, left: Setting | None) -> LampTestResult:
        home, there = self._home[name], self._there[name]
        return LampTestResult(
            lamp=name,
            began=self._before[name],
            told=changed_a_little(home),
            home=home,
            left=left,
            available=there.available,
            confirmed=there.confirmed_after is not None if name in self._reporting else None,
            latency=there.confirmed_after,
            moved=name in self._moved,
        )

    def _return(self) -> Iterator[str]:
        alive = {name for name in self._before if self._latency(name) is not None}
        yield from self._fade(self._home, alive if self._there else self._reporting, "fading back")
        yield from self._wait(self._has_returned, SETTLE, "fading back")

    def _latency(self, name: str) -> Seconds | None:
        return self._there[name].confirmed_after if name in self._there else None

    @contextmanager
    def _returned_if_interrupted(self) -> Iterator[None]:
        try:
            yield
        except KacenvError:
            raise
        except BaseException:
            with suppress(KacenvError):
                for _ in self._return():
                    pass
            raise

    def _fade(self, targets: Mapping[str, Setting], awaited: set[str], step: str) -> Iterator[str]:
        """Fade all lamps; wait for them to arrive, and for those awaited to confirm."""
        for name, target in targets.items():
            if name not in self._moved:
                self._check()
                self._controller.fade_lamp(name, target, SPAN, origin=self._home[name])

        def is_done() -> bool:
            shown = self._states()
            return all(
                name in self._moved
                or (_has_arrived(shown[name], target) and _confirms(shown[name], name in awaited))
                for name, target in targets.items()
            )

        changes = (self._greatest_change(name, target) for name, target in targets.items())
        span = max(SPAN, max(changes) / self._room.steepest_light)
        yield from self._wait(is_done, Seconds(span + PATIENCE), step)

    def _greatest_change(self, name: str, target: Setting) -> float:
        known = self._before[name] is not None
        return CHANGE if known else max(target.level, 1 - target.level)

    def _states(self) -> Mapping[str, LampState]:
        """Return all states; note lamps that report a level outside the test's range as moved."""
        shown = self._controller.states()
        for name, before in self._before.items():
            reported, home = shown[name].reported, self._home[name]
            if before is not None and reported is not None:
                low, high = sorted((home.level, changed_a_little(home).level))
                if not low - SAME <= reported.level <= high + SAME:
                    self._moved.add(name)
        return shown

    def _has_returned(self) -> bool:
        """Tell if all lamps report exactly their light before; never true if one can't report."""
        shown = self._states()
        return self._reporting == self._before.keys() and all(
            name in self._moved
            or before is None
            or self._latency(name) is None
            or shown[name].reported == before
            for name, before in self._before.items()
        )

    def _wait(self, is_done: Callable[[], bool], within: Seconds, step: str) -> Iterator[str]:
        clock, yielded_at = MonotonicClock(), Seconds(0.0)
        yield step
        while clock.now() < within and not wait_for(is_done, _POLL):
            self._check()
            if clock.now() >= yielded_at + _KEEP_ALIVE:
                yielded_at = clock.now()
                yield step


def changed_a_little(home: Setting) -> Setting:
    """Return the target of a lamp's test: a little brighter, or dimmer if it is nearly full."""
    up = home.level + CHANGE <= 1
    return home._replace(level=Level(home.level + (CHANGE if up else -CHANGE)))


def _has_arrived(state: LampState, target: Setting) -> bool:
    at_target = state.believed is not None and abs(state.believed.level - target.level) < 1e-3
    return at_target and not state.fading


def _confirms(state: LampState, is_awaited: bool) -> bool:
    return not is_awaited or state.confirmed_after is not None
