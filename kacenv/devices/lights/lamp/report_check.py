"""Classification of a lamp's reports: echo, following, manual change, or mismatch."""

import math
from enum import Enum, auto
from typing import NamedTuple

from kacenv.core.fades import LIGHT_CURVE, Fade
from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Reported
from kacenv.devices.lights.fades.color_fade import color_of, distance
from kacenv.devices.lights.fades.lightness import DimmingScale
from kacenv.devices.lights.fades.trajectory import MIRED, Trajectory
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Fixture

ECHO = Seconds(2.0)
"""Time (s) after a change in which a report may still show the state before it."""
EARLY = Seconds(1.0)
"""Time (s) by which a lamp may be ahead of its fade."""
OWN_WORD = Seconds(8.0)
"""Time (s) after a fade in which a lamp may contradict what its bridge has said for it; later, it
was changed by a hand."""
ANSWERS_WITHIN = Seconds(1.0)
"""Time (s) after a question in which a bridge reads a lamp's values, one after the other."""
FIRST_WORD = Seconds(10.0)
"""Time (s) after a connection in which a lamp's first word tells what it has missed."""
DRIFT = 0.02
"""Share of a fade's duration by which a bulb's own long fade may end later."""
SAME_LEVEL = 0.02
"""Tolerance (level): bulbs round to whole percents and have a darkest light; people change more."""
SAME_MIRED = 15.0
"""Tolerance (mired): lamps round whites, some by way of a colour; people change more."""
SAME_TINT = 0.1
"""Tolerance (Oklab distance): lamps round colours, and show the nearest in their gamut."""
CLIPS_WITHIN = 100.0
"""Greatest clipping (mired): common bulbs have this much less range than the room file says."""


class ReportKind(Enum):
    """Meaning of a report, compared with the last command."""

    ECHO = auto()
    """Echo: a state from before the command or within the fade."""
    FOLLOWS = auto()
    """Following: the lamp shows, or will show, what it was told."""
    HAND = auto()
    """Manual change, by a person or another system."""
    MISSED = auto()
    """First word after a connection: the lamp has missed something without it."""
    DIFFERS = auto()
    """Mismatch: the lamp never reached what it was told."""


class _LevelRange(NamedTuple):
    """Range of levels; a report within it may be a fade's own."""

    low: Level
    high: Level

    def with_(self, other: "_LevelRange") -> "_LevelRange":
        return _LevelRange(min(self.low, other.low), max(self.high, other.high))


_ANY = _LevelRange(Level(0.0), Level(1.0))


class _SentLevel(NamedTuple):
    """Level of a command, and when it was sent."""

    level: Level
    at: Seconds


class _LevelCourse:
    """Levels that a lamp may report in the course of one fade."""

    def __init__(self, path: Trajectory | None, begun: Seconds, drift: float = 0.0) -> None:
        self.path, self.begun, self._drift = path, begun, drift
        """Path, None if it begins at an unknown level."""
        self._sent: tuple[_SentLevel, ...] = ()

    def note_sent(self, level: Level, now: Seconds) -> None:
        """Note a command; commands answered long ago are forgotten."""
        while len(self._sent) > 1 and now >= self._sent[1].at + ECHO:
            self._sent = self._sent[1:]
        self._sent = (*self._sent, _SentLevel(level, now))

    def extend(self, span: Seconds) -> None:
        """Delay the fade by `span` seconds."""
        self.path = self.path.later(span) if self.path else None

    def learn(self, level: Level, now: Seconds, end: Seconds, target: Level) -> None:
        """Learn where a lamp is on its way from an unknown level."""
        if self.path is None and self._sent:
            left = Seconds(max(0.0, end - now))
            self.path = Trajectory(Fade(level, target, now, left, LIGHT_CURVE))

    def sent(self, now: Seconds) -> tuple[Level, ...]:
        """Return the levels that an answer to a command may name at `now`."""
        ends = [later.at + ECHO for later in self._sent[1:]] + [math.inf]
        pairs = zip(self._sent, ends, strict=False)
        return tuple(one.level for one, until in pairs if now < until)

    def shown(self, now: Seconds) -> _LevelRange:
        """Return the levels that the lamp may show: it may be late, or a little early."""
        if self.path is None:
            return _ANY
        late = now - ECHO - self._drift * max(0.0, now - self.begun)
        ends = [Level(self.path.level.value_at(at)) for at in (late, now + EARLY)]
        return _LevelRange(min(ends), max(ends))


