"""Twelve lamps of all dialects through hands, power cuts, refusals and broker kills, simulated."""

import math
from collections import Counter, deque
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any, NamedTuple

from support.lamps import FULL
from support.memory_broker import Agenda, MemoryBroker, MemoryClient
from support.simulated_lamps import SimulatedLamp, own_word_at

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import codec
from kacenv.devices.lights.fades.trajectory import STEEPEST
from kacenv.devices.lights.lamp.lamp import RETURN_DURATION
from kacenv.devices.lights.lamp.report_check import ECHO
from kacenv.devices.lights.lamp.restart_signs import REPORT_AFTER
from kacenv.devices.lights.lamp_group import LampGroup
from kacenv.model.commands import ResumeLights, ShowLook
from kacenv.model.look import Zone, parse_setting
from kacenv.model.room import Room

HOURS = 2.0
TICK = 0.1
RETRIED_WITHIN = 75.0
"""Time (s) within which a lamp that has not followed is told again."""
SETTLED = 16.0
"""Time (s) after the last trouble and the end of a look by which a lamp is at it."""
GAP = 0.7
"""Time (s) by which a step may be late: what a lamp has missed until its silence is noticed."""
CROSSING = 0.3
"""Time (s) in which a step, sent before the hand was heard of, may still reach the lamp."""
ASKED = 1.2
"""Time (s) in which kacenv reads answer after answer of a bulb, whatever they are."""
SEEN_WITHIN = 4.5
"""Time (s) within which staff read of a hand."""
BACK_WITHIN = 2.5
"""Time (s) from a lamp's return to its look: its connection, and 2 s from its first word."""
LEVELS = (0.0, 0.01, 0.02, 0.06, 0.15, 0.35, 0.6, 0.8)
SPANS = (0.0, 2.0, 10.0, 40.0, 120.0, 300.0)
WHITES = ("", " 2200 K", " 2700 K", " 4000 K")


def twelve_lamps() -> list[dict[str, Any]]:
    """Lamps of all dialects, with and without fades, whites and word of their availability."""
    kinds: list[dict[str, Any]] = [
        {"id": "zigbee", "dialect": "zigbee2mqtt", "can": FULL},
        {"id": "zigbee-mute", "dialect": "zigbee2mqtt", "can": ["level", "transition"]},
        {"id": "zigbee-bare", "dialect": "zigbee2mqtt"},
        {"id": "group", "dialect": "zigbee2mqtt-group", "can": ["level", "transition"]},
        {"id": "esphome", "dialect": "home-assistant", "can": FULL, "availability": True},
        {"id": "ha-bare", "dialect": "home-assistant"},
        {"id": "dimmer", "dialect": "plain", "scale": 255},
        {"id": "dimmer-fine", "dialect": "plain", "scale": 65535, "availability": True},
        {"id": "wled", "dialect": "wled", "can": ["level", "transition"]},
        {"id": "tasmota", "dialect": "tasmota", "can": FULL},
        {"id": "shelly", "dialect": "shelly", "can": ["level", "transition"]},
        {"id": "zwave", "dialect": "zwave-js", "can": ["level", "transition"]},
    ]
    return [_placed(number, kind) for number, kind in enumerate(kinds)]


def _placed(number: int, kind: dict[str, Any]) -> dict[str, Any]:
    topic = f"house/{kind['id']}"
    own_state = kind["dialect"] in ("plain", "home-assistant")
    state = {"state_topic": f"{topic}/state"} if own_state else {}
    there = {"availability_topic": f"{topic}/there"} if kind.pop("availability", False) else {}
    zone = ("seats", "task", "path")[number % 3]
    return {**kind, "topic": topic, "zone": zone, **state, **there}


def a_room() -> Room:
    """A room of these lamps."""
    return Room.model_validate(
        {
            "name": "storm",
            "outputs": [{"id": "speakers", "role": "speakers"}],
            "lights": twelve_lamps(),
            "broker": {"host": "127.0.0.1", "messages_per_second": 100},
            "safe_light": dict.fromkeys(Zone, "70%"),
        }
    )


class Told(NamedTuple):
    """Words for staff about one lamp."""

    at: float
    lamp: str
    text: str


