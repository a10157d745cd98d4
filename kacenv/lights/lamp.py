"""One lamp as the rig knows it: what was asked of it, what it believes, what it reports."""

from kacenv.lights.checkup import Checkup
from kacenv.lights.dialects import Message, Reported, codec
from kacenv.lights.fader import LampFade
from kacenv.lights.inquiry import inquiry
from kacenv.lights.lamp_state import LampState, Wish
from kacenv.lights.manners import Manners
from kacenv.lights.path import Path, Warmth, Way, path_between, path_from_unknown
from kacenv.lights.voice import Voice
from kacenv.lights.witness import Meaning, Witness
from kacenv.look import Setting
from kacenv.room import Fixture
from kacenv.units import Level, Seconds

REASSERT_DURATION = Seconds(2.0)
"""How long a lamp takes back to its look after the broker was away."""
ANSWER_WITHIN = Seconds(1.0)
"""A lamp that must be stepped is given this long to say what it shows before its first look."""


class Lamp:
    """A lamp's newest wish, its fade and its reports. No I/O, no threads, no clock."""

    def __init__(self, fixture: Fixture, manners: Manners = Manners()) -> None:  # noqa: B008 - frozen
        self.fixture = fixture
        self._manners = manners
        self._codec = codec(fixture)
        self._voice = Voice(fixture)
        self._witness = Witness(self._voice.scale)
        self._checkup = Checkup(fixture.id, speaks=self._codec.reports_level(fixture))
        self._wish: Wish | None = None
        self._fade: LampFade | None = None
        self._believed: Setting | None = None
        self._told_at: Seconds | None = None
        self._free_at = Seconds(0.0)
        self._report = Reported()
        self._reported_at: Seconds | None = None
        self._by_hand = False
        self._begun_at: Seconds | None = None
        self._warmth: Warmth | None = None
        self._waits_until: Seconds | None = None
        self._has_waited = False
        self._is_stranger = False
        self._presumed: Setting | None = None
        self._inquires = False
        self._up_since: Seconds | None = None

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """The topics on which the lamp reports."""
        return self._codec.subscriptions(self.fixture)

    @property
    def speaks(self) -> bool:
        """Whether the lamp can say what it shows."""
        return self._checkup.speaks

    def state(self, now: Seconds) -> LampState:
        """The lamp for display."""
        confirmed = self._witness.confirmed_after if self._begun_at is not None else None
        return LampState(
            self._believed_at(now),
            self._reported(),
            self._report.available,
            self._by_hand,
            confirmed,
        )

    def news(self) -> tuple[str, ...]:
        """What staff should know of the lamp, each once."""
        return self._checkup.news()

    def ask(
        self,
        setting: Setting,
        now: Seconds,
        duration: Seconds,
        *,
        urgent: bool = False,
        cool: bool = False,
    ) -> None:
        """Fade to `setting`; only the newest wish counts. `cool` lets dim light be cool or blue."""
        target = self._manners.fitted(self.fixture, setting, cool=cool)
        self._warmth = self._manners.warmth(self.fixture, setting)
        self._wish = Wish(target, Seconds(now + duration), urgent)
        self._by_hand = False
        if self._up_since is not None:
            self._begin(now, duration)

    def presume(self, setting: Setting) -> None:
        """Where a lamp is taken to be that nobody knows better, and that must be stepped."""
        self._presumed = self._presumed or setting

    def resume(self, now: Seconds, duration: Seconds) -> None:
        """Bring a lamp that was changed by hand back to its look."""
        if self._by_hand and self._wish is not None:
            self._by_hand = False
            if self._up_since is not None:
                self._begin(now, Seconds(max(duration, self._wish.end - now)))

    def _begin(self, now: Seconds, duration: Seconds, *, again: bool = False) -> None:
        """Set out for the wish, unless the lamp is first given time to say where it is."""
        if self._wish is None:
            return
        origin = self._origin(now)
        if origin is None and self._must_ask(now):
            return
        self._waits_until = None
        self._begun_at = now
        path = self._path(origin, now, duration)
        self._fade = self._voice.fade_along(path, origin, urgent=self._wish.urgent)
        self._witness.begin(self._fade.path, now, known=origin is not None)
        self._believed = None
        if not self._voice.fades and self._report.available is not False:
            # Wherever it was, its first step puts it where this fade begins.
            self._is_stranger, self._presumed = False, None
        if not again:
            self._checkup.after(self._fade.path.end, urgent=self._wish.urgent)

    def _path(self, origin: Setting | None, now: Seconds, duration: Seconds) -> Path:
        assert self._wish is not None  # noqa: S101 - nobody sets out without one
        way = Way(now, duration, self._manners.steepest, self._wish.urgent, self._warmth)
        if origin is None and not self._voice.fades:
            return path_from_unknown(self._wish.target, self._presumed, way)
        return path_between(origin, self._wish.target, way)

    def _must_ask(self, now: Seconds) -> bool:
        """Whether a lamp that nobody knows, and that can't fade, may yet say where it is."""
        urgent = self._wish is not None and self._wish.urgent
        if self._voice.fades or urgent or self._has_waited or not self.speaks:
            return False
        self._has_waited = self._inquires = True
        self._waits_until = Seconds(now + ANSWER_WITHIN)
        return True

    def _origin(self, now: Seconds) -> Setting | None:
        """Where a fade begins: a report wins over a belief that is at rest."""
        if self._is_stranger:
            return None
        believed, reported = self._believed_at(now), self._reported()
        if reported is None or not self._outdated(believed, reported.level):
            return believed
        if reported.kelvin is None and reported.color is None and believed:
            return believed._replace(level=reported.level)
        return reported

    def _outdated(self, believed: Setting | None, level: Level) -> bool:
        """Whether the lamp has been changed by someone else since its last fade ended."""
        if believed is None:
            return True
        rest = self._fade.path.end if self._fade else self._told_at
        if self._reported_at is None or (rest is not None and self._reported_at <= rest):
            return False
        return not self._witness.agree(level, believed.level)

    def _reported(self) -> Setting | None:
        level, kelvin, _, color = self._report
        return None if level is None else Setting(level, None if color else kelvin, color)

    def _believed_at(self, now: Seconds) -> Setting | None:
        return self._fade.path.at(now) if self._fade else self._believed

    def level_at(self, now: Seconds) -> Level:
        """What it is believed to show now, as the eye sees it; 0 where nobody knows."""
        believed = self._believed_at(now)
        return believed.level if believed else Level(0.0)

    @property
    def urgent(self) -> bool:
        """Whether lights-up is what the lamp was asked for last."""
        return self._wish is not None and self._wish.urgent

    def due(self) -> Seconds | None:
        """When the lamp next needs a look."""
        if self._up_since is None:
            return None
        fade = self._fade.next_due() if self._fade else None
        if fade is not None and not self.urgent:
            fade = Seconds(max(fade, self._free_at))
        asks = self._up_since if self._inquires else None
        times = (fade, asks, self._waits_until, self._checkup.next_due())
        return min((time for time in times if time is not None), default=None)

    def messages(self, now: Seconds) -> tuple[Message, ...]:
        """What to tell the lamp now."""
        due = self.due()
        if due is None or now < due:
            return ()
        asked = inquiry(self.fixture) if self._inquires else ()
        self._inquires = False
        self._keep_appointments(now)
        return (*asked, *self._steps(now))

    def _steps(self, now: Seconds) -> tuple[Message, ...]:
        if self._fade is None or (now < self._free_at and not self.urgent):
            return ()
        planned = self._fade.path.end
        self._fade, steps = self._fade.advance(now)
        self._witness.put_off(Seconds(self._fade.path.end - planned))
        messages = tuple(message for step in steps for message in self._voice.words(step))
        for step in steps:
            self._told_at = now
            if step.level is not None:
                self._witness.told(step.level, now)
        self._free_at = Seconds(max(self._free_at, now + self._voice.gap * len(messages)))
        return messages

    def _keep_appointments(self, now: Seconds) -> None:
        if self._waits_until is not None and now >= self._waits_until:
            self._begin(now, self._time_left(now))
        reassert, again = self._checkup.reassert_due(now), self._checkup.again_due(now)
        if self._checkup.verdict_due(now):
            self._judge_silence()
        if self._by_hand or self._wish is None or self._waits_until is not None:
            return
        done = self._is_busy(now) or self._witness.confirmed
        missed = reassert and not (self._has_begun and done)
        if missed or (again and not self._is_busy(now) and not self._has_followed):
            self._begin(now, Seconds(max(REASSERT_DURATION, self._time_left(now))), again=True)

    def _time_left(self, now: Seconds) -> Seconds:
        return Seconds(max(0.0, self._wish.end - now if self._wish else 0.0))

    def _is_busy(self, now: Seconds) -> bool:
        fade = self._fade
        return fade is not None and (now < fade.path.end or fade.next_due() is not None)

    @property
    def _has_followed(self) -> bool:
        """Whether the lamp's newest report, if there is any, is what it was told."""
        if self._witness.confirmed or self._wish is None or self._report.level is None:
            return self._witness.confirmed
        return self._witness.agree(self._report.level, self._wish.target.level)

    def _judge_silence(self) -> None:
        if self._wish is not None and not self._by_hand and not self._has_followed:
            self._checkup.does_not_follow(self._wish.target, self._reported())

    def hear(self, topic: str, payload: bytes, now: Seconds) -> None:
        """Take note of a report; a lamp that comes back is brought to its look again."""
        report = self._codec.decode(self.fixture, topic, payload)
        if report is None:
            return
        before = self._report.available
        known = zip(report, self._report, strict=True)
        self._report = Reported._make(old if new is None else new for new, old in known)
        if report.kelvin is not None and report.color is None:
            self._report = self._report._replace(color=None)
        if report.available is not None and report.available is not before:
            self._answers(report.available, now, before)
        if report.level is not None:
            self._reported_at, self._is_stranger = now, False
            self._judge(report.level, now)

    def _answers(self, available: bool, now: Seconds, before: bool | None) -> None:
        """It has gone, or come back; without power it has forgotten what a hand did to it."""
        if available and before is False and self._up_since is not None:
            self._by_hand = self._has_waited = False
            self._believed, self._fade = self._believed_at(now), None
            self.broker_back(now)
        if not available:
            known = self._origin(now)
            # Whatever it shows when the power comes back, it may not be what it was led to.
            self._believed, self._fade = self._believed_at(now), None
            if not self._is_stranger:
                self._presumed = known or self._presumed
            self._is_stranger, self._has_waited = True, False
            if self._wish is not None:
                self._checkup.does_not_answer()

    def _judge(self, level: Level, now: Seconds) -> None:
        if self._waits_until is not None:
            self._begin(now, self._time_left(now))
        elif self._by_hand:
            self._believed = self._reported()
        elif self._has_begun and self._report.available is not False:
            self._take(self._witness.judge(level, now), now)

    @property
    def _has_begun(self) -> bool:
        """Whether the lamp was led anywhere since it, and the broker, were last there."""
        if self._begun_at is None or self._up_since is None:
            return False
        return self._begun_at >= self._up_since

    def _take(self, meaning: Meaning, now: Seconds) -> None:
        if meaning is Meaning.FOLLOWS and self._witness.confirmed:
            self._checkup.follows()
        elif meaning is Meaning.HAND and (self._witness.confirmed or not self.urgent):
            self._by_hand, self._fade, self._believed = True, None, self._reported()
            self._checkup.changed_by_hand()
        elif meaning is Meaning.DIFFERS:
            self._checkup.answered_wrongly(now)

    def broker_back(self, now: Seconds) -> None:
        """The broker (or the lamp itself) is there: bring the lamp to its look again."""
        self._up_since = now
        self._inquires = self._report.level is None or self._is_stranger
        if self._wish is not None and not self._by_hand:
            self._checkup.reconnected(now, urgent=self.urgent)

    def broker_gone(self, now: Seconds) -> None:
        """Nothing more can be told: the lamp stays where it was led, or ends its own fade."""
        self._up_since = self._waits_until = None
        self._checkup.cancel()
        self._report = self._report._replace(available=None)
        if self._fade is not None and self._fade.next_due() is not None:
            believed = self._fade.path.at(now) if self._voice.fades else self._voice.told
            self._fade, self._believed = None, believed