class ReportClassifier:
    """Classifies a lamp's reports by what it should show at their time.

    A hand changes something: a lamp that says what it said before hasn't been touched. A bridge
    that answers for its lamps (`optimistic`) proves nothing by its answers.
    """

    def __init__(self, fixture: Fixture, scale: DimmingScale, *, optimistic: bool = False) -> None:
        self._scale, self._optimistic = scale, optimistic
        self._drift = DRIFT if Ability.TRANSITION in fixture.can else 0.0
        self._color = ColorReportClassifier(fixture, optimistic=optimistic)
        self._course = self._before = self._look_before = _LevelCourse(None, Seconds(-math.inf))
        self._look_begun = Seconds(0.0)
        self._look_origin: Setting | None = None
        self._answered = False
        self._target = Level(0.0)
        self._settled = self._end = Seconds(0.0)
        self._sent_at: Seconds | None = None
        self.last_word: Level | None = None
        """Level that the lamp itself reported last; None without one."""
        self.contradicted = False
        """True once the lamp has said otherwise than its bridge did."""
        self.strayed = False
        """True if the lamp's newest report lies outside its fade."""
        self.confirmed_after: Seconds | None = None
        """Time (s) from the fade's last change to the lamp's confirmation; None without one."""
        self._proven = False
        self._unheard_until = self._asked_until = Seconds(-math.inf)
        self._word_at = Seconds(-math.inf)

    @property
    def confirmed(self) -> bool:
        """Tell if the lamp has confirmed the current fade."""
        return self.confirmed_after is not None

    @property
    def lacks_own_word(self) -> bool:
        """Tell if only the lamp's bridge has said that it follows."""
        return self._optimistic and self.confirmed and not self._proven

    @property
    def settled(self) -> Seconds:
        """Return the time from which on the lamp rests."""
        return self._settled

    @property
    def stays_on_its_way(self) -> bool:
        """Tell if the lamp itself has named its target, then another level, and nothing since.

        After the fade, that is a hand's: a lamp that tells its way ends with the target.
        """
        if not self.confirmed or self._optimistic or self.last_word is None:
            return False
        return not looks_same(self._scale, self.last_word, self._target)

    def begin(
        self, path: Trajectory, now: Seconds, origin: Setting | None, *, again: bool = False
    ) -> None:
        """Start a fade along `path` from `origin`, None if unknown; `again` for the same look."""
        self._color.begin(path, now, origin)
        if not again:
            self._look_before, self._look_begun = self._course, now
            self._look_origin, self._answered = origin, False
        self._before = self._course
        known = path if origin is not None else None
        self._course = _LevelCourse(known, now, self._drift)
        self._target = Level(path.level.target)
        self._settled = Seconds(path.end + ECHO + self._drift * (path.end - now))
        self._end = path.end
        self._sent_at = self.confirmed_after = None
        self._proven = self.strayed = False
        self.contradicted = again and self.contradicted

    def extend(self, span: Seconds) -> None:
        """Delay the fade's end by `span` seconds."""
        self._settled = Seconds(self._settled + span)
        self._end = Seconds(self._end + span)
        self._course.extend(span)
        self._color.extend(span)

    def level_sent(self, level: Level, now: Seconds) -> None:
        """Note that `level` was sent; from the final level on, the lamp can confirm."""
        self._course.note_sent(level, now)
        if self._sent_at is None and looks_same(self._scale, level, self._target):
            self._sent_at = now

    def shade_sent(self, shade: Setting, until: Seconds) -> None:
        """Note that a white or colour was sent, which the lamp should show at `until`."""
        self._color.sent, self._color.sent_until = shade, until

    @property
    def doubts_shade(self) -> bool:
        """Tell if the lamp has shown its white, then one that its fade may have passed.

        After the fade, that is a hand's: a lamp that tells its way ends with the target.
        """
        return self._color.in_doubt

    def revoke_confirmation(self) -> None:
        """Discard the confirmation, so that the lamp must confirm again."""
        self.confirmed_after, self._proven = None, False

    def is_elsewhere(self, level: Level, now: Seconds) -> bool:
        """Tell if a lamp that says `level` is neither on its way nor repeats a command."""
        return not (self.is_answer(level, now) or self._may_show(level, now))

    def asked(self, now: Seconds) -> None:
        """Note a question: of its first answers, each repeats what the bridge remembers, too."""
        self._asked_until = self._color.asked_until = Seconds(now + ANSWERS_WITHIN)

    def connected(self, now: Seconds) -> None:
        """Note that the broker is back: what was missed without it isn't a hand's."""
        self._unheard_until = Seconds(now + FIRST_WORD)

    def note_word(self, level: Level) -> None:
        """Note a level that needs no judgement."""
        self.last_word = level

    def note_shade(self, report: Reported) -> None:
        """Note a white or colour that needs no judgement."""
        self._color.note(report.kelvin, report.color)

    def classify_level(self, level: Level, now: Seconds) -> ReportKind:
        """Classify a report of `level`."""
        answers = self.is_answer(level, now)
        self._answered |= answers
        changed = self.last_word is None or not looks_same(self._scale, level, self.last_word)
        kind = self._kind(level, now, answers=answers, changed=changed)
        if not (answers and self._optimistic and changed):
            self.last_word, self._word_at = level, now
        if not answers:
            self._course.learn(level, now, self._end, self._target)
        return self._first_or(kind, now, answers=answers)

    def _first_or(self, kind: ReportKind, now: Seconds, *, answers: bool) -> ReportKind:
        """Return `kind`, but never a hand for the lamp's own first word after a connection."""
        is_first = now < self._unheard_until
        if not (answers and self._optimistic):
            self._unheard_until = Seconds(-math.inf)
        return ReportKind.MISSED if is_first and kind is ReportKind.HAND else kind

    def _kind(self, level: Level, now: Seconds, *, answers: bool, changed: bool) -> ReportKind:
        shows = self._may_show(level, now)
        self.strayed = not (shows or answers)
        if self._sent_at is not None and looks_same(self._scale, level, self._target):
            return self._confirm(now, shows=shows, answers=answers)
        if level <= 0 and self._went_out(now):
            self.contradicted = self._optimistic
            self.revoke_confirmation()
            return ReportKind.DIFFERS
        if now < self._settled:
            mine = answers or shows or self._is_excused(level, now, changed=changed)
            return ReportKind.ECHO if mine else ReportKind.HAND
        return self._kind_at_rest(now, changed=changed)

    def _is_excused(self, level: Level, now: Seconds, *, changed: bool) -> bool:
        """Tell if a lamp that isn't on its way may be there without a hand."""
        unmoved = not changed and not self._breaks_silence(now)
        return unmoved or self._is_late_to_off(level, now) or self._has_missed(level, now)

    def _breaks_silence(self, now: Seconds) -> bool:
        """Tell if a lamp that follows, as its bridge says, has said nothing itself for long.

        What it said before is news then.
        """
        believed = self._optimistic and self._answered and not self.contradicted
        return believed and self._word_at < max(self._course.begun, now - OWN_WORD)

    def _confirm(self, now: Seconds, *, shows: bool, answers: bool) -> ReportKind:
        """Take the target for a confirmation, unless a bridge says it for a lamp that doesn't."""
        if self._sent_at is None or (self.contradicted and answers):
            return ReportKind.ECHO
        if not self.confirmed:
            self.confirmed_after = Seconds(now - self._sent_at)
        self._proven |= shows and not answers and now >= self._asked_until
        return ReportKind.FOLLOWS

    def _kind_at_rest(self, now: Seconds, *, changed: bool) -> ReportKind:
        """Classify another level than the target's, after the fade."""
        if not (self.confirmed or self._was_there):
            return ReportKind.DIFFERS
        late = not self._optimistic or now >= self._settled + OWN_WORD
        if changed and (self._proven or self._has_answered(now) or late):
            return ReportKind.HAND
        self.contradicted = True
        self.revoke_confirmation()
        return ReportKind.DIFFERS

    @property
    def _was_there(self) -> bool:
        """Tell if the lamp has said that it is at its target, though not since it was told to be.

        A bridge's lamp must have been there before the look, too: its last word may be old.
        """
        known = [self.last_word]
        if self._optimistic:
            known.append(self._look_origin.level if self._look_origin is not None else None)
        return all(one is not None and looks_same(self._scale, one, self._target) for one in known)

    def _has_answered(self, now: Seconds) -> bool:
        """Tell if a lamp was asked in this fade, and has said until now that it follows."""
        asked_at = self._asked_until - ANSWERS_WITHIN
        return self._course.begun < asked_at <= self._word_at and self._asked_until <= now

    def is_answer(self, level: Level, now: Seconds) -> bool:
        """Tell if a report only repeats a command."""
        sent = self._course.sent(now)
        if self._optimistic and self._sent_at is not None and now >= self._sent_at + ECHO:
            sent = () if self.contradicted or now >= self._settled else sent
        return any(looks_same(self._scale, level, one) for one in sent)

    def _may_show(self, level: Level, now: Seconds) -> bool:
        if self._is_in(self._course, level, now):
            return True
        begun = self._course.begun
        return now < begun + ECHO and self._was_in_before(level, begun)

    def _was_in_before(self, level: Level, begun: Seconds) -> bool:
        sent = any(looks_same(self._scale, level, one) for one in self._before.sent(begun))
        return sent or self._is_in(self._before, level, begun)

    def _is_in(self, course: _LevelCourse, level: Level, now: Seconds) -> bool:
        return _is_within(self._scale, level, course.shown(now))

    def _went_out(self, now: Seconds) -> bool:
        """Tell if a lamp has just arrived at so dim a light that it may have gone out by itself."""
        path, target = self._course.path, self._scale.units(self._target)
        if path is None or self._proven or self._sent_at is None or now >= self._settled:
            return False
        is_there = abs(self._scale.units(path.level.value_at(now)) - target) <= 1
        return is_there and 0 < target <= max(self._scale.units(SAME_LEVEL), self._scale.least)

    def _is_late_to_off(self, level: Level, now: Seconds) -> bool:
        """Tell if a bulb may have missed the way to off: some do in a fade, while bridges say OFF.

        Only a bridge's lamp that is told nothing more before the fade's end is given that time. It
        may go on with the fade that it was in.
        """
        path = self._course.path
        if not self._optimistic or self._target > 0 or self._sent_at is None or path is None:
            return False
        if self._look_before.path is not None and self._is_in(self._look_before, level, now):
            return True
        return path.level.value_at(now) <= level <= path.level.origin

    def _has_missed(self, level: Level, now: Seconds) -> bool:
        """Tell if a lamp says what it showed before the look, whose command nobody has answered.

        It may go on with the fade that it was in, and its bridge remember that fade's end.
        """
        if self._answered or not self._optimistic:
            return False
        origin, before = self._look_origin, self._look_before
        known = (*before.sent(self._look_begun), *([origin.level] if origin is not None else []))
        if any(looks_same(self._scale, level, one) for one in known):
            return True
        moments = (self._look_begun, now) if before.path is not None else ()
        return any(self._is_in(before, level, at) for at in moments)

    def classify_color(self, report: Reported, now: Seconds) -> ReportKind:
        """Classify a report of a white or a colour; see `ColorReportClassifier`."""
        return self._color.classify(report.kelvin, report.color, now)


