"""One lamp as the rig knows it: what was asked of it, what it believes, what it reports."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from kacenv.lights.dialects import Message, Reported, codec
from kacenv.lights.fader import STEP_GAP, LampFade, OwnFade, Path, Step, SteppedFade, path_between
from kacenv.look import Setting
from kacenv.room import Ability, Fixture
from kacenv.units import Kelvin, Level, Seconds

REASSERT_DURATION = Seconds(2.0)
"""How long a lamp takes back to its look after the broker was away."""
REASSERT_AFTER = (Seconds(0.2), Seconds(2.5), Seconds(6.0), Seconds(15.0))
"""When the look is asserted after a reconnect: once the lamps' retained reports have come, and
later for lamps that have not reported it since, because they may reconnect after us."""
SAME_WHITE = 25.0
"""Kelvin; less than anyone sees, more than whole mired round off."""


@dataclass(frozen=True, slots=True)
class LampState:
    """A lamp for display.

    `believed` is what it should show now, in mid-fade too; None before it was told anything.
    `reported` is what it says itself; `available` is None where nobody says.
    """

    believed: Setting | None = None
    reported: Setting | None = None
    available: bool | None = None


class _Wish(NamedTuple):
    """The newest look asked of the lamp; it should be reached by `end`."""

    target: Setting
    end: Seconds
    urgent: bool


class Lamp:
    """A lamp's newest wish, its fade and its reports. No I/O, no threads, no clock."""

    def __init__(self, fixture: Fixture) -> None:
        self.fixture = fixture
        self._codec = codec(fixture)
        self._fades = self._codec.FADES and Ability.TRANSITION in fixture.can
        self._wish: _Wish | None = None
        self._fade: LampFade | None = None
        self._believed: Setting | None = None
        self._told: Setting | None = None
        self._told_at: Seconds | None = None
        self._free_at = Seconds(0.0)
        self._report = Reported()
        self._reported_at: Seconds | None = None
        self._confirmed = False
        self._begun_at: Seconds | None = None
        self._assert_at: tuple[Seconds, ...] = ()
        self._up_since: Seconds | None = None

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """The topics on which the lamp reports."""
        return self._codec.subscriptions(self.fixture)

    def state(self, now: Seconds) -> LampState:
        """The lamp for display."""
        level = self._report.level
        reported = None if level is None else Setting(level, self._report.kelvin)
        return LampState(self._believed_at(now), reported, self._report.available)

    def ask(
        self, setting: Setting, now: Seconds, duration: Seconds, *, urgent: bool = False
    ) -> None:
        """Fade to `setting`; only the newest wish counts."""
        self._wish = _Wish(self._possible(setting), Seconds(now + duration), urgent)
        if self._up_since is not None:
            # This telling is the first assertion; the later ones still find out who slept.
            self._assert_at = self._assert_at[-len(REASSERT_AFTER[1:]) :]
            self._begin(now, duration)

    def _possible(self, setting: Setting) -> Setting:
        if setting.kelvin is None or Ability.KELVIN not in self.fixture.can:
            return Setting(setting.level)
        warmest, coolest = self.fixture.warmest, self.fixture.coolest
        return Setting(setting.level, Kelvin(min(max(setting.kelvin, warmest), coolest)))

    def _begin(self, now: Seconds, duration: Seconds) -> None:
        if self._wish is None:
            return
        target, _, urgent = self._wish
        self._confirmed, self._begun_at = False, now
        origin = self._origin(now)
        path = path_between(origin, target, now, duration, urgent=urgent)
        self._fade = self._fade_along(path, origin, urgent=urgent)
        self._believed = None

    def _fade_along(self, path: Path, origin: Setting | None, *, urgent: bool) -> LampFade:
        if self._fades:
            return OwnFade.begin(path, apart=self._white_apart(path, origin), urgent=urgent)
        if origin is None:
            # Nobody knows what it shows, and it can't fade: one change is gentler than two.
            path = replace(path, level=replace(path.level, duration=Seconds(0.0)), mired=None)
        return SteppedFade.begin(path, self._codec.scale(self.fixture), urgent=urgent)

    def _white_apart(self, path: Path, origin: Setting | None) -> bool:
        kelvin = path.target.kelvin
        before = origin.kelvin if origin else None
        if kelvin is None or (before is not None and abs(kelvin - before) < SAME_WHITE):
            return False
        return bool(self._codec.encode_white(self.fixture, kelvin, Seconds(0.0)))

    def _origin(self, now: Seconds) -> Setting | None:
        """Where a fade begins: a report wins over a belief that is at rest."""
        believed = self._believed_at(now)
        level = self._report.level
        if level is None or not self._outdated(believed, level):
            return believed
        return Setting(level, self._report.kelvin or (believed.kelvin if believed else None))

    def _outdated(self, believed: Setting | None, level: Level) -> bool:
        """Whether the lamp has been changed by someone else since its last fade ended."""
        if believed is None:
            return True
        rest = self._fade.path.end if self._fade else self._told_at
        if self._reported_at is None or (rest is not None and self._reported_at <= rest):
            return False
        return self._differ(level, believed.level)

    def _believed_at(self, now: Seconds) -> Setting | None:
        return self._fade.path.at(now) if self._fade else self._believed

    def due(self) -> Seconds | None:
        """When the lamp next needs a look."""
        if self._up_since is None:
            return None
        fade = self._fade.next_due() if self._fade else None
        if fade is not None and not self._urgent:
            fade = Seconds(max(fade, self._free_at))
        times = [time for time in (fade, *self._assert_at[:1]) if time is not None]
        return min(times) if times else None

    @property
    def _urgent(self) -> bool:
        return self._wish is not None and self._wish.urgent

    def messages(self, now: Seconds) -> tuple[Message, ...]:
        """What to tell the lamp now."""
        due = self.due()
        if due is None or now < due:
            return ()
        self._assert_if_due(now)
        if self._fade is None:
            return ()
        self._fade, steps = self._fade.advance(now)
        messages = tuple(message for step in steps for message in self._messages(step, now))
        self._free_at = Seconds(max(self._free_at, now + STEP_GAP * len(messages)))
        return messages

    def _messages(self, step: Step, now: Seconds) -> tuple[Message, ...]:
        self._told_at = now
        if step.level is not None:
            kelvin = step.kelvin or (self._told.kelvin if self._told else None)
            self._told = Setting(step.level, kelvin)
            asked = Setting(step.level, step.kelvin)
            return self._codec.encode(self.fixture, asked, step.transition)
        if step.kelvin is None:
            return ()
        return self._codec.encode_white(self.fixture, step.kelvin, step.transition)

    def _assert_if_due(self, now: Seconds) -> None:
        if not self._assert_at or now < self._assert_at[0]:
            return
        self._assert_at = tuple(at for at in self._assert_at if at > now)
        begun = _since(self._begun_at, self._up_since)
        busy = self._fade is not None and (
            now < self._fade.path.end or self._fade.next_due() is not None
        )
        if self._wish is None or (begun and (busy or self._confirmed)):
            return
        self._begin(now, Seconds(max(REASSERT_DURATION, self._wish.end - now)))

    def hear(self, topic: str, payload: bytes, now: Seconds) -> None:
        """Take note of a report; a lamp that comes back is brought to its look again."""
        report = self._codec.decode(self.fixture, topic, payload)
        if report is None:
            return
        back = report.available is True and self._report.available is False
        if back and self._up_since is not None:
            self.broker_back(now)
        known = zip(report, self._report, strict=True)
        self._report = Reported._make(old if new is None else new for new, old in known)
        if report.level is not None:
            self._reported_at = now
            self._confirmed = self._confirmed or self._is_wished(report.level)

    def _is_wished(self, level: Level) -> bool:
        return self._wish is not None and not self._differ(level, self._wish.target.level)

    def _differ(self, one: Level, other: Level) -> bool:
        """Whether two levels are more than a device unit apart."""
        scale = self._codec.scale(self.fixture)
        return abs(scale.units(one) - scale.units(other)) > 1

    def broker_back(self, now: Seconds) -> None:
        """The broker (or the lamp itself) is there: bring the lamp to its look again."""
        self._up_since = now
        first = now if self._urgent else Seconds(now + REASSERT_AFTER[0])
        self._assert_at = (first, *(Seconds(now + after) for after in REASSERT_AFTER[1:]))

    def broker_gone(self, now: Seconds) -> None:
        """Nothing more can be told: the lamp stays where it was led, or ends its own fade."""
        self._up_since = None
        self._assert_at = ()
        self._report = self._report._replace(available=None)
        if self._fade is not None and self._fade.next_due() is not None:
            believed = self._fade.path.at(now) if self._fades else self._told
            self._fade, self._believed = None, believed


def _since(moment: Seconds | None, start: Seconds | None) -> bool:
    return moment is not None and start is not None and moment >= start
