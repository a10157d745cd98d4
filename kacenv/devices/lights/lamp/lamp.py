"""State machine of one lamp: target, fade, reports, and manual changes."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, codec
from kacenv.devices.lights.fades.trajectory import (
    FadeOptions,
    Trajectory,
    WarmDimRange,
    trajectory_between,
    trajectory_from_unknown,
)
from kacenv.devices.lights.lamp.encoder import LampEncoder
from kacenv.devices.lights.lamp.estimate import LampEstimate, LastReport
from kacenv.devices.lights.lamp.initial_state import InitialStateQuery
from kacenv.devices.lights.lamp.lamp_state import LampState, LampTarget
from kacenv.devices.lights.lamp.limits import USUAL, LightLimits
from kacenv.devices.lights.lamp.report_check import (
    ColorReportClassifier,
    ReportClassifier,
    ReportKind,
)
from kacenv.devices.lights.lamp.retries import ResendSchedule
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

REASSERT_DURATION = Seconds(2.0)
"""Duration (s) of the fade back to a look after a reconnect."""


class Lamp:
    """Newest target, fade and reports of one lamp; no I/O, no threads, no clock."""

    def __init__(self, fixture: Fixture, manners: LightLimits = USUAL) -> None:
        self.fixture = fixture
        self._manners = manners
        self._codec = codec(fixture)
        self._voice = LampEncoder(fixture)
        self._witness = ReportClassifier(self._voice.scale)
        self._shade_witness = ColorReportClassifier(fixture)
        self._checkup = ResendSchedule(fixture.id, speaks=self._codec.reports_level(fixture))
        self._wish: LampTarget | None = None
        self._free_at = Seconds(0.0)
        self._said = LastReport()
        self._belief = LampEstimate(self._said, self._witness)
        self._by_hand = False
        self._begun_at: Seconds | None = None
        self._warmth: WarmDimRange | None = None
        self._acquaintance = InitialStateQuery(fixture)
        self._up_since: Seconds | None = None

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Return the topics of the lamp's reports."""
        return self._codec.subscriptions(self.fixture)

    @property
    def reports_state(self) -> bool:
        """Tell if the lamp can report its level."""
        return self._checkup.speaks

    def state(self, now: Seconds) -> LampState:
        """Return the lamp's state for display."""
        confirmed = self._witness.confirmed_after if self._begun_at is not None else None
        return LampState(
            self._belief.at(now),
            self._said.setting,
            self._said.available,
            self._by_hand,
            confirmed,
        )

    def staff_messages(self) -> tuple[str, ...]:
        """Return the pending staff messages about the lamp, each once."""
        return self._checkup.staff_messages()

    def set_target(
        self,
        setting: Setting,
        now: Seconds,
        duration: Seconds,
        *,
        urgent: bool = False,
        cool: bool = False,
    ) -> None:
        """Fade to `setting`, replacing any earlier target; `cool` lifts the dim-light limit."""
        target = self._manners.apply(self.fixture, setting, cool=cool)
        self._warmth = self._manners.warmth(self.fixture, setting)
        self._wish = LampTarget(target, Seconds(now + duration), urgent)
        self._by_hand = False
        if self._up_since is not None:
            self._begin(now, duration)

    def assume(self, setting: Setting) -> None:
        """Assume a stepped lamp's setting until it reports."""
        self._acquaintance.assume(setting)

    def resume(self, now: Seconds, duration: Seconds) -> None:
        """Fade a manually changed lamp back to its look."""
        if self._by_hand and self._wish is not None:
            self._by_hand = False
            if self._up_since is not None:
                self._begin(now, Seconds(max(duration, self._wish.end - now)))

    def _begin(self, now: Seconds, duration: Seconds, *, again: bool = False) -> None:
        """Start the fade to the target, unless the lamp's state is awaited first."""
        if self._wish is None:
            return
        origin = self._origin(now)
        if origin is None and self._must_wait_for_state(now):
            return
        self._acquaintance.stop_waiting()
        self._begun_at = now
        path = self._path(self._wish, origin, now, duration)
        fade = self._voice.fade_along(path, origin, urgent=self._wish.urgent)
        self._belief.begin_fade(fade)
        self._witness.begin(fade.path, now, known=origin is not None)
        has_white = origin is not None and origin.kelvin is not None
        self._shade_witness.begin(fade.path, now, known=has_white)
        if not self._voice.fades and self._said.available is not False:
            # A stepped lamp is at the fade's start from its first step on.
            self._acquaintance.assume_at_start()
        if not again:
            self._checkup.schedule(fade.path.end, urgent=self._wish.urgent)

    def _path(
        self, wish: LampTarget, origin: Setting | None, now: Seconds, duration: Seconds
    ) -> Trajectory:
        way = FadeOptions(now, duration, self._manners.steepest, wish.urgent, self._warmth)
        if origin is None and not self._voice.fades:
            return trajectory_from_unknown(wish.target, self._acquaintance.assumed, way)
        return trajectory_between(origin, wish.target, way)

    def _must_wait_for_state(self, now: Seconds) -> bool:
        """Tell if a stepped lamp of unknown state is still given time to report."""
        urgent = self._wish is not None and self._wish.urgent
        if self._voice.fades or urgent or not self.reports_state:
            return False
        return self._acquaintance.wait(now)

    def _origin(self, now: Seconds) -> Setting | None:
        if self._acquaintance.is_unknown:
            return None
        return self._belief.origin(now)

    def level_at(self, now: Seconds) -> Level:
        """Return the estimated level at `now`, as lightness; 0 if unknown."""
        return self._belief.level_at(now)

    @property
    def urgent(self) -> bool:
        """Tell if the newest target is lights-up."""
        return self._wish is not None and self._wish.urgent

    def due(self) -> Seconds | None:
        """Return the time of the lamp's next update."""
        if self._up_since is None:
            return None
        fade = self._belief.fade.next_due() if self._belief.fade else None
        if fade is not None and not self.urgent:
            fade = Seconds(max(fade, self._free_at))
        asks = self._up_since if self._acquaintance.is_pending else None
        times = (fade, asks, self._acquaintance.waits_until, self._checkup.next_due())
        return min((time for time in times if time is not None), default=None)

    def messages(self, now: Seconds) -> tuple[Message, ...]:
        """Return the messages to send now."""
        due = self.due()
        if due is None or now < due:
            return ()
        asked = self._acquaintance.question()
        self._resend_if_due(now)
        return (*asked, *self._fade_messages(now))

    def _fade_messages(self, now: Seconds) -> tuple[Message, ...]:
        before = self._belief.fade
        if before is None or (now < self._free_at and not self.urgent):
            return ()
        self._belief.fade, steps = before.advance(now)
        late = Seconds(self._belief.fade.path.end - before.path.end)
        self._witness.extend(late)
        self._shade_witness.extend(late)
        messages = tuple(message for step in steps for message in self._voice.encode_step(step))
        for step in steps:
            self._belief.told_at = now
            if step.level is not None:
                self._witness.told(step.level, now)
        self._free_at = Seconds(max(self._free_at, now + self._voice.gap * len(messages)))
        return messages

    def _resend_if_due(self, now: Seconds) -> None:
        waits_until = self._acquaintance.waits_until
        if waits_until is not None and now >= waits_until:
            self._begin(now, self._time_left(now))
        reassert, again = self._checkup.reassert_due(now), self._checkup.again_due(now)
        if self._checkup.verdict_due(now):
            self._handle_silence()
        if self._by_hand or self._wish is None or self._acquaintance.waits_until is not None:
            return
        busy = self._belief.is_busy(now)
        done = busy or self._witness.confirmed
        missed = reassert and not (self._has_begun and done)
        if missed or (again and not busy and not self._has_followed):
            self._begin(now, Seconds(max(REASSERT_DURATION, self._time_left(now))), again=True)

    def _time_left(self, now: Seconds) -> Seconds:
        return Seconds(max(0.0, self._wish.end - now if self._wish else 0.0))

    @property
    def _has_followed(self) -> bool:
        """Tell if the lamp's newest report, if any, matches its target."""
        if self._witness.confirmed or self._wish is None or self._said.level is None:
            return self._witness.confirmed
        return self._witness.agree(self._said.level, self._wish.target.level)

    def _handle_silence(self) -> None:
        if self._wish is not None and not self._by_hand and not self._has_followed:
            self._checkup.does_not_follow(self._wish.target, self._said.setting)

    def handle_report(self, topic: str, payload: bytes, now: Seconds) -> None:
        """Handle a report; a lamp that returns is faded back to its look."""
        report = self._codec.decode(self.fixture, topic, payload)
        if report is None:
            return
        before = self._said.available
        self._said.update(report, now)
        if report.available is not None and report.available is not before:
            self._availability_changed(report.available, now, before)
        if report.level is not None:
            self._acquaintance.is_unknown = False
            self._classify_level(report.level, now)
        if report.kelvin is not None or report.color is not None:
            self._classify_color(report, now)

    def _availability_changed(self, available: bool, now: Seconds, before: bool | None) -> None:
        """Handle an availability change; a power cycle clears the manual-override flag."""
        if available and before is False and self._up_since is not None:
            self._by_hand = False
            self._acquaintance.lamp_returned()
            self._belief.hold(self._belief.at(now))
            self.broker_back(now)
        if not available:
            known = self._origin(now)
            if not self.urgent:
                # After a power cycle, the lamp may not show the end of its fade.
                self._belief.hold(self._belief.at(now))
            self._acquaintance.lamp_went_away(known)
            if self._wish is not None:
                self._checkup.does_not_answer()

    def _classify_level(self, level: Level, now: Seconds) -> None:
        if self._acquaintance.waits_until is not None:
            self._begin(now, self._time_left(now))
        elif self._by_hand:
            self._belief.hold(self._said.setting)
        elif self._is_controlled:
            self._apply_report_kind(self._witness.classify(level, now), now)

    def _classify_color(self, report: Reported, now: Seconds) -> None:
        """Judge a reported white or colour, which only a lit lamp shows."""
        if self._by_hand:
            self._belief.hold(self._said.setting)
        elif self._is_controlled and self._said.level:
            meaning = self._shade_witness.classify(report.kelvin, report.color, now)
            if meaning is ReportKind.HAND:
                self._apply_report_kind(meaning, now)

    @property
    def _is_controlled(self) -> bool:
        return self._has_begun and self._said.available is not False

    @property
    def _has_begun(self) -> bool:
        """Tell if a fade has started since the lamp and the broker were last available."""
        if self._begun_at is None or self._up_since is None:
            return False
        return self._begun_at >= self._up_since

    def _apply_report_kind(self, meaning: ReportKind, now: Seconds) -> None:
        if meaning is ReportKind.FOLLOWS and self._witness.confirmed:
            self._checkup.follows()
        elif meaning is ReportKind.HAND and self.urgent and self._belief.is_busy(now):
            self._witness.revoke_confirmation()
        elif meaning is ReportKind.HAND and (self._witness.confirmed or not self.urgent):
            self._by_hand = True
            self._belief.hold(self._said.setting)
            self._checkup.changed_by_hand()
        elif meaning is ReportKind.DIFFERS:
            self._checkup.answered_wrongly(now)

    def broker_back(self, now: Seconds) -> None:
        """Restart toward the target: the broker, or the lamp itself, is available again."""
        self._up_since = now
        self._acquaintance.reached(known=self._said.level is not None)
        if self._wish is not None and not self._by_hand:
            self._checkup.schedule_after_reconnect(now, urgent=self.urgent)

    def broker_gone(self) -> None:
        """Stop sending: the lamp stays at its last step, or completes its own transition."""
        self._up_since = None
        self._acquaintance.interrupted()
        self._checkup.cancel()
        self._said.forget_availability()
        self._belief.control_lost(self._voice.told)