def looks_same(scale: DimmingScale, one: Level, other: Level) -> bool:
    """Tell if two levels look the same, or differ by at most one unit of the lamp's scale."""
    if one <= 0 or other <= 0:
        return one <= 0 and other <= 0
    apart = abs(one - other)
    if apart <= SAME_LEVEL or apart > scale.coarsest:
        return apart <= SAME_LEVEL
    return abs(scale.units(one) - scale.units(other)) <= _unit_slack(scale)


def _unit_slack(scale: DimmingScale) -> int:
    return 1 if scale.full > 1 else 0


def _is_within(scale: DimmingScale, level: Level, span: _LevelRange) -> bool:
    if level <= 0:
        return span.low <= 0
    low, high = (scale.units(end) for end in span)
    slack = _unit_slack(scale)
    near = span.low - SAME_LEVEL <= level <= span.high + SAME_LEVEL
    return span.high > 0 and (near or low - slack <= scale.units(level) <= high + slack)


class _WhiteRange(NamedTuple):
    """Range (mired) of a lamp: the room file's, narrowed by the lamp's reports."""

    coolest: float
    warmest: float

    def held(self, mired: float) -> float:
        return min(max(mired, self.coolest), self.warmest)

    def with_(self, mired: float) -> "_WhiteRange":
        return _WhiteRange(min(self.coolest, mired), max(self.warmest, mired))


