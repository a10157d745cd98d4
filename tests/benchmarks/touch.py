"""From a touch on the tablet to what is heard or seen: a real page, daemon, sound server, broker.

The moment of a touch is the finger's coming down; a key that asks for a second's press counts
from the end of that second. Sound counts as changed when its level differs by 0.1 dB from before
(the second figure: by 1 dB, which an ear notices), light with the lamp's first message. What the
recorder itself takes is in the figures.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
from playwright.sync_api import Page, ViewportSize
from support.browser import chromium
from support.daemon import Daemon
from support.mosquitto import Mosquitto, free_port
from support.pulse import Pulse
from support.waiting import wait_until

from benchmarks.recorder import Recorder, recording
from benchmarks.tones import HOP, WINDOW, amplitudes, house_of_tones
from kacenv.config import House, load_room
from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import Block
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.system.clock import MonotonicClock

ROUNDS: Final = 10
SAID, DONE = 150.0, 400.0
"""The aims: milliseconds until the page has its answer, and until something is heard or seen."""
PRESS = 1.0
"""Seconds that a key asks for which is hard to take back."""
HEARD, NOTICED = 10 ** (0.1 / 20) - 1, 10 ** (1 / 20) - 1
"""Changes of amplitude, as a share of what it is before or after: 0.1 dB and 1 dB."""
LONGEST = 3.0
"""Seconds after a touch in which its change is looked for."""
SPEAKERS, SEAT_A, SEAT_B, STAFF = 0, 1, 2, 3
_LAMP = "lamp"


class Key(NamedTuple):
    """A key: where it is, what it changes (a channel, a lamp, or nothing), and for how long."""

    name: str
    selector: str
    changes: int | str | None
    rest: float = 0.0
    slow: bool = False


def _volume(output: str, channel: int) -> tuple[Key, Key]:
    row = f"li[data-output='{output}']"
    return (
        Key(f"{output} quieter", f"{row} .quieter", channel, 2.6),
        Key(f"{output} louder", f"{row} .louder", channel, 2.6),
    )


ROUND: Final = (
    Key("hold", "#hold", None),
    Key("let time run", "#hold", None),
    Key("extend", "#extend-5", None),
    Key("dimmer", "#dimmer", _LAMP, 4.2),
    *_volume("speakers", SPEAKERS),
    *_volume("seat-a", SEAT_A),
    *_volume("seat-b", SEAT_B),
    Key("brighter", "#brighter", _LAMP, 4.2),
    Key("mute a seat", "li[data-output='seat-a'] .mute", SEAT_A, 3.0),
    Key("unmute", "li[data-output='seat-a'] .mute", SEAT_A, 3.0),
    Key("chime", "#chime", STAFF, 9.0),
    Key("speak (duck)", "#duck", SPEAKERS, 1.5),
    Key("music back", "#duck", SPEAKERS, 11.0),
    Key("lights up", "#lights-up", _LAMP, 5.0),
    Key("silence", "#silence", SPEAKERS, 9.0),
    Key("by plan", "#plan", _LAMP, 4.2),
    Key("music", "#silence", SPEAKERS, 9.0),
    Key("go on", "#next", SPEAKERS, 5.0, slow=True),
    Key("back", "#back", SPEAKERS, 5.0, slow=True),
    Key("end", "#end", SPEAKERS, 5.0, slow=True),
    Key("stop", "#stop", SPEAKERS, 0.0, slow=True),
)
_LISTEN = """() => {
  window.said = [];
  window.touched = 0;
  addEventListener("pointerdown", () => { window.touched = performance.now(); }, true);
  const asked = window.fetch;
  window.fetch = async (path, options) => {
    const answer = await asked(path, options);
    if (options && options.method === "POST") window.said.push(performance.now());
    return answer;
  };
}"""


@dataclass
class Touch:
    """One touch: when it counts from, and when the page had its answer (monotonic seconds)."""

    key: Key
    at: float
    said: float


@dataclass
class Spans:
    """Milliseconds from touch to answer, to the change, and to what an ear notices."""

    said: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)
    noticed: list[float] = field(default_factory=list)


def report() -> Iterator[str]:
    """A line for each control."""
    with Bench() as bench:
        yield f"a sample written straight to the sink is found {bench.delay() * 1000:.0f} ms later"
        touches = [touch for _ in range(ROUNDS) for touch in bench.round()]
        for key in ROUND:
            yield _line(key.name, bench.spans([one for one in touches if one.key == key]))


def _line(name: str, spans: Spans) -> str:
    text = f"{name:<18} said {_figures(spans.said)}{_judged(spans.said, SAID)}"
    if spans.done:
        text += f"   changed {_figures(spans.done)}{_judged(spans.done, DONE)}"
    if spans.noticed:
        text += f"   by 1 dB {_figures(spans.noticed)}"
    return text


def _figures(spans: list[float]) -> str:
    return f"p50 {statistics.median(spans):5.0f}, p95 {_p95(spans):5.0f} ms"


def _judged(spans: list[float], aim: float) -> str:
    return "" if _p95(spans) <= aim else f" (MISSED: {aim:.0f} ms)"


def _p95(spans: list[float]) -> float:
    return float(np.percentile(spans, 95))


class Bench:
    """A room for real, a tablet in front of it, and what records both."""

    def __enter__(self) -> Self:
        """Set all up."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            broker = stack.enter_context(Mosquitto(folder))
            self._port = free_port()
            house = house_of_tones(folder / "house", broker.port, self._port)
            pulse = stack.enter_context(Pulse(folder, channels=4))
            self.recorder: Recorder = stack.enter_context(recording(pulse, folder))
            self._lamp = self._lit(stack, house, broker.port)
            environment = {**os.environ, **pulse.env}
            self._daemon = stack.enter_context(Daemon(house, "touch", environment))
            self._page = self._opened(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Take all down."""
        self._stack.close()

    def _lit(self, stack: ExitStack, house: Path, port: int) -> VirtualLamp:
        fixture = load_room(House(house), "touch").lights[0]
        clock = MonotonicClock(Seconds(_now()))
        return stack.enter_context(VirtualLamp(fixture, clock, port))

    def _opened(self, stack: ExitStack) -> Page:
        upright = ViewportSize(width=768, height=1024)
        browser = stack.enter_context(chromium())
        page = browser.new_context(viewport=upright, has_touch=True).new_page()
        page.goto(f"http://127.0.0.1:{self._port}/")
        page.wait_for_selector("body:not(.waiting)")
        page.evaluate(_LISTEN)
        self._finger = page.context.new_cdp_session(page)
        return page

    def delay(self) -> float:
        """The recorder's own delay (s)."""
        return self.recorder.own_delay()

    def round(self) -> Iterator[Touch]:
        """A session from start to stop, every key once; who may rest does while others work."""
        self._daemon.run("start", "touch", "--room", "touch")
        wait_until(lambda: self._daemon.ask_status()["session"]["phase"] == 0)
        self._page.wait_for_selector("#hold:enabled")
        time.sleep(6.0)
        free: dict[int | str | None, float] = {}
        for key in ROUND:
            of = SPEAKERS if key.changes in {SEAT_A, SEAT_B} else key.changes
            time.sleep(max(0.0, free.get(of, 0.0) - _now(), 0.3))
            yield self._touch(key)
            free[of] = _now() + key.rest
        wait_until(lambda: self._daemon.ask_status()["session"]["phase"] is None)

    def _touch(self, key: Key) -> Touch:
        before = self._page.evaluate("window.said.length")
        if key.slow:
            self._press(key.selector)
        else:
            self._page.tap(key.selector)
        while self._page.evaluate("window.said.length") == before:
            self._page.wait_for_timeout(10)
        touched, said = self._page.evaluate("[window.touched, window.said.at(-1)]")
        zero = self._zero()
        return Touch(key, zero + touched / 1000 + PRESS * key.slow, zero + said / 1000)

    def _press(self, selector: str) -> None:
        box = self._page.locator(selector).bounding_box()
        assert box
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind, points in (("touchStart", [point]), ("touchEnd", [])):
            words = {"type": kind, "touchPoints": points}
            self._finger.send("Input.dispatchTouchEvent", words)
            if points:
                self._page.wait_for_timeout(1000 * PRESS + 50)

    def _zero(self) -> float:
        """Where the page's clock begins, in monotonic seconds; the quickest answer tells best."""
        found = []
        for _ in range(5):
            asked = _now()
            page = self._page.evaluate("performance.now()") / 1000
            found.append((_now() - asked, (asked + _now()) / 2 - page))
        return float(min(found)[1])

    def spans(self, touches: list[Touch]) -> Spans:
        """What each of them led to, and when."""
        spans = Spans([1000 * (one.said - one.at) for one in touches])
        for touch in touches:
            if touch.key.changes == _LAMP:
                spans.done += [1000 * (at - touch.at) for at in self._told(touch)]
            elif isinstance(touch.key.changes, int):
                self._hear(touch, spans)
        lost = len(touches) - len(spans.done) if touches[0].key.changes is not None else 0
        if lost:
            raise RuntimeError(f"{touches[0].key.name}: {lost} changes were never heard or seen")
        return spans

    def _told(self, touch: Touch) -> list[float]:
        later = [one.at for one in self._lamp.received if one.at > touch.at]
        return [at for at in later[:1] if at < touch.at + LONGEST]

    def _hear(self, touch: Touch, spans: Spans) -> None:
        assert isinstance(touch.key.changes, int)
        first, sound = self.recorder.between(touch.at - 0.3, touch.at + LONGEST)
        frames = _changes(sound[:, touch.key.changes], first, touch.at, self.recorder)
        for kind, share in ((spans.done, HEARD), (spans.noticed, NOTICED)):
            with suppress(StopIteration):
                kind.append(1000 * (next(frames(share)) - touch.at))


def _changes(sound: Block, first: int, touched: float, recorder: Recorder) -> Any:
    """When the sound differs by a share of its level from what it was at the touch."""
    parts = amplitudes(sound)
    ends = first + WINDOW + HOP * np.arange(len(parts))
    before = np.median(parts[ends <= recorder.frame_at(touched)], axis=0)
    off = np.linalg.norm(parts - before, axis=1)
    usual = max(float(np.linalg.norm(parts, axis=1).max()), 1e-4)

    def later(share: float) -> Iterator[float]:
        for end in ends[off > share * usual]:
            found = recorder.found_at(int(end) - 1)
            if found > touched:
                yield found

    return later


def _now() -> float:
    return time.monotonic()
