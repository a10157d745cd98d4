"""State machine of one lamp: target, fade, reports, and manual changes."""

from typing import NamedTuple

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import (
    NO_EVENT,
    NO_REPORT,
    LampEvent,
    Message,
    Reported,
    codec,
)
from kacenv.devices.lights.fades.fade_steps import STEP_GAP, LampFade
from kacenv.devices.lights.fades.limits import USUAL, LightLimits
from kacenv.devices.lights.fades.trajectory import (
    FadeOptions,
    Trajectory,
    WarmDimRange,
    trajectory_between,
    trajectory_from_unknown,
)
from kacenv.devices.lights.lamp.dim_floor import DimFloor
from kacenv.devices.lights.lamp.echo_watch import EchoWatch
from kacenv.devices.lights.lamp.encoder import LampEncoder
from kacenv.devices.lights.lamp.estimate import (
    ANSWER_WITHIN,
    LampEstimate,
    LampState,
    LastReport,
    StateQuery,
)
from kacenv.devices.lights.lamp.foreign_changes import ForeignChanges
from kacenv.devices.lights.lamp.report_check import (
    ECHO,
    ReportClassifier,
    ReportKind,
    looks_same,
)
from kacenv.devices.lights.lamp.restart_signs import RETAINED_FOR, SIGN_AFTER, RestartSigns
from kacenv.devices.lights.lamp.retries import ResendSchedule
from kacenv.model.commands import DimmerStep
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

REASSERT_DURATION = Seconds(2.0)
"""Duration (s) of the fade back to a look after a reconnect."""
RETURN_DURATION = Seconds(1.0)
"""Duration (s) of the fade of a lamp that came back too bright: with the time until it listens, and
whole seconds where a dialect has no others, it is where it should be 2 s after its first word."""
REJOINS_AFTER = Seconds(0.3)
"""Time (s) after which that fade is surely complete: another command stops it in some bulbs."""
RETURNING = Seconds(2.5)
"""Time (s) after a lamp's return in which it is led back quickly."""
REFUSED_WITHIN = Seconds(30.0)
"""Time (s) after a command in which a refusal is its answer: bridges try for many seconds."""