_NONE = _WhiteRange(coolest=math.inf, warmest=-math.inf)


class ColorReportClassifier:
    """Classifies colour reports by comparison with the last fade's white or colour.

    A lamp with a narrower range than the room file says shows its own warmest or coolest white
    instead. Such a report counts as following and narrows the range, unless the lamp has shown more
    at rest: during a fade, a report may only echo the command. A lamp that says what it said itself
    before has missed a command: nobody has touched it.
    """

    def __init__(self, fixture: Fixture, *, optimistic: bool = False) -> None:
        self._optimistic = optimistic
        self._last_word: Setting | None = None
        self.asked_until = Seconds(-math.inf)
        """Time (s) until which the lamp answers a question."""
        self.sent: Setting | None = None
        """White or colour sent last; its level means nothing."""
        self.sent_until = Seconds(-math.inf)
        """Time (s) at which the lamp should show that."""
        configured = _WhiteRange(MIRED / fixture.coolest, MIRED / fixture.warmest)
        self._configured = self._own = configured
        self._seen = _NONE
        self._path: Trajectory | None = None
        self._begun = self._settled = Seconds(0.0)
        self._knows = self._origin_known = False
        self.in_doubt = False
        """True if the lamp's newest white is another than its target's, though it has shown that,
        and nothing yet tells a late report from a hand."""

    def begin(self, path: Trajectory, now: Seconds, origin: Setting | None) -> None:
        """Start a fade along `path` from `origin`, None if unknown."""
        self._path, self._knows, self.in_doubt = path, False, False
        self.sent = None
        self._origin_known = origin is not None and origin.kelvin is not None
        self._last_word = self._last_word or origin
        self._begun, self._settled = now, Seconds(path.end + ECHO + DRIFT * (path.end - now))

    def extend(self, span: Seconds) -> None:
        """Delay the fade's end by `span` seconds."""
        self._settled = Seconds(self._settled + span)

    def note(self, kelvin: Kelvin | None, color: Color | None) -> None:
        """Note a white or colour that needs no judgement."""
        self._last_word = Setting(Level(1.0), kelvin, color)

    def classify(self, kelvin: Kelvin | None, color: Color | None, now: Seconds) -> ReportKind:
        """Classify a report of a white or a colour.

        Nothing counts as a manual change until the lamp has reported what it was told. After a
        command for the level alone or for darkness, any shade is accepted.
        """
        target = self._path.target if self._path is not None else None
        if target is None or target.level <= 0 or not (kelvin or color):
            return ReportKind.ECHO
        if self._follows(target, kelvin, color, now):
            self._knows, self.in_doubt = True, False
            if not self._optimistic or now >= self.sent_until + ECHO:
                self._last_word = target
            return ReportKind.FOLLOWS
        before, self._last_word = self._last_word, Setting(target.level, kelvin, color)
        self._knows |= self.sent is not None and _same_shade(self.sent, self._last_word)
        missed = before is not None and _same_shade(before, self._last_word)
        if missed and now < self._settled + OWN_WORD:
            return ReportKind.ECHO
        late = now < self.sent_until + ECHO and _is_between(before, self._last_word, target)
        if late or (now < self._settled and not self._is_off_the_way(kelvin, now)):
            self.in_doubt = self._knows
            return ReportKind.ECHO
        if self._optimistic and now < self.asked_until and not self.in_doubt:
            return ReportKind.DIFFERS  # its bridge had said the white for it
        return ReportKind.HAND if self._knows else ReportKind.ECHO

    def _follows(
        self, target: Setting, kelvin: Kelvin | None, color: Color | None, now: Seconds
    ) -> bool:
        if target.color is not None:
            shown = color or (color_of(kelvin) if kelvin else target.color)
            return distance(target.color, shown) <= SAME_TINT
        if target.kelvin is None:
            return True
        if kelvin is None:
            return color is None or distance(color_of(target.kelvin), color) <= SAME_TINT
        return self._is_white(MIRED / target.kelvin, MIRED / kelvin, now)

    def _is_white(self, sent: float, shown: float, now: Seconds) -> bool:
        """Tell if `shown` (mired) is `sent`, or the nearest that the lamp can show."""
        near = min(abs(shown - sent), abs(shown - self._own.held(sent)))
        if near > SAME_MIRED:
            return not self._is_on_its_way(now) and self._is_limit(sent, shown, now)
        if now >= self._settled:
            self._seen = self._seen.with_(shown)
        return True

    def _is_limit(self, sent: float, shown: float, now: Seconds) -> bool:
        """Tell if a white may be the lamp's own limit, and remember it if so.

        A lamp that is asked knows better than its bridge, whatever that has said at rest.
        """
        own, configured = self._own, self._configured
        seen = _NONE if now < self.asked_until else self._seen
        warmer = shown > seen.warmest and (own.warmest == configured.warmest or shown > own.warmest)
        cooler = shown < seen.coolest and (own.coolest == configured.coolest or shown < own.coolest)
        if configured.warmest - CLIPS_WITHIN <= shown < sent and warmer:
            self._own = own._replace(warmest=shown)
        elif sent < shown <= configured.coolest + CLIPS_WITHIN and cooler:
            self._own = own._replace(coolest=shown)
        return self._own is not own

    def _is_on_its_way(self, now: Seconds) -> bool:
        """Tell if the white is still fading, so that one short of the target is only passed."""
        ends = _ends(self._path) if self._path is not None else []
        changes = bool(ends) and max(ends) - min(ends) > SAME_MIRED
        return changes and now < self._settled

    def _is_off_the_way(self, kelvin: Kelvin | None, now: Seconds) -> bool:
        """Tell if a white lies outside the fade's range, of which a lamp may show only a part."""
        path = self._path
        if path is None or path.tint is not None or kelvin is None:
            return False
        if not self._origin_known or now < self._begun + ECHO:
            return False
        ends = _ends(path)
        mired = [*ends, *map(self._own.held, ends)]
        shown = MIRED / kelvin
        low, high = min(mired, default=shown), max(mired, default=shown)
        return not low - SAME_MIRED <= shown <= high + SAME_MIRED


def _same_shade(one: Setting, other: Setting) -> bool:
    if one.kelvin and other.kelvin:
        return abs(MIRED / one.kelvin - MIRED / other.kelvin) <= SAME_MIRED
    if one.color and other.color:
        return distance(one.color, other.color) <= SAME_TINT
    return False


def _is_between(before: Setting | None, shown: Setting, target: Setting) -> bool:
    """Tell if a white lies between the one before and the target's."""
    if before is None or not (before.kelvin and shown.kelvin and target.kelvin):
        return False
    low, high = sorted((before.kelvin, target.kelvin))
    return low <= shown.kelvin <= high


def _ends(path: Trajectory) -> list[float]:
    """Return the fade's first and last white (mired), where known."""
    start = path.mired.start if path.mired is not None else path.level.start
    whites = (path.at(start).kelvin, path.target.kelvin)
    return [MIRED / white for white in whites if white is not None]
