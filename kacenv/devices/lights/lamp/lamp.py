"""State machine of one lamp: target, fade, reports, and manual changes."""

from typing import NamedTuple

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, codec
from kacenv.devices.lights.fades.limits import USUAL, LightLimits
from kacenv.devices.lights.fades.trajectory import (
    FadeOptions,
    Trajectory,
    WarmDimRange,
    trajectory_between,
    trajectory_from_unknown,
)
from kacenv.devices.lights.lamp.dim_floor import DimFloor
from kacenv.devices.lights.lamp.encoder import LampEncoder
from kacenv.devices.lights.lamp.estimate import (
    ANSWER_WITHIN,
    LampEstimate,
    LampState,
    LastReport,
    StateQuery,
)
from kacenv.devices.lights.lamp.report_check import (
    ECHO,
    ReportClassifier,
    ReportKind,
    looks_same,
)
from kacenv.devices.lights.lamp.retries import ResendSchedule
from kacenv.model.commands import DimmerStep
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

REASSERT_DURATION = Seconds(2.0)
"""Duration (s) of the fade back to a look after a reconnect."""


class LampTarget(NamedTuple):
    """Newest target of a lamp, to be reached by `end`."""

    setting: Setting
    end: Seconds
    urgent: bool
    warmth: WarmDimRange | None