class Subject:
    """One lamp with what has happened to it, as the storm knows."""

    def __init__(self, lamp: SimulatedLamp) -> None:
        self.lamp, self.name = lamp, lamp.fixture.id
        scale = codec(lamp.fixture).scale
        self.scale = scale
        self.unit = max(scale.level(1), 1.5 / scale.full)
        self.hand: float | None = None
        """Level that a hand has set, until the next look."""
        self.hands: list[float] = []
        self.restores: list[float] = []
        self.refusals: list[tuple[float, float]] = []
        self.misses: list[tuple[float, float]] = []
        self.cuts: list[tuple[float, float]] = []
        self.trouble_until = 0.0
        self.is_open = False
        """True until the next look if nobody can say what the lamp should show."""
        self.shown = 0.0
        self.recent: deque[float] = deque(maxlen=round(ECHO / TICK) + 1)
        """Levels of the last moments, which a late report may name."""

    def nearest(self, level: float) -> float:
        """Return the level that the lamp's own numbers give."""
        return self.scale.level(self.scale.units(level))

    def was(self, spans: list[tuple[float, float]], now: float, within: float) -> bool:
        """Tell if a trouble was on in the last `within` seconds."""
        return any(begin <= now and now - within <= end for begin, end in spans)


class Verdict(NamedTuple):
    """What the storm has found."""

    hours: float
    looks: int
    hands: int
    cuts: int
    refusals: int
    kills: int
    messages: int
    wrong_at_end: list[str]
    wrong: list[str]
    fought: list[str]
    unseen: list[str]
    false_hands: list[str]
    steep: list[str]
    late_back: list[str]
    untrue: list[str]
    words: Counter[str]

    def lines(self) -> Iterator[str]:
        """For the report."""
        yield (
            f"{self.hours:.1f} simulated hours: {self.looks} looks, {self.hands} hands, "
            f"{self.cuts} power cuts, {self.refusals} refusals and deaf lamps, {self.kills} broker "
            f"kills, {self.messages} messages"
        )
        for name in self._fields[7:-1]:
            found = getattr(self, name)
            yield f"{name.replace('_', ' ')}: {len(found)}"
            yield from (f"  {one}" for one in found[:10])
        for cause, times in sorted(self.words.items()):
            yield f"told {times} times: {cause}"

    @property
    def faults(self) -> list[str]:
        """Return all that must not be."""
        return [one for name in self._fields[7:-1] for one in getattr(self, name)]


CAUSES = {
    "was changed by hand": "changed by hand",
    "went to full at once": "by hand or after a power cut",
    "again and again": "changed again and again",
    "came back from a power cut": "came back from a power cut",
    "refuses": "refuses",
    "says nothing": "doesn't answer",
    "doesn't answer": "doesn't answer",
    "doesn't follow": "doesn't follow",
    "follows again": "follows again",
}


