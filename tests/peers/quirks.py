"""Six bulbs with quirks that people have reported, behind their makers' converters."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from support.mosquitto import Mosquitto
from support.staff import Staff
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.commands import ShowLook
from kacenv.model.look import Zone, parse_setting
from kacenv.model.room import Room
from kacenv.system.clock import MonotonicClock
from peers.bridge import Bridge
from peers.bulbs import Bulb
from peers.row import Row

_WHITE = ("level", "transition", "kelvin")
QUIRKS = {
    # Koenkk/zigbee2mqtt#4963, #13632: it ignores `off` in a transition, and the bridge says OFF.
    "no-off-in-transition": Bulb("ZB_A60_RGBCW", "Ajax Online", _WHITE),
    # Koenkk/zigbee2mqtt#3096, #18699: it takes no white while it is off.
    "no-white-while-off": Bulb(
        "TRADFRI bulb E27 WS opal 980lm", "IKEA of Sweden", _WHITE, (250, 454)
    ),
    # Koenkk/zigbee2mqtt#3163, #2850: a brightness of 1 turns it off; its converter doesn't know.
    "off-at-1": Bulb("ZB_A60_RGBCW", "Ajax Online", _WHITE),
    # Koenkk/zigbee2mqtt#26693, #5019: it is back at full after a power cut, and only announces it.
    "full-after-cut": Bulb("LCT015", "Philips", _WHITE),
    # zigpy/zha-device-handlers#760: in a transition, it reports the level before it.
    "old-level": Bulb("TRADFRI bulb E27 opal 1000lm", "IKEA of Sweden", ("level", "transition")),
    # Koenkk/zigbee2mqtt#10775: it shows less white than it is told, and doesn't name its range.
    "narrow-white": Bulb("lumi.light.aqcn02", "LUMI", _WHITE, (153, 370)),
}
WARM = 2203.0
"""White (K) that the last of them can't show."""
DUSK, DAWN = 6.0, 20.0
SETTLES = 15.0
"""Seconds after a fade in which kacenv tells a lamp again, or staff of it."""
SOON = 4.0
"""Seconds from a bulb's first word to its look or its white, the fade included."""
_SAME_LEVEL, _SAME_MIRED = 0.012, 4.0
Rows = Iterator[Row]


def report() -> Rows:
    """Try them all in one room."""
    bulbs = {name: bulb._replace(quirk=name) for name, bulb in QUIRKS.items()}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        broker = stack.enter_context(Mosquitto(Path(folder)))
        bridge = stack.enter_context(Bridge(broker.port, bulbs))
        yield from _Trial(_room(broker.port, bulbs), bridge, stack).run()


def _room(port: int, bulbs: Mapping[str, Bulb]) -> Room:
    return Room.model_validate(
        {
            "name": "quirks",
            "outputs": [{"id": "speakers", "role": "speakers"}],
            "lights": [bulb.for_room(name) for name, bulb in bulbs.items()],
            "broker": {"host": "127.0.0.1", "port": port},
            "safe_light": {"seats": "70% 3000 K"},
        }
    )