class Lamp:
    """Newest target, fade and reports of one lamp; no I/O, no threads, no clock."""

    def __init__(self, fixture: Fixture, limits: LightLimits = USUAL) -> None:
        self.fixture = fixture
        self._limits = limits
        self._codec = codec(fixture)
        self._encoder = LampEncoder(fixture)
        self._classifier = ReportClassifier(
            fixture, self._encoder.scale, optimistic=self._codec.OPTIMISTIC
        )
        self._floor = DimFloor(self._encoder.scale)
        self._resends = ResendSchedule(fixture.id, can_confirm=bool(self._codec.report_topics))
        self._target: LampTarget | None = None
        self._free_at = Seconds(0.0)
        self._report = LastReport()
        self._estimate = LampEstimate(self._report, self._encoder.scale)
        self._query = StateQuery(self._codec.state_query)
        self._by_hand = self._was_asked = False
        self._fade_began: Seconds | None = None
        self._connected_since: Seconds | None = None

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Return the topics of the lamp's reports."""
        return self._codec.subscriptions

    @property
    def reports_state(self) -> bool:
        """Tell if the lamp can report its level."""
        return self._resends.can_confirm

    def state(self, now: Seconds) -> LampState:
        """Return the lamp's state for display."""
        confirmed = self._classifier.confirmed_after if self._fade_began is not None else None
        return LampState(
            self._estimate.at(now),
            self._report.setting,
            self._report.available,
            self._by_hand,
            confirmed,
            self._estimate.is_busy(now),
        )

    def staff_messages(self) -> tuple[str, ...]:
        """Return the pending staff messages about the lamp, each once."""
        return self._resends.staff_messages()

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
        target = self._floor.apply(self._limits.apply(self.fixture, setting, cool=cool))
        warmth = self._limits.warmth(self.fixture, setting)
        self._target = LampTarget(target, Seconds(now + duration), urgent, warmth)
        self._by_hand = self._was_asked = False
        self._query.new_look()
        if self._connected_since is not None:
            self._begin(now, duration)

    def stepped(self, setting: Setting, now: Seconds, step: DimmerStep | None) -> Setting:
        """Return `setting`, but never dimmer than now for "brighter", nor brighter for "dimmer"."""
        shown = self._estimate.origin(now)
        if step is None or shown is None:
            return setting
        bound = max if step == "brighter" else min
        return setting._replace(level=bound(setting.level, shown.level))

    def assume(self, setting: Setting) -> None:
        """Assume a stepped lamp's setting until it reports."""
        self._estimate.assume(setting)

    def resume(self, now: Seconds, duration: Seconds) -> None:
        """Fade a manually changed lamp back to its look."""
        if self._by_hand and self._target is not None:
            self._by_hand = False
            if self._connected_since is not None:
                self._begin(now, Seconds(max(duration, self._target.end - now)))

    def _begin(self, now: Seconds, duration: Seconds, *, again: bool = False) -> None:
        """Start the fade to the target, unless the lamp's state is awaited first."""
        if self._target is None:
            return
        origin = self._estimate.origin(now)
        if origin is None and self._must_wait_for_state(now):
            return
        self._query.stop_waiting()
        self._fade_began = now
        path = self._path(self._target, origin, now, duration)
        fade = self._encoder.fade_along(path, origin, urgent=self._target.urgent)
        self._estimate.begin_fade(fade)
        self._classifier.begin(fade.path, now, origin, again=again)
        if not self._encoder.fades and self._report.available is not False:
            # A stepped lamp is at the fade's start from its first step on.
            self._estimate.lamp_set()
        if not again:
            self._resends.schedule(fade.path.end, urgent=self._target.urgent)

    def _path(
        self, target: LampTarget, origin: Setting | None, now: Seconds, duration: Seconds
    ) -> Trajectory:
        options = FadeOptions(now, duration, self._limits.steepest, target.urgent, target.warmth)
        if origin is None and not self._encoder.fades:
            return trajectory_from_unknown(target.setting, self._estimate.assumed, options)
        return trajectory_between(origin, target.setting, options)

    def _must_wait_for_state(self, now: Seconds) -> bool:
        """Tell if a stepped lamp of unknown state is still given time to report."""
        if self._encoder.fades or self.urgent or not self.reports_state:
            return False
        return self._query.wait(now)

    def level_at(self, now: Seconds) -> Level:
        """Return the estimated level at `now`, as lightness; 0 if unknown."""
        return self._estimate.level_at(now)

    @property
    def urgent(self) -> bool:
        """Tell if the newest target is lights-up."""
        return self._target is not None and self._target.urgent

    def due(self) -> Seconds | None:
        """Return the time of the lamp's next update."""
        if self._connected_since is None:
            return None
        fade = self._estimate.fade.next_due() if self._estimate.fade else None
        if fade is not None and not self.urgent:
            fade = Seconds(max(fade, self._free_at))
        asks = self._connected_since if self._query.is_pending else None
        times = (fade, asks, self._query.waits_until, self._resends.next_due())
        return min((time for time in times if time is not None), default=None)

    def messages(self, now: Seconds) -> tuple[Message, ...]:
        """Return the messages to send now."""
        due = self.due()
        if due is None or now < due:
            return ()
        asked = self._query.messages()
        self._resend_if_due(now)
        return (*asked, *self._fade_messages(now))

    def _fade_messages(self, now: Seconds) -> tuple[Message, ...]:
        before = self._estimate.fade
        if before is None or (now < self._free_at and not self.urgent):
            return ()
        self._estimate.fade, steps = before.advance(now)
        self._classifier.extend(Seconds(self._estimate.fade.path.end - before.path.end))
        last = self._report.newest
        messages = tuple(
            message for step in steps for message in self._encoder.encode_step(step, last)
        )
        for step in steps:
            self._estimate.sent_at = now
            if step.level is not None:
                self._classifier.level_sent(step.level, now)
            if step.kelvin or step.color:
                self._classifier.shade_sent(Seconds(now + step.transition))
        self._free_at = Seconds(max(self._free_at, now + self._encoder.gap * len(messages)))
        return messages

    def _resend_if_due(self, now: Seconds) -> None:
        waits_until = self._query.waits_until
        if waits_until is not None and now >= waits_until:
            self._begin(now, self._time_left(now))
        reassert, again = self._resends.reassert_due(now), self._resends.again_due(now)
        if self._resends.verdict_due(now) and not self._asks_first(now):
            self._handle_silence(now)
        if self._by_hand or self._target is None or self._query.waits_until is not None:
            return
        busy = self._estimate.is_busy(now)
        if again and not busy and not self.urgent and self._classifier.stays_on_its_way:
            self._apply_report_kind(ReportKind.HAND, now)
            return
        if again and not busy:
            self._ask_for_own_word(now)
        done = busy or self._classifier.confirmed
        missed = reassert and not (self._has_begun and done)
        strays = again and not busy and not self._has_followed
        if strays:
            self._believe_report()
        if missed or strays:
            self._begin(now, Seconds(max(REASSERT_DURATION, self._time_left(now))), again=True)

    def _believe_report(self) -> None:
        """Take what the lamp says for what it shows, if it has left its fade."""
        word, target = self._own_word, self._target
        if not self._classifier.strayed or word is None:
            return
        self._estimate.hold(word)
        if word.level <= 0 and target is not None:
            self._target = target._replace(setting=self._floor.raised(target.setting))

    @property
    def _own_word(self) -> Setting | None:
        """Return the setting reported by the lamp itself, whatever its bridge has answered."""
        reported, level = self._report.setting, self._classifier.last_word
        return reported if reported is None or level is None else reported._replace(level=level)

    def _time_left(self, now: Seconds) -> Seconds:
        return Seconds(max(0.0, self._target.end - now if self._target else 0.0))

    @property
    def _has_followed(self) -> bool:
        """Tell if the lamp's newest report, if any, matches its target."""
        if self._classifier.confirmed or self._target is None or self._report.level is None:
            return self._classifier.confirmed
        if self._classifier.contradicted:
            return False
        return looks_same(self._encoder.scale, self._report.level, self._target.setting.level)

    def _asks_first(self, now: Seconds) -> bool:
        """Ask a lamp that has contradicted its bridge what it shows, before staff are told."""
        if self._lacks_own_word:
            self._ask_for_own_word(now)
            later = Seconds(now + ANSWER_WITHIN * 2)
            self._resends.postpone_verdict(max(self._classifier.settled, later))
            return True
        asks = self._classifier.contradicted and not self._query.has_been_repeated
        asks = asks and self._query.repeat()
        if asks:
            self._resends.postpone_verdict(Seconds(now + ANSWER_WITHIN * 2))
        return asks

    def _ask_for_own_word(self, now: Seconds) -> None:
        """Ask a lamp what it shows, once for a look, if only its bridge says that it follows."""
        if self._lacks_own_word and now >= self._classifier.settled:
            self._was_asked = self._query.is_pending = True

    @property
    def _lacks_own_word(self) -> bool:
        can_be_asked = bool(self._codec.state_query) and not self._was_asked
        return can_be_asked and self._classifier.lacks_own_word

    def _handle_silence(self, now: Seconds) -> None:
        """Tell staff of a lamp that doesn't follow; what it says itself outweighs its bridge."""
        if self._target is not None and not self._by_hand and not self._has_followed:
            said = self._own_word
            self._resends.does_not_follow(self._target.setting, said)
            if said is not None and self._classifier.contradicted:
                self._report.update(Reported(said.level), now)
                self._estimate.hold(said)

    def handle_report(self, topic: str, payload: bytes, now: Seconds) -> None:
        """Handle a report; a lamp that returns is faded back to its look."""
        report = self._codec.decode(topic, payload)
        before, had_effect = self._report.available, bool(self._report.newest.effect)
        self._report.update(report, now)
        if report.available is not None and report.available is not before:
            self._availability_changed(report.available, now, before)
        if report.level is not None:
            self._estimate.is_unknown = False
            self._classify_level(report.level, now)
        if report.kelvin is not None or report.color is not None:
            self._classify_color(report, now)
        if report.effect and not had_effect:
            self._judge_effect(now)

    def _availability_changed(self, available: bool, now: Seconds, before: bool | None) -> None:
        """Handle an availability change; a power cycle clears the manual-override flag."""
        if available and before is False and self._connected_since is not None:
            self._by_hand = False
            self._query.allow_wait()
            self._estimate.hold(self._estimate.at(now))
            self.broker_back(now)
        if not available:
            self._estimate.lamp_went_away(now)
            self._query.allow_wait()
            if not self.urgent:
                # After a power cycle, the lamp may not show the end of its fade.
                self._estimate.hold(self._estimate.at(now))
            if self._target is not None:
                self._resends.does_not_answer()

    def _classify_level(self, level: Level, now: Seconds) -> None:
        if self._is_controlled and not self._by_hand and self._query.waits_until is None:
            self._apply_report_kind(self._classifier.classify_level(level, now), now)
            return
        self._classifier.note_word(level)
        if self._query.waits_until is not None:
            self._begin(now, self._time_left(now))
        elif self._by_hand:
            self._estimate.hold(self._report.setting)

    def _classify_color(self, report: Reported, now: Seconds) -> None:
        """Judge a reported white or colour, which only a lit lamp shows."""
        if self._by_hand:
            self._estimate.hold(self._report.setting)
        elif self._is_controlled and self._report.level:
            kind = self._classifier.classify_color(report, now)
            if kind is ReportKind.HAND:
                self._apply_report_kind(kind, now)

    def _judge_effect(self, now: Seconds) -> None:
        """Take an effect that has just begun for a hand's, unless a look is about to end it."""
        sent_at = self._estimate.sent_at
        ends = sent_at is None or now < sent_at + ECHO
        if self._is_controlled and not self._by_hand and not ends:
            self._apply_report_kind(ReportKind.HAND, now)

    @property
    def _is_controlled(self) -> bool:
        return self._has_begun and self._report.available is not False

    @property
    def _has_begun(self) -> bool:
        """Tell if a fade has started since the lamp and the broker were last available."""
        if self._fade_began is None or self._connected_since is None:
            return False
        return self._fade_began >= self._connected_since

    def _apply_report_kind(self, kind: ReportKind, now: Seconds) -> None:
        if kind is ReportKind.FOLLOWS and self._classifier.confirmed:
            self._resends.follows()
            self._tell_of_floor()
        elif kind is ReportKind.HAND and self.urgent and self._estimate.is_busy(now):
            self._classifier.revoke_confirmation()
        elif kind is ReportKind.HAND and (self._classifier.confirmed or not self.urgent):
            self._by_hand = True
            self._estimate.hold(self._report.setting)
            self._resends.changed_by_hand()
        elif kind is ReportKind.DIFFERS:
            self._resends.answered_wrongly(now)

    def _tell_of_floor(self) -> None:
        if self._target is not None:
            self._resends.keeps_on(self._floor.finding(self._target.setting))

    def broker_back(self, now: Seconds) -> None:
        """Restart toward the target: the broker, or the lamp itself, is available again."""
        self._connected_since = now
        self._query.is_pending = self._estimate.is_unknown or self._report.level is None
        if self._target is not None and not self._by_hand:
            self._resends.schedule_after_reconnect(now, urgent=self.urgent)

    def broker_gone(self) -> None:
        """Stop sending: the lamp stays at its last step, or completes its own transition."""
        self._connected_since = None
        self._query.interrupted()
        self._resends.cancel()
        self._report.forget_availability()
        self._estimate.control_lost(self._encoder.last_sent)
