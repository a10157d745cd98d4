"""Lamps in a storm of two simulated hours, on a real broker that fails, and in a long scene."""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from support.lamps import FULL, LitRoom
from support.mosquitto import Mosquitto
from support.staff import Staff
from support.waiting import wait_until

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import device_side
from kacenv.devices.lights.fades.trajectory import STEEPEST
from kacenv.devices.lights.lamp.lamp import RETURN_DURATION
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.room import Room
from kacenv.system.clock import SimClock
from soak import light_storm

OUTAGES = 20
AWAY = (0.2, 1.5)
"""Seconds for which the broker is away, each time."""
SETTLE = 4.0
"""Seconds from the broker's return to the next blow."""
RETURNS_WITHIN = 10.0
"""Seconds from a power cut to the lamp's quick return, with an outage of the broker between."""
GRID = 0.05
ONE_UNIT = 0.045
"""The largest step of one unit of 255 on a bare dimmer, at its dark end."""
SCENE = ("35% 2700 K", "16% 2400 K", "6% 2200 K", "2% 2200 K", "12% 2300 K", "45% 2700 K")
PHASE, FADE = 1800.0, 360.0
"""Seconds: six phases of half an hour, each begun with a fade of six minutes."""
SPEED = 40.0


def lamps_of_all_dialects(copies: int = 1) -> list[dict[str, Any]]:
    """A lamp that fades and one that must be stepped, of each kind."""
    kinds: list[dict[str, Any]] = [
        {"id": "zigbee", "dialect": "zigbee2mqtt", "can": FULL},
        {"id": "zigbee-bare", "dialect": "zigbee2mqtt"},
        {"id": "esphome", "dialect": "home-assistant", "can": FULL, "state_topic": "state"},
        {"id": "ha-bare", "dialect": "home-assistant", "state_topic": "bare-state"},
        {"id": "dimmer", "dialect": "plain", "scale": 255, "state_topic": "dimmer-state"},
        {"id": "dimmer-fine", "dialect": "plain", "scale": 65535, "state_topic": "fine-state"},
        {"id": "wled", "dialect": "wled", "can": ["level", "transition"]},
        {"id": "tasmota", "dialect": "tasmota", "can": FULL},
        {"id": "shelly", "dialect": "shelly", "can": ["level", "transition"]},
        {"id": "zwave", "dialect": "zwave-js", "can": ["level", "transition"]},
    ]
    zones = ("seats", "task", "path")
    return [
        {**kind, "id": f"{kind['id']}-{number}", "topic": f"{kind['id']}-{number}"}
        | {"zone": zones[number % 3]}
        | ({"state_topic": f"{kind['id']}-{number}/state"} if "state_topic" in kind else {})
        for number in range(copies)
        for kind in kinds
    ]


def a_room(port: int, lights: list[dict[str, Any]]) -> Room:
    """A room of these lamps."""
    return Room.model_validate(
        {
            "name": "soak",
            "outputs": [{"id": "speakers", "role": "speakers"}],
            "lights": lights,
            "broker": {"host": "127.0.0.1", "port": port, "messages_per_second": 500},
            "safe_light": dict.fromkeys(("seats", "task", "path"), "70%"),
        }
    )


def report() -> Iterator[str]:
    """What came of all three."""
    yield from light_storm.report()
    with tempfile.TemporaryDirectory() as folder:
        yield from OutageRun(Path(folder), seed=7).run(OUTAGES).lines()
    with tempfile.TemporaryDirectory() as folder:
        yield from three_hours(Path(folder), SPEED)


class Verdict(NamedTuple):
    """What the storm left behind; times in seconds."""

    asserted: list[float]
    wrong: list[str]
    stale: list[str]
    steep: list[str]
    told: int

    def lines(self) -> Iterator[str]:
        """For the report."""
        ordered = sorted(self.asserted)
        middle = statistics.median(ordered)
        late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
        yield f"{len(ordered)} outages: look asserted {middle:.2f} s after the broker was back"
        yield f"(median), p95 {late:.2f} s; staff were told {self.told} things"
        yield f"lamps that ended wrong: {', '.join(self.wrong) or 'none'}"
        yield f"stale commands: {', '.join(self.stale) or 'none'}"
        yield f"steps above the slope bound: {', '.join(self.steep) or 'none'}"