class _Trial:
    """A room that is led through all looks; each quirk has its moment."""

    def __init__(self, room: Room, bridge: Bridge, stack: ExitStack) -> None:
        self._bridge, self._staff, self._clock = bridge, Staff(), MonotonicClock()
        self._controller = LightController(room, self._clock, self._staff.tell)
        self._controller.start()
        stack.callback(self._controller.close)
        wait_until(lambda: self._controller.connected)

    def run(self) -> Rows:
        """Show look after look."""
        yield self._reaches("40% 2700 K", 2.0, 0.4)
        yield self._goes_off()
        yield from self._dawns()
        yield from self._is_dimmest()
        yield self._reaches("20% 2700 K", 2.0, 0.2)
        yield self._returns("full-after-cut", 0.2)
        yield self._told()

    def _show(self, look: str, span: float) -> None:
        setting = parse_setting(look)
        self._controller.perform(ShowLook({Zone.SEATS: setting}, self._clock.now(), Seconds(span)))

    def _after(self, condition: Callable[[], bool], within: float) -> float | None:
        """Return the seconds until `condition` holds; None if it doesn't in time."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() > began + within:
                return None
            time.sleep(0.05)
        return time.monotonic() - began

    def _is_at(self, name: str, level: float) -> bool:
        return abs(self._bridge.shown(name).level - level) <= _SAME_LEVEL

    def _reaches(self, look: str, span: float, level: float) -> Row:
        self._show(look, span)
        self._after(lambda: all(self._is_at(n, level) for n in QUIRKS), span + SETTLES)
        wrong = [name for name in QUIRKS if not self._is_at(name, level)]
        time.sleep(SOON)
        return Row(
            not wrong, f"all at {look}", f"{len(QUIRKS)} bulbs, wrong: {' '.join(wrong) or 'none'}"
        )

    def _goes_off(self) -> Row:
        name = "no-off-in-transition"
        self._show("off", DUSK)
        dark = self._after(lambda: all(self._is_at(n, 0.0) for n in QUIRKS), DUSK + SETTLES)
        wrong = [n for n in QUIRKS if not self._is_at(n, 0.0)]
        named = wrong == [name] and self._says(name, "doesn't ")
        return Row(dark is not None or named, name, _seen("dark", dark, wrong))

    def _dawns(self) -> Rows:
        name, narrow = "no-white-while-off", "narrow-white"
        self._show(f"30% {WARM:.0f} K", DAWN)
        lit = self._after(lambda: self._bridge.shown(name).level > 0, SETTLES)
        right = self._after(lambda: self._is_white(name, MIRED / WARM), DAWN + SETTLES)
        good = lit is not None and right is not None and right <= SOON
        yield Row(good, name, _seen("its white, after coming on,", right, []))
        self._after(lambda: all(self._is_at(n, 0.3) for n in QUIRKS), DAWN + SETTLES)
        wrong = [n for n in QUIRKS if not self._is_at(n, 0.3)]
        quiet = not self._says("old-level", "") and not self._says(narrow, "")
        seen = f"30% after {DAWN:.0f} s, {'no word' if quiet else 'named'} {' '.join(wrong)}"
        yield Row(not wrong and quiet, "old-level", seen)
        seen = f"{self._bridge.shown(narrow).mired} mired for {MIRED / WARM:.0f}, and no word"
        yield Row(self._is_white(narrow, QUIRKS[narrow].mired[1]) and quiet, narrow, seen)
        time.sleep(SETTLES)

    def _is_dimmest(self) -> Rows:
        name = "off-at-1"
        self._show("0.4%", 4.0)
        time.sleep(4.0)
        told = self._after(lambda: self._says(name, "doesn't "), SETTLES)
        shown = self._bridge.shown(name).level
        seen = f"shows {shown:.1%}; {'staff are told' if told is not None else 'no word'}"
        yield Row(shown > 0 or told is not None, name, seen)
        known = self._bridge.shown("full-after-cut").level
        yield Row(known > 0, "the same, known to its converter", f"shows {known:.1%}")

    def _returns(self, name: str, level: float) -> Row:
        self._bridge.touch(name, power="cut")
        time.sleep(SOON)
        self._bridge.touch(name, power="back")
        self._after(lambda: self._is_at(name, 1.0), SOON)
        back = self._after(lambda: self._is_at(name, level), SETTLES)
        return Row(back is not None and back <= SOON, name, _seen("at its look", back, []))

    def _is_white(self, name: str, mired: float) -> bool:
        shown = self._bridge.shown(name).mired
        return shown is not None and abs(shown - mired) <= _SAME_MIRED

    def _says(self, name: str, part: str) -> bool:
        return any(f"Lamp {name} " in text and part in text for text in self._staff.heard)

    def _told(self) -> Row:
        hands = [text for text in self._staff.heard if "by hand" in text]
        others = len(self._staff.heard) - len(hands)
        seen = f"{len(hands)} hands where nobody was, {others} other words {hands or ''}"
        return Row(not hands, "what staff were told", seen)


def _seen(what: str, after: float | None, wrong: list[str]) -> str:
    when = "never" if after is None else f"after {after:.1f} s"
    return f"{what} {when} {' '.join(wrong)}".rstrip()
