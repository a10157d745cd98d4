"""A whole scene in minutes, with a real daemon: do the lamps follow, and are hands respected?"""

import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from support.daemon import Daemon
from support.houses import quiet_house
from support.waiting import wait_until

from kacenv.devices.lights.dialects.color_convert import to_xy
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.look import Setting, parse_setting
from kacenv.model.room import Ability, Fixture
from peers.bridge import Shown
from peers.row import Row

ROOM = "peers"
FADE, PHASE = 10, 36
"""Seconds: a scene of three hours has five minutes, and half an hour."""
LOOKS: dict[str, Any] = {
    "settle": "35% 2700 K",
    "dusk": "12% 2300 K",
    "dark": "off",
    "dawn": {"level": "30%", "color": "#ff8040"},
    "day": "60% 4000 K",
}
LEFT_ALONE = 4.0
"""Seconds for which a lamp is watched that a hand has changed."""
SEEN_WITHIN = 5.0
"""Seconds within which a hand is to be told, unless its level is one that the lamp would pass."""
_SAME_LEVEL, _SAME_MIRED, _SAME_XY = 0.012, 4.0, 0.02


class Hand(NamedTuple):
    """A change from outside: of which lamp, in which phase, to what level (None: any)."""

    phase: str
    lamp: str
    words: str
    change: Callable[[], object]
    level: float | None
    at_rest: bool = False
    """True if the lamp has come to its look by then; else it is in mid-fade."""
    within: float = SEEN_WITHIN


def write_house(folder: Path, port: int, lights: list[dict[str, Any]]) -> Path:
    """Write a house with these lamps, the looks and the scene; JSON is YAML, too."""
    looks = {name: {"seats": light} for name, light in LOOKS.items()}
    room = {
        "name": ROOM,
        "outputs": [{"id": "speakers", "role": "speakers"}],
        "broker": {"host": "127.0.0.1", "port": port},
        "lights": lights,
        "looks": looks,
        "safe_light": {"seats": "70% 3000 K"},
    }
    phases = [
        {"name": name, "duration": f"{PHASE}s", "playlist": "quiet"}
        | {"light": name, "light_fade": f"{FADE}s"}
        for name in LOOKS
    ]
    scene = {"title": "Beside vendors' code", "phases": phases}
    files = {"rooms__peers": json.dumps(room), "scenes__peers": json.dumps(scene)}
    return quiet_house(folder, **files)