_STRAYED = (ReportKind.HAND, ReportKind.MISSED, ReportKind.DIFFERS)


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
        self._by_hand = self._was_asked = self._was_shade_repeated = False
        self._shade_asked_at: Seconds | None = None
        self._fade_began: Seconds | None = None
        self._connected_since: Seconds | None = None
        self._events = frozenset(self._codec.event_topics)
        self._signs = RestartSigns(self._encoder.scale)
        self._foreign = ForeignChanges()
        self._echoes = EchoWatch()
        self._was_silent = False
        self._plan: Trajectory | None = None
        self._asked_at = Seconds(0.0)
        self._returned_at: Seconds | None = None
        self._rejoins_at: Seconds | None = None

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Return the topics of the lamp's reports, availability and events."""
        return self._codec.subscriptions

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the topics of the lamp's reports and availability."""
        return tuple(topic for topic in self.subscriptions if topic not in self._events)

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
        self._by_hand = self._was_asked = self._was_shade_repeated = False
        self._shade_asked_at = None
        self._asked_at = now
        self._plan = self._returned_at = self._rejoins_at = None
        self._query.new_look()
        if self._classifier.strayed and self._own_word is not None:
            self._estimate.hold(self._own_word)
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
        start = self._start(now)
        origin = self._estimate.origin(start)
        if origin is None and self._must_wait_for_state(now):
            return
        again = again and self._plan is not None  # else nothing of this look was ever sent
        self._query.stop_waiting()
        self._fade_began, self._rejoins_at = now, None
        left = Seconds(max(0.0, now + duration - start))
        fade = self._fade(self._target, origin, start, left)
        if not again:
            self._plan = fade.path
        self._estimate.begin_fade(fade)
        self._classifier.begin(fade.path, now, origin, again=again)
        if not self._encoder.fades and self._report.available is not False:
            # A stepped lamp is at the fade's start from its first step on.
            self._estimate.lamp_set()
        if not again:
            self._resends.schedule(fade.path.end, urgent=self._target.urgent)

    def _start(self, now: Seconds) -> Seconds:
        """Return when the lamp can be told; until then, one that fades by itself goes on."""
        waits = self._encoder.fades and not self.urgent and self._free_at > now + STEP_GAP
        return self._free_at if waits else now

    def _fade(
        self, target: LampTarget, origin: Setting | None, now: Seconds, duration: Seconds
    ) -> LampFade:
        if self._is_returning(now) and not target.urgent:
            path = self._way_back(target, origin, now)
            return self._encoder.fade_along(path, origin, together=True)
        path = self._path(target, origin, now, duration)
        return self._encoder.fade_along(path, origin, urgent=target.urgent)

    def _is_returning(self, now: Seconds) -> bool:
        """Tell if the lamp has just come back, at another light than its own."""
        return self._returned_at is not None and now < self._returned_at + RETURNING

    def _way_back(self, target: LampTarget, origin: Setting | None, now: Seconds) -> Trajectory:
        """Return the quick way to where the lamp should be by then; it rejoins its fade there."""
        there = Seconds(now + RETURN_DURATION)
        on_its_way = self._plan is not None and there < self._plan.end
        aim = self._plan.at(there) if self._plan is not None and on_its_way else target.setting
        self._rejoins_at = Seconds(there + REJOINS_AFTER) if on_its_way else None
        options = FadeOptions(now, RETURN_DURATION, self._limits.steepest, returns=True)
        if origin is None and not self._encoder.fades:
            return trajectory_from_unknown(aim, self._estimate.assumed, options)
        return trajectory_between(origin, aim, options)

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
            if not self._may_step(fade):
                fade = Seconds(max(self._echoes.next_probe, self._free_at))
        asks = self._connected_since if self._query.is_pending else None
        times = [at for at in (fade, asks, *self._checks_due()) if at is not None]
        return min(times, default=None)

    def _checks_due(self) -> tuple[Seconds | None, ...]:
        """Return the times at which the look is to be begun, rejoined, judged or sent again."""
        return self._query.waits_until, self._rejoins_at, self._resends.next_due()

    def messages(self, now: Seconds) -> tuple[Message, ...]:
        """Return the messages to send now."""
        if self._connected_since is None:
            return ()
        asked = self._query.messages()
        if asked:
            self._classifier.asked(now)
        if any(at is not None and at <= now for at in self._checks_due()):
            self._resend_if_due(now)
        return (*asked, *self._fade_messages(now))

    def _fade_messages(self, now: Seconds) -> tuple[Message, ...]:
        before = self._estimate.fade
        if before is None or (now < self._free_at and not self.urgent):
            return ()
        if not self._encoder.fades and not self.urgent:
            self._try_again_if_silent(now)
            before = self._estimate.fade
            due = before.next_due() if before is not None else None
            if before is None or due is None or not self._may_step(due):
                return ()
        self._estimate.fade, steps = before.advance(now)
        if self._estimate.fade.path is not before.path:
            self._classifier.extend(Seconds(self._estimate.fade.path.end - before.path.end))
        last = self._report.newest
        messages = tuple(
            message for step in steps for message in self._encoder.encode_step(step, last)
        )
        for step in steps:
            self._estimate.sent_at = now
            if step.level is not None:
                self._classifier.level_sent(step.level, now)
                self._note_sent(step.level, now)
            if step.kelvin or step.color:
                shade = Setting(Level(1.0), step.kelvin, step.color)
                self._classifier.shade_sent(shade, Seconds(now + step.transition))
        self._free_at = Seconds(max(self._free_at, now + self._encoder.gap * len(messages)))
        return messages

    def _note_sent(self, level: Level, now: Seconds) -> None:
        """Expect an answer to a level that the lamp hasn't reported yet."""
        known = self._report.level
        if known is not None and not looks_same(self._encoder.scale, level, known):
            self._echoes.sent(now)

    def _may_step(self, at: Seconds) -> bool:
        """Tell if a step that is due at `at` may be sent: a silent lamp is tried now and then."""
        return self._encoder.fades or self._echoes.may_step(Seconds(max(at, self._free_at)))

    def _try_again_if_silent(self, now: Seconds) -> None:
        """Begin again where a silent lamp was heard last: it mustn't jump when it hears again."""
        if self._echoes.is_silent(now) and self._echoes.probes(now) and self._report.setting:
            self._estimate.hold(self._report.setting)
            self._begin(now, self._time_left(now), again=True)

    def _resend_if_due(self, now: Seconds) -> None:
        """Begin, rejoin, judge or send again what is due."""
        waits_until = self._query.waits_until
        if waits_until is not None and now >= waits_until:
            self._begin(now, self._time_left(now))
        if self._rejoins_at is not None and now >= self._rejoins_at:
            self._returned_at = None
            self._begin(now, self._time_left(now), again=True)
        self._resends.name_jump_if_due(now)
        reassert, again = self._resends.reassert_due(now), self._resends.again_due(now)
        if self._resends.verdict_due(now) and not self._asks_first(now):
            self._handle_silence(now)
        if self._by_hand or self._target is None or self._query.waits_until is not None:
            return
        again = again and not self._estimate.is_busy(now)
        if again and self._is_left_short(now):
            self._apply_report_kind(ReportKind.HAND, now, None)
        else:
            self._check_look(now, reassert=reassert, again=again)

    def _check_look(self, now: Seconds, *, reassert: bool, again: bool) -> None:
        """Send the look again where it was missed or refused, or the lamp isn't there."""
        if again:
            self._ask_for_own_word(now)
        done = self._estimate.is_busy(now) or self._classifier.confirmed
        missed = reassert and not (self._has_begun and done)
        strays = again and not self._has_followed
        refused = again and self._resends.is_refused
        if strays:
            self._believe_report()
        if missed or strays or refused:
            self._begin(now, Seconds(max(REASSERT_DURATION, self._time_left(now))), again=True)

    def _is_left_short(self, now: Seconds) -> bool:
        """Tell if a lamp rests at what it should only have passed; its white is asked for first."""
        if self.urgent or self._classifier.stays_on_its_way:
            return not self.urgent
        if not self._classifier.doubts_shade:
            return False
        if self._shade_asked_at is None and self._query.repeat():
            self._shade_asked_at = now
            self._resends.check_again(Seconds(now + ANSWER_WITHIN))
            return False
        if self._shade_asked_at is None:
            return not self._codec.OPTIMISTIC
        return self._report.level_at is not None and self._report.level_at >= self._shade_asked_at

    def _believe_report(self) -> None:
        """Take what the lamp says for what it shows: it has left its fade, or heard nothing."""
        said = self._own_word if self._classifier.strayed else self._report.setting
        if said is not None and (self._classifier.strayed or self._echoes.is_prompt):
            self._estimate.hold(said)
        if said is not None and said.level <= 0 and self._classifier.strayed:
            self._raise_floor()

    def _raise_floor(self) -> None:
        """Raise the target above the level at which the lamp has gone out."""
        if self._target is not None:
            self._target = self._target._replace(setting=self._floor.raised(self._target.setting))

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
            word = self._classifier.last_word
            return word is not None and self._is_target(word)
        return self._is_target(self._report.level)

    def _is_target(self, level: Level) -> bool:
        target = self._target
        return target is not None and looks_same(self._encoder.scale, level, target.setting.level)

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
        if self._target is None or self._by_hand or self._has_followed:
            return
        self._resends.go_on_after_verdict(now)
        said = self._own_word
        spoke = self._report.level_at is not None and self._report.level_at >= self._asked_at
        self._resends.does_not_follow(self._target.setting, said if spoke else None)
        if said is not None and self._classifier.contradicted:
            self._report.update(Reported(said.level), now)
            self._estimate.hold(said)

    def handle_report(self, topic: str, payload: bytes, now: Seconds) -> bool:
        """Handle a report; a lamp that returns is faded back to its look.

        Returns False if the message holds nothing of this lamp.
        """
        event = self._codec.decode_event(topic, payload) if topic in self._events else NO_EVENT
        if event != NO_EVENT:
            self._handle_event(event, now)
        report = self._codec.decode(topic, payload)
        if report == NO_REPORT:
            return event != NO_EVENT
        before, had_effect = self._report.available, bool(self._report.newest.effect)
        self._report.update(report, now)
        if report.available is not None and report.available is not before:
            self._availability_changed(report.available, now, before)
        if report.available and before is not False:
            self._note_restart(now, certain=False)
        if report.level is not None:
            self._estimate.is_unknown = False
            self._was_silent = self._echoes.was_away(now)
            self._echoes.heard(now, answers=self._classifier.is_answer(report.level, now))
            self._classify_level(report.level, now)
        if report.kelvin is not None or report.color is not None:
            self._classify_color(report, now)
        if report.effect and not had_effect:
            self._judge_effect(now)
        return True

    def _handle_event(self, event: LampEvent, now: Seconds) -> None:
        if event.restarted:
            self._note_restart(now, certain=True)
        if event.neighbor_restarted and not self._by_hand and self._connected_since is not None:
            self._signs.note_sign(now, certain=False)
            self._came_back(now, None)
        sent_at = self._estimate.sent_at
        answers = sent_at is not None and now <= sent_at + REFUSED_WITHIN
        if event.refusal and answers and not self._by_hand:
            self._echoes.refused()
            self._resends.refused(event.refusal, now)

    def _note_restart(self, now: Seconds, *, certain: bool) -> None:
        """Note that the lamp may have restarted: told again if so, asked if it isn't certain.

        A lamp that a hand has changed is left alone unless its light has changed with the restart.
        """
        if self._connected_since is None or now < self._connected_since + RETAINED_FOR:
            return
        explains = self._by_hand and self._signs.explains_jump(now)
        self._signs.note_sign(now, certain=certain)
        if explains:
            self._came_back(now, self._report.setting)
        elif certain and not self._by_hand:
            self._came_back(now, None)
        else:
            self._query.repeat()

    def _came_back(self, now: Seconds, shown: Setting | None) -> None:
        """Lead a lamp that has restarted back to its look; `shown` is None if unknown."""
        self._by_hand = False
        if shown is None:
            self._estimate.lamp_went_away(now)
        else:
            self._resends.came_back()
        self._query.allow_wait()
        self._estimate.hold(shown or self._estimate.at(now))
        self._returned_at = now
        self._lead_again(now)

    def _availability_changed(self, available: bool, now: Seconds, before: bool | None) -> None:
        """Handle an availability change; a power cycle clears the manual-override flag."""
        if available and before is False and self._connected_since is not None:
            self._by_hand = False
            self._query.allow_wait()
            self._estimate.hold(self._estimate.at(now))
            self._returned_at = now
            self._lead_again(now)
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
            self._apply_report_kind(self._classifier.classify_level(level, now), now, level)
            return
        if self._query.waits_until is not None:
            self._begin(now, self._time_left(now))
        elif self._by_hand:
            self._note_foreign_change(level, now)
        elif self._fade_began is not None and self._classifier.is_elsewhere(level, now):
            self._note_missed(level, now)
        self._classifier.note_word(level)

    def _note_missed(self, level: Level, now: Seconds) -> None:
        """Note where a lamp is that isn't led just now; one that has restarted is led quickly."""
        believed = self._estimate.at(now)
        self._estimate.hold(self._report.setting)
        is_news = believed is None or not looks_same(self._encoder.scale, level, believed.level)
        if is_news and self._signs.is_power_on(level):
            self._returned_at = now

    def _note_foreign_change(self, level: Level, now: Seconds) -> None:
        """Note what a lamp shows that isn't kacenv's now: another change, or a restart."""
        before = self._estimate.at(now)
        self._estimate.hold(self._report.setting)
        if not self._classifier.is_elsewhere(level, now):
            return
        if before is not None and looks_same(self._encoder.scale, level, before.level):
            return
        if self._signs.explains(level, now):
            self._came_back(now, self._report.setting)
            return
        self._signs.note_jump(level, now)
        if self._foreign.note(now):
            self._resends.changed_again(self._foreign.count, self._foreign.span)

    def _classify_color(self, report: Reported, now: Seconds) -> None:
        """Judge a reported white or colour, which only a lit lamp shows."""
        if self._by_hand:
            self._estimate.hold(self._report.setting)
        if not self._report.level:
            return
        if self._by_hand or not self._is_controlled:
            self._classifier.note_shade(report)
            return
        kind = self._classifier.classify_color(report, now)
        if kind is ReportKind.HAND:
            self._apply_report_kind(kind, now, None)
        elif kind is ReportKind.DIFFERS and not self._was_shade_repeated:
            self._was_shade_repeated = True
            self._begin(now, self._time_left(now), again=True)

    def _judge_effect(self, now: Seconds) -> None:
        """Take an effect that has just begun for a hand's, unless a look is about to end it."""
        sent_at = self._estimate.sent_at
        ends = sent_at is None or now < sent_at + ECHO
        if self._is_controlled and not self._by_hand and not ends:
            self._apply_report_kind(ReportKind.HAND, now, None)

    @property
    def _is_controlled(self) -> bool:
        return self._has_begun and self._report.available is not False

    @property
    def _has_begun(self) -> bool:
        """Tell if a fade has started since the lamp and the broker were last available."""
        if self._fade_began is None or self._connected_since is None:
            return False
        return self._fade_began >= self._connected_since

    def _apply_report_kind(self, kind: ReportKind, now: Seconds, level: Level | None) -> None:
        """Act on a report's kind; `level` is None if only its white or colour was judged."""
        strayed = kind in _STRAYED and not self.urgent
        shown = self._report.level
        if strayed and shown is not None and self._is_restart_s(shown, now):
            self._came_back(now, self._report.setting)
        elif kind is ReportKind.FOLLOWS and self._classifier.confirmed:
            self._resends.follows()
            self._tell_of_floor()
        elif kind is ReportKind.HAND and self.urgent and self._estimate.is_busy(now):
            self._classifier.revoke_confirmation()
        elif kind is ReportKind.HAND and (self._classifier.confirmed or not self.urgent):
            self._changed_by_hand(now, level)
        elif kind is ReportKind.MISSED:
            self._lead_back(now, shown)
        elif kind is ReportKind.DIFFERS:
            self._resends.answered_wrongly(now)

    def _lead_back(self, now: Seconds, shown: Level | None) -> None:
        """Lead a lamp from where it is to its look; quickly if it has restarted."""
        self._estimate.hold(self._report.setting)
        if shown is not None and self._signs.is_power_on(shown):
            self._returned_at = now
        self._begin(now, Seconds(max(REASSERT_DURATION, self._time_left(now))), again=True)

    def _tell_of_floor(self) -> None:
        if self._target is not None:
            self._resends.keeps_on(self._floor.finding(self._target.setting))

    def _is_restart_s(self, level: Level, now: Seconds) -> bool:
        return self._signs.explains(level, now, after_silence=self._was_silent)

    def _changed_by_hand(self, now: Seconds, level: Level | None) -> None:
        """Leave the lamp alone; a jump to full may yet be explained by a sign of a restart."""
        self._by_hand = True
        self._rejoins_at = None
        self._estimate.hold(self._report.setting)
        again = self._foreign.note(now)
        shown = self._report.level
        if shown is not None and self._signs.note_jump(shown, now):
            self._resends.jumped(Seconds(now + SIGN_AFTER), to_full=level is not None)
        else:
            self._resends.changed_by_hand()
        if again:
            self._resends.changed_again(self._foreign.count, self._foreign.span)

    def broker_back(self, now: Seconds) -> None:
        """Restart toward the target: the broker is available again."""
        if self._fade_began is not None:
            self._classifier.connected(now)
        self._lead_again(now)

    def _lead_again(self, now: Seconds) -> None:
        """Restart toward the target: the broker, or the lamp itself, is available again."""
        self._connected_since = now
        self._query.is_pending = self._estimate.is_unknown or self._report.level is None
        if self._target is not None and not self._by_hand:
            end = self._target.end
            self._resends.schedule_after_reconnect(now, urgent=self.urgent, end=end)

    def broker_gone(self) -> None:
        """Stop sending: the lamp stays at its last step, or completes its own transition."""
        self._connected_since = self._rejoins_at = None
        self._query.interrupted()
        self._echoes.forget()
        self._resends.cancel()
        self._resends.name_jump_now(Seconds(0.0))
        self._report.forget_availability()
        self._estimate.control_lost(self._encoder.last_sent)