class Observer:
    """Hears every command, and is back at a broker before anybody else."""

    def __init__(self, port: int, topics: list[str]) -> None:
        self.heard: list[tuple[float, str]] = []
        self._topics = topics
        self._paho = Paho(CallbackAPIVersion.VERSION2)
        self._paho.reconnect_delay_set(0.02, 0.02)  # type: ignore[arg-type] # floats work
        self._paho.on_connect = self._subscribe
        self._paho.on_message = self._hear
        self._paho.connect_async("127.0.0.1", port)
        self._paho.loop_start()

    def _subscribe(self, paho: Paho, *_: object) -> None:
        paho.subscribe([(topic, 0) for topic in self._topics])

    def _hear(self, _paho: Paho, _data: object, message: MQTTMessage) -> None:
        self.heard.append((time.monotonic(), message.topic))

    def first_since(self, moment: float) -> dict[str, float]:
        """For each topic, how long after `moment` it was first heard."""
        first: dict[str, float] = {}
        for at, topic in list(self.heard):
            if at >= moment and not topic.endswith("/get"):
                first.setdefault(topic, at - moment)
        return first

    def close(self) -> None:
        """Stop listening."""
        self._paho.disconnect()
        self._paho.loop_stop()


class OutageRun:
    """A lit room whose broker is killed again and again, seeded."""

    def __init__(self, folder: Path, seed: int, settle: float = SETTLE) -> None:
        self._settle = settle
        self._random = Random(seed)  # noqa: S311 - chance, not a secret
        self._broker = Mosquitto(folder)
        self._staff = Staff()
        self._asked: list[tuple[float, float]] = []
        self._presses: list[tuple[str, float]] = []
        self._cuts: list[tuple[str, float]] = []

    def run(self, outages: int) -> Verdict:
        """Live through it; what came of it."""
        with ExitStack() as stack:
            self._broker.start()
            stack.callback(self._broker.stop)
            self._house = LitRoom(
                a_room(self._broker.port, lamps_of_all_dialects()), SimClock(1.0), self._staff
            )
            stack.callback(self._house.close)
            self._house.start()
            lamps = self._house.lamps.values()
            self._topics = {
                topic: lamp for lamp in lamps for topic in device_side(lamp.fixture).command_topics
            }
            observer = Observer(self._broker.port, list(self._topics))
            stack.callback(observer.close)
            self._ask(0.2, 1.0)
            self._house.reaches(0.2, 5.0)
            asserted = [self._strike(observer) for _ in range(outages)]
            self._ask(0.3, 2.0)
            self._house.reaches(0.3, 10.0)
            return self._verdict(asserted)

    def _ask(self, level: float, duration: float) -> None:
        self._asked.append((self._house.show(f"{level * 100:.2f}%", duration), level))

    def _rest(self, span: float) -> None:
        threading.Event().wait(span)

    def _strike(self, observer: Observer) -> float:
        """One outage, with a look in it or before it; s from the broker's return to the look."""
        before = self._random.random() < 0.5
        level = round(self._random.uniform(0.03, 0.6), 4)
        if before:
            self._ask(level, self._random.uniform(0.0, 5.0))
            self._rest(self._random.uniform(0.0, 1.0))
        self._broker.stop()
        self._rest(self._random.uniform(*AWAY))
        if not before:
            self._ask(level, 0.0)
        self._broker.start()
        back = time.monotonic()
        self._rest(self._settle / 2)
        by_hand = {name for name, state in self._house.rig.states().items() if state.by_hand}
        first = observer.first_since(back)
        reached = {self._topics[topic].fixture.id: after for topic, after in first.items()}
        self._do_mischief()
        self._rest(self._settle / 2)
        names = set(self._house.lamps) - by_hand
        return max(reached.get(name, self._settle) for name in names)

    def _do_mischief(self) -> None:
        """A power cut on one lamp, a hand on another."""
        lamp = self._random.choice(list(self._house.lamps.values()))
        if self._random.random() < 0.4:
            self._presses.append((lamp.fixture.id, self._house.clock.now()))
            self._cuts.append(self._presses[-1])
            lamp.cycle_power()
        if self._random.random() < 0.4:
            pressed = self._random.choice(list(self._house.lamps.values()))
            self._presses.append((pressed.fixture.id, self._house.clock.now()))
            pressed.turn(Level(round(self._random.uniform(0.0, 1.0), 2)))

    def _verdict(self, asserted: list[float]) -> Verdict:
        lamps = self._house.lamps.values()
        return Verdict(
            asserted,
            [_.fixture.id for _ in lamps if abs(_.level_now - 0.3) > 0.02],
            [found for lamp in lamps for found in self._stale(lamp)],
            [found for lamp in lamps for found in self._steep(lamp)],
            len(self._staff.heard),
        )

    def _stale(self, lamp: VirtualLamp) -> Iterator[str]:
        """Commands for a level that an older look had asked for, well after a newer one."""
        device = device_side(lamp.fixture)
        for message in lamp.received:
            heard = device.decode_command(message.topic, message.payload)
            if heard is None or heard.level is None or not heard.transition:
                continue
            newest = [level for at, level in self._asked if at <= message.at - 0.5]
            since = [level for at, level in self._asked if message.at - 0.5 < at <= message.at]
            if newest and all(abs(heard.level - level) > 0.012 for level in [newest[-1], *since]):
                old = any(abs(heard.level - level) < 0.004 for level in newest[:-1])
                is_on_its_way = min(newest[-2:]) < heard.level < max(newest[-2:])
                if old and not is_on_its_way:
                    yield f"{lamp.fixture.id} at {message.at:.1f} s"

    def _steep(self, lamp: VirtualLamp) -> Iterator[str]:
        """Moments at which the lamp changed faster than it may, hands apart."""
        end = self._house.clock.now()
        moments = [Seconds(number * GRID) for number in range(round(end / GRID))]
        shown = [(at, lamp.level_at(at)) for at in moments]
        pressed = [at for name, at in self._presses if name == lamp.fixture.id]
        cuts = [at for name, at in self._cuts if name == lamp.fixture.id]
        for (before, one), (after, other) in pairwise(shown):
            by_hand = any(before - 0.1 <= at <= after + 0.1 for at in pressed)
            returns = other < one and any(at < before < at + RETURNS_WITHIN for at in cuts)
            slope = 1.0 / RETURN_DURATION if returns else STEEPEST
            if not by_hand and abs(other - one) > slope * (GRID + 0.2) + ONE_UNIT:
                yield f"{lamp.fixture.id} at {before:.1f} s: {one:.3f} to {other:.3f}"