class Scene:
    """One run of the scene."""

    def __init__(
        self,
        daemon: Daemon,
        lights: list[dict[str, Any]],
        shown: Callable[[str], Shown],
        differs: Callable[[str, float], str] = lambda *_: "",
    ) -> None:
        self._daemon, self._shown, self._differs = daemon, shown, differs
        self._lamps = {one["id"]: Fixture.model_validate(one) for one in lights}
        self._before: dict[str, float] = {}

    def run(self, hands: list[Hand]) -> Iterator[Row]:
        """Play it; a row for each phase, each hand, and what staff were told."""
        self._before = {name: self._shown(name).level for name in self._lamps}
        self._daemon.run("start", ROOM)
        for phase, light in LOOKS.items():
            wait_until(lambda phase=phase: self._phase == phase, f"{phase} never begins")  # type: ignore[misc]
            look = parse_setting(light)
            hand = next((one for one in hands if one.phase == phase), None)
            if hand is not None and not hand.at_rest:
                yield self._try(hand, look)
            yield self._reach(phase, look)
            if hand is not None and hand.at_rest:
                yield self._try(hand, look)
                yield self._reach(phase, look)
            self._before = {name: self._shown(name).level for name in self._lamps}
        yield self._told(hands)

    @property
    def _phase(self) -> str:
        session = self._daemon.ask_status()["session"]
        now = session["phase"]
        return "" if now is None else str(session["phases"][now]["name"])

    def _try(self, hand: Hand, look: Setting) -> Row:
        """Let a hand change its lamp; it is to be told, left alone, and brought back."""
        if not hand.at_rest:
            self._await_mid_fade(hand.lamp, self._target(hand.lamp, look))
        words = f"Lamp {hand.lamp} was changed by hand"
        count = sum(words in text for text in self._texts)
        began = time.monotonic()
        hand.change()
        if not self._eventually(lambda: sum(words in t for t in self._texts) > count, PHASE / 2):
            return Row(False, f"hand: {hand.words}", f"nobody is told; {self._shown(hand.lamp)}")
        seen = time.monotonic() - began
        fought = self._fought(hand)
        self._daemon.run("lights", "resume")
        good = seen <= hand.within and not fought
        alone = f"led to {fought:.1%}" if fought else "left alone"
        return Row(good, f"hand: {hand.words}", f"told after {seen:.1f} s, {alone}, resumed")

    def _fought(self, hand: Hand) -> float:
        """Return the level of a lamp that has left its hand's level; 0 if it hasn't."""
        until = time.monotonic() + LEFT_ALONE
        settled = time.monotonic() + LEFT_ALONE / 2
        while (now := time.monotonic()) < until:
            level = self._shown(hand.lamp).level
            if now > settled and hand.level is not None and abs(level - hand.level) > _SAME_LEVEL:
                return level or 1e-9
            time.sleep(0.05)
        return 0.0

    def _await_mid_fade(self, name: str, target: float) -> None:
        before = self._before[name]

        def passed() -> bool:
            return abs(self._shown(name).level - before) >= 0.3 * abs(target - before)

        wait_until(passed, f"{name} never moves", PHASE / 2)

    def _reach(self, phase: str, look: Setting) -> Row:
        """Wait until all lamps show a look, and those who follow them say so, too."""
        wrong = list(self._lamps)

        def is_over() -> bool:
            if self._phase != phase:
                return True
            wrong[:] = [name for name in self._lamps if not self._shows(name, look)]
            return not wrong

        began = time.monotonic()
        self._eventually(is_over, PHASE)
        odd = [f"{name} {self._shown(name)}" for name in wrong]
        targets = {name: self._target(name, look) for name in self._lamps}
        odd += [said for name, level in targets.items() if (said := self._differs(name, level))]
        seen = f"{len(self._lamps)} lamps at {look} after {time.monotonic() - began:.1f} s"
        return Row(not odd, phase, "; ".join([seen, *odd]))

    def _eventually(self, condition: Callable[[], bool], within: float) -> bool:
        until = time.monotonic() + within
        while not (met := condition()) and time.monotonic() < until:
            time.sleep(0.05)
        return met

    def _target(self, name: str, look: Setting) -> float:
        return look.level if Ability.LEVEL in self._lamps[name].can else float(look.level > 0)

    def _shows(self, name: str, look: Setting) -> bool:
        """Tell if a lamp shows as much of a look as it can."""
        fixture, shown = self._lamps[name], self._shown(name)
        if abs(shown.level - self._target(name, look)) > _SAME_LEVEL:
            return False
        if look.color is not None and Ability.COLOR in fixture.can:
            wanted = to_xy(look.color)
            return shown.xy is not None and math.dist(shown.xy, wanted) <= _SAME_XY
        if look.kelvin is not None and Ability.KELVIN in fixture.can:
            wanted_mired = MIRED / min(max(look.kelvin, fixture.warmest), fixture.coolest)
            return shown.mired is not None and abs(shown.mired - wanted_mired) <= _SAME_MIRED
        return True

    @property
    def _texts(self) -> list[str]:
        return [told["text"] for told in self._daemon.ask_status()["told"]]

    def _told(self, hands: list[Hand]) -> Row:
        """Each hand once, and no other word of a lamp."""
        told = [text for text in self._texts if text.startswith("Lamp ")]
        by_hand = [text for text in told if "was changed by hand" in text]
        good = len(by_hand) == len(told) == len(hands)
        seen = f"{len(by_hand)} hands told of {len(hands)}, {len(told) - len(by_hand)} other words"
        return Row(
            good, "what staff were told of lamps", "; ".join([seen, *(told if not good else [])])
        )
