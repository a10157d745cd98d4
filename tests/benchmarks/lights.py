"""Light: how late steps are beside music, what one costs, a thousand lamps, a slow broker."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from support.houses import FOREIGN_MUSIC
from support.mosquitto import Mosquitto
from support.proxy import SlowLine
from support.pulse import Pulse
from support.waiting import wait_until

from kacenv.core.units import Level, Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.dialects import Message, codec
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.commands import Crossfade, CueTrack, ShowLook
from kacenv.model.look import Setting, Zone, parse_setting
from kacenv.model.playlist import Cut
from kacenv.model.room import Fixture, Room
from kacenv.system.clock import Clock, MonotonicClock

FADE = 10.0
LAMPS = (1, 10, 100, 1000)
TAKES = 20_000
DELAY, SLOW_FADE, SLOW_AIM = 0.15, 2.0, 4.0
"""A slow broker's delay each way, a fade over it, and the aim for its end (s)."""


class TimedRig(LightController):
    """Counts its messages, and notes by how much its steps are late (s)."""

    lateness: list[float]
    sent: int

    def _due_messages(self, now: Seconds) -> list[Message]:
        due = self._group.next_message_due(now)
        messages = super()._due_messages(now)
        if due is not None and due <= now and messages:
            self.lateness.append(now - due)
        self.sent += len(messages)
        return messages


class Run(NamedTuple):
    """One fade: messages a second, CPU as a share of a core, lateness p50 and p99 (ms)."""

    rate: float
    cpu: float
    p50: float
    p99: float

    def __str__(self) -> str:
        """For the report."""
        late = f"late {self.p50:.2f} ms (p50), {self.p99:.2f} ms (p99)"
        return f"{self.rate:5.0f} messages/s, {100 * self.cpu:5.1f} % of a core, {late}"


def report() -> Iterator[str]:
    """All figures."""
    yield from _encoding()
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker:
        for count in LAMPS:
            yield f"{count:4} stepped lamps, unbounded: {_run(broker.port, count, 10_000)}"
        yield f"{LAMPS[-1]:4} stepped lamps, 50 a second: {_run(broker.port, LAMPS[-1], 50)}"
        yield _slow(broker.port)
        with _music(Path(folder)):
            yield f"  12 stepped lamps beside music: {_run(broker.port, 12, 500)}"


def _encoding() -> Iterator[str]:
    """The cost of one command in each kind of words."""
    for name in ("zigbee2mqtt", "home-assistant", "plain"):
        fixture = Fixture.model_validate(
            {"id": "lamp", "dialect": name, "topic": "a/b", "zone": "seats"}
        )
        setting, encode = Setting(Level(0.35)), codec(fixture).encode
        start = time.perf_counter()
        for _ in range(TAKES):
            encode(setting, Seconds(2.0))
        cost = (time.perf_counter() - start) / TAKES
        yield f"encoding one command, {name}: {cost * 1e6:.1f} µs"


def _room(port: int, count: int, budget: int) -> Room:
    lamp = {"dialect": "plain", "zone": "seats", "scale": 65535}
    return Room.model_validate(
        {
            "name": "bench",
            "outputs": [{"id": "speakers", "role": "speakers"}],
            "lights": [{**lamp, "id": f"l-{n}", "topic": f"bench/{n}"} for n in range(count)],
            "broker": {"host": "127.0.0.1", "port": port, "messages_per_second": budget},
            "safe_light": {"seats": "70%"},
        }
    )


def _run(port: int, count: int, budget: int) -> Run:
    """Fade `count` lamps that must be stepped at once, and watch for the length of it."""
    clock: Clock = MonotonicClock()
    rig = TimedRig(_room(port, count, budget), clock, lambda _: None)
    rig.lateness, rig.sent = [], 0
    rig.start()
    wait_until(lambda: rig.connected)
    time.sleep(0.3)
    cpu, start, sent = _cpu(), time.monotonic(), rig.sent
    look = {Zone.SEATS: parse_setting("80%")}
    rig.perform(ShowLook(look, clock.now(), Seconds(FADE)))
    time.sleep(FADE)
    spent, span = _cpu() - cpu, time.monotonic() - start
    late = [1000 * second for second in rig.lateness] or [0.0]
    rate = (rig.sent - sent) / span
    rig.close()
    return Run(rate, spent / span, statistics.median(late), _percentile(late, 0.99))


def _slow(port: int) -> str:
    """Fade a lamp that must be stepped over a slow line; return the line for when it is done."""
    clock: Clock = MonotonicClock()
    lamp = VirtualLamp(_room(port, 1, 50).lights[0], clock, port)
    with SlowLine(port, DELAY) as line, ExitStack() as stack:
        rig = LightController(_room(line.port, 1, 50), clock, lambda _: None)
        stack.callback(lamp.close)
        stack.callback(rig.close)
        lamp.start()
        lamp.wait_until_listening(60.0)
        rig.start()
        while not rig.connected:
            time.sleep(0.01)
        start = clock.now()
        rig.perform(ShowLook({Zone.SEATS: parse_setting("30%")}, start, Seconds(SLOW_FADE)))
        lamp.wait_for(lambda lamp: abs(lamp.level_now - 0.3) < 0.001, 60.0)
        took = clock.now() - start
    missed = "" if took <= SLOW_AIM else f" (MISSED: {SLOW_AIM:.0f} s)"
    what = f"a fade of {SLOW_FADE:.0f} s, {DELAY} s each way from its broker"
    return f"{what}: done in {took:.2f} s{missed}"


def _cpu() -> float:
    """CPU (s) of this process so far; the broker is another one."""
    return sum(os.times()[:2])


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


@contextmanager
def _music(folder: Path) -> Iterator[None]:
    """A piece of music that plays in this process meanwhile."""
    path = min(FOREIGN_MUSIC.glob("*.ogg"))
    room = Room.model_validate(
        {"name": "music", "outputs": [{"id": "speakers", "role": "speakers"}]}
    )
    with ExitStack() as stack:
        pulse = stack.enter_context(Pulse(folder))
        stack.callback(os.environ.update, {key: os.environ.get(key, "") for key in pulse.env})
        os.environ.update(pulse.env)
        clock = MonotonicClock()
        sound = RoomAudio(room, clock, lambda _: None)
        stack.callback(sound.close)
        sound.start()
        sound.perform(CueTrack(1, Cut(str(path), "bench", "nobody", Seconds(120.0))))
        sound.perform(Crossfade(1, clock.now(), Seconds(1.0)))
        time.sleep(3.0)
        yield