def three_hours(folder: Path, speed: float, phase: float = PHASE, fade: float = FADE) -> list[str]:
    """Six looks, each reached by a long fade, on twelve lamps; what they showed and were told."""
    with Mosquitto(folder) as broker:
        lights = [*lamps_of_all_dialects(), *lamps_of_all_dialects(2)[10:12]]
        house = LitRoom(a_room(broker.port, lights), SimClock(speed), Staff())
        try:
            house.start()
            house.darken()
            begin = house.clock.now()
            for number, look in enumerate(SCENE):
                house.show(look, fade)
                ended = partial(_is_past, house.clock, begin + (number + 1) * phase)
                wait_until(ended, patience=phase)
            return [_told(lamp, begin, len(SCENE) * phase) for lamp in house.lamps.values()]
        finally:
            house.close()


def _is_past(clock: SimClock, moment: float) -> bool:
    return clock.now() >= moment


def _told(lamp: VirtualLamp, begin: float, span: float) -> str:
    final = float(SCENE[-1].partition("%")[0]) / 100
    right = "right" if abs(lamp.level_now - final) < 0.011 else f"WRONG, {lamp.level_now:.3f}"
    minutes = [0] * (round(span / 60) + 2)
    for message in lamp.received:
        if message.at >= begin:
            minutes[int((message.at - begin) // 60)] += 1
    log = [level for at, level in lamp.log if at >= begin]
    largest = max((abs(b - a) * 100 for a, b in pairwise(log)), default=0.0)
    steps = f"largest step {largest:.1f} L*" if "transition" not in lamp.fixture.can else "fades"
    return (
        f"{lamp.fixture.id:14} {right}; {steps}; {sum(minutes)} messages, "
        f"at most {max(minutes)} in a minute"
    )