class LightStorm:
    """A lit room in a storm, seeded; everything happens on simulated time."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - chance, not a secret
        self._agenda = Agenda()
        self._broker = MemoryBroker(self._agenda, self._chance)
        room = a_room()
        self._group = LampGroup(room, 100.0)
        self._subjects = [
            Subject(SimulatedLamp(one, self._broker, is_mute=one.id == "zigbee-mute"))
            for one in room.lights
        ]
        self._by_name = {one.name: one for one in self._subjects}
        self._client = MemoryClient(self._broker)
        self._look: dict[Zone, float] = {}
        self._look_end = self._look_begin = 0.0
        self._kills: list[tuple[float, float]] = []
        self._steady_from = 0.0
        self._told: list[Told] = []
        self._found: dict[str, list[str]] = {name: [] for name in Verdict._fields[7:-1]}
        self._counts: Counter[str] = Counter()

    # What the room does

    def run(self, span: float) -> Verdict:
        """Live through `span` seconds of it, then in peace until the last trouble has ended."""
        for one in self._subjects:
            one.lamp.start()
        self._client.on_connect = lambda client: client.subscribe(
            [(topic, 0) for topic in (*self._group.report_topics, *self._group.event_topics)]
        )
        self._client.on_subscribe = lambda *_: self._group.connection_changed(True, self._now)
        self._client.on_disconnect = lambda *_: self._group.connection_changed(False, self._now)
        self._client.on_message = lambda _client, _data, message: self._group.handle_reports(
            message.topic, (message.payload,), self._now
        )
        self._client.connect_async()
        self._live(2.0)
        self._show("20%", 1.0)
        self._live(20.0)
        end = self._now + span
        self._plan(end)
        while self._now < end:
            self._live(min(10.0, end - self._now))
        self._live(120.0)
        self._show("30%", 4.0)
        self._live(40.0)
        return self._verdict(span)

    @property
    def _now(self) -> Seconds:
        return self._agenda.now

    def _live(self, span: float) -> None:
        end = self._now + span
        tick = float(self._now)
        while self._now < end - 1e-9:
            tick += TICK
            while self._now < tick - 1e-9:
                due = self._group.next_due(self._now)
                least = self._now + 0.005
                wake = math.inf if due is None else max(due, least)
                self._agenda.advance(min(tick, wake, max(self._agenda.next_at(), self._now)))
                self._pass_on()
            self._look_at_lamps()

    def _pass_on(self) -> None:
        for message in self._group.due_messages(self._now):
            self._client.publish(message.topic, message.payload)
        for lamp, text in self._group.staff_messages():
            self._hear(Told(self._now, lamp, text))

    # What happens

    def _plan(self, end: float) -> None:
        """Fill the agenda with looks and troubles."""
        for act, often in (
            (self._new_look, (20.0, 300.0)),
            (self._resume, (200.0, 500.0)),
            (self._touch, (5.0, 90.0)),
            (self._cut, (30.0, 200.0)),
            (self._refuse, (60.0, 300.0)),
            (self._kill, (200.0, 900.0)),
        ):
            at = self._now + self._chance.uniform(*often)
            while at < end:
                self._agenda.after(at - self._now, act)
                at += self._chance.uniform(*often)

    def _new_look(self) -> None:
        level, span = self._chance.choice(LEVELS), self._chance.choice(SPANS)
        white = self._chance.choice(WHITES) if level else ""
        self._show(f"{level * 100:g}%{white}" if level else "off", span)

    def _show(self, text: str, span: float) -> None:
        setting = parse_setting(text)
        now = self._now
        self._group.perform(ShowLook(dict.fromkeys(Zone, setting), now, Seconds(span)))
        self._look = dict.fromkeys(Zone, setting.level)
        self._look_begin, self._look_end = now, now + max(span, 1.0 / STEEPEST, 8.0)
        for one in self._subjects:
            one.hand = None
            one.is_open = not (one.lamp.is_powered or one.lamp.says_restart)
        self._counts["looks"] += 1

    def _resume(self) -> None:
        self._group.perform(ResumeLights(self._now, Seconds(4.0)))
        for one in self._subjects:
            if one.hand is not None or one.is_open:
                one.trouble_until = max(one.trouble_until, self._now + 20.0)
            is_unheard = any(self._now - at < CROSSING for at in one.hands[-1:])
            one.hand = None
            one.is_open = is_unheard or (one.is_open and not one.lamp.is_powered)

    def _quiet(self) -> list[Subject]:
        """Lamps that nothing happens to, and to which the broker has been there for long."""
        now = self._now
        return [
            one
            for one in self._subjects
            if now > one.trouble_until + 3.0 and now > self._steady_from + 12.0
        ]

    def _is_touchable(self, one: Subject) -> bool:
        """Tell if a hand can be told from a bulb that contradicts its bridge."""
        fade = one.lamp.levels[-1]
        is_near = fade.end - 1.0 < self._now < own_word_at(fade) + 0.5
        is_asked = self._now < one.lamp.told_at + ASKED
        may_miss_off = not self._look[one.lamp.fixture.zone]
        return not (one.lamp.is_bridged and (is_near or is_asked or may_miss_off))

    def _touch(self) -> None:
        quiet = [one for one in self._quiet() if self._is_touchable(one)]
        if not quiet:
            return
        one = self._chance.choice(quiet)
        level = self._chance.choice((0.0, 1.0, round(self._chance.uniform(0.02, 1.0), 2)))
        level = one.nearest(level)
        if (
            self._is_expected(one, level)
            or self._may_be_restart(one, level)
            or abs(level - one.lamp.level_now) < 0.1
        ):
            return
        one.lamp.turn(Level(level))
        known = one.hand is not None or one.is_open
        one.hand = level
        one.hands.append(self._now)
        self._counts["hands"] += 1
        if not known:
            self._agenda.after(SEEN_WITHIN, partial(self._check_seen, one, self._now))

    def _is_expected(self, one: Subject, level: float) -> bool:
        """Tell if a lamp might report that level anyway: its look, its last order, or late."""
        if abs(level - one.lamp.level_now) < 0.1:
            return True
        told = (self._look[one.lamp.fixture.zone], one.lamp.levels[-1].target)
        return any(abs(level - each) < 0.03 for each in (*told, *one.recent))

    def _may_be_restart(self, one: Subject, level: float) -> bool:
        """Tell if going to full would be taken for a restart.

        A group's is, just after a lamp of its bridge has restarted; a deaf lamp's first word is.
        """
        lately = (at for each in self._subjects for at in each.restores[-1:])
        restarted = any(self._now - at < REPORT_AFTER + 1.0 for at in lately)
        is_deaf = any(end > self._look_begin for _, end in one.misses)
        return level > 0.97 and ((one.name == "group" and restarted) or is_deaf)

    def _check_seen(self, one: Subject, touched: float) -> None:
        if self._look_begin > touched or one.trouble_until > touched:
            return
        told = (text for at, name, text in self._told if name == one.name and at >= touched)
        if not any("by hand" in text for text in told):
            self._note("unseen", one, f"a hand to {one.hand} at {touched:.1f}")

    def _cut(self) -> None:
        quiet = self._quiet()
        if not quiet:
            return
        one = self._chance.choice(quiet)
        away = self._chance.choice((0.5, 3.0, 15.0, 45.0))
        one.cuts.append((self._now, self._now + away + 30.0))
        one.trouble_until = self._now + away + SETTLED
        one.lamp.cut_power()
        one.is_open |= (one.hand or 0.0) > 0.97 or not one.lamp.says_restart
        one.hand = None
        self._counts["cuts"] += 1
        self._agenda.after(away, partial(self._restore, one))

    def _restore(self, one: Subject) -> None:
        one.lamp.restore_power()
        one.restores.append(self._now)
        if one.lamp.says_restart:
            self._agenda.after(BACK_WITHIN, partial(self._check_back, one, self._now))

    def _check_back(self, one: Subject, since: float) -> None:
        if not self._broker.is_up or self._steady_from > since - 5.0:
            return
        if self._look_end > since or one.hand is not None or one.is_open:
            return
        wanted = one.nearest(self._look[one.lamp.fixture.zone])
        if abs(one.lamp.level_now - wanted) > max(0.03, one.unit) and wanted < 0.4:
            self._note("late_back", one, f"{one.lamp.level_now:.3f}, not {wanted:.3f}")

    def _refuse(self) -> None:
        quiet = [one for one in self._quiet() if one.hand is None]
        if not quiet:
            return
        one = self._chance.choice(quiet)
        span = self._chance.choice((20.0, 90.0))
        one.lamp.refuses = one.lamp.says_refusal and self._chance.random() < 0.6
        one.lamp.misses = not one.lamp.refuses
        (one.refusals if one.lamp.refuses else one.misses).append((self._now, self._now + span))
        one.trouble_until = self._now + span + RETRIED_WITHIN
        self._counts["refusals"] += 1
        self._agenda.after(span, partial(self._obey, one))

    def _obey(self, one: Subject) -> None:
        one.lamp.refuses = one.lamp.misses = False

    def _kill(self) -> None:
        span = self._chance.uniform(1.0, 30.0)
        self._steady_from = max(self._steady_from, self._now + span + 4.0)
        self._kills.append((self._now, self._now + span))
        self._broker.kill(span)
        for one in self._subjects:
            if any(self._now - at < CROSSING for at in one.hands[-1:]):
                one.hand, one.is_open, one.trouble_until = None, True, self._now  # never heard of
        self._counts["kills"] += 1

    # What comes of it

    def _note(self, kind: str, one: Subject, text: str) -> None:
        self._found[kind].append(f"{self._now:.1f} s, {one.name}: {text}")

    def _look_at_lamps(self) -> None:
        for one in self._subjects:
            level = one.lamp.level_now
            self._check_step(one, level)
            one.shown = level
            one.recent.append(level)
            self._check_hand(one, level)
            self._check_look(one, level)

    def _check_step(self, one: Subject, level: float) -> None:
        change = level - one.shown
        if any(self._now - at < 2 * TICK for at in one.hands[-1:]):
            return
        if any(self._now - at < 2 * CROSSING for at in one.restores[-1:]):
            return
        since = max([self._kills[-1][1] if self._kills else 0.0, *one.restores[-1:]])
        back = bool(one.restores) and self._now - since < 14.0
        slope = 1.0 / RETURN_DURATION if back and change < 0 else STEEPEST
        if abs(change) > slope * (TICK + GAP) + one.unit:
            self._note("steep", one, f"{one.shown:.3f} to {level:.3f}")

    def _check_hand(self, one: Subject, level: float) -> None:
        if one.hand is None or not one.lamp.is_powered or abs(level - one.hand) <= 0.01:
            return
        if self._now - one.hands[-1] < CROSSING:
            one.hand = level
        else:
            self._note("fought", one, f"{one.hand:.3f} became {level:.3f}")
            one.hand = None
            one.trouble_until = self._now + SETTLED

    def _check_look(self, one: Subject, level: float) -> None:
        now = self._now
        calm = (
            one.hand is None
            and not one.is_open
            and now > one.trouble_until
            and now > self._steady_from + SETTLED
        )
        if not calm or now < self._look_end + SETTLED:
            return
        wanted, fade = one.nearest(self._look[one.lamp.fixture.zone]), one.lamp.levels[-1]
        slack = max(0.03, 1.1 * one.unit)
        is_on_its_way = now < fade.end and abs(fade.target - wanted) <= slack
        if abs(level - wanted) > slack and not is_on_its_way:
            self._note("wrong", one, f"{level:.3f}, not {wanted:.3f}")
            one.trouble_until = now + 60.0

    def _hear(self, told: Told) -> None:
        self._told.append(told)
        one = self._by_name[told.lamp]
        if not self._is_true(one, told.text):
            kind = "false_hands" if "by hand" in told.text else "untrue"
            self._note(kind, one, told.text)

    def _is_true(self, one: Subject, text: str) -> bool:
        now = self._now
        lately = any(now - at < SEEN_WITHIN for at in one.hands)
        back = any(now - at < 15.0 for at in one.restores)
        unheard = one.was([*one.cuts, *one.misses, *one.refusals], now, 20.0)
        killed = bool(self._kills) and now - self._kills[-1][1] < 40.0
        truths = {
            "again and again": sum(now - at < 61.0 for at in one.hands) > 1,
            "was changed by hand": lately,
            "went to full at once": lately or back,
            "came back": back,
            "refuses": one.was(one.refusals, now, 40.0),
            "follows again": one.lamp.is_powered and not one.lamp.misses,
        }
        default = unheard or (killed and bool(one.cuts))
        return next((truth for sign, truth in truths.items() if sign in text), default)

    def _verdict(self, span: float) -> Verdict:
        for one in self._subjects:
            wanted = one.nearest(self._look[one.lamp.fixture.zone])
            if abs(one.lamp.level_now - wanted) > 0.02:
                self._note("wrong_at_end", one, f"{one.lamp.level_now:.3f}, not {wanted:.3f}")
        words = Counter(
            next((cause for sign, cause in CAUSES.items() if sign in one.text), "something else")
            for one in self._told
        )
        names = ("looks", "hands", "cuts", "refusals", "kills")
        counts = {name: self._counts[name] for name in names}
        given: dict[str, Any] = {**counts, **self._found, "words": words}
        return Verdict(hours=span / 3600, messages=self._broker.messages, **given)


def report(hours: float = HOURS) -> Iterator[str]:
    """What came of it."""
    yield from LightStorm(seed=15).run(hours * 3600).lines()
