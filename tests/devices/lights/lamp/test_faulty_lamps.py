"""Whole arcs on lamps with faults of their own: each ends where it is led, and no hand is seen."""

from collections.abc import Callable

import pytest
from support.faulty_lamp import FaultyLamp
from support.lone_lamp import STATE

from kacenv.devices.lights.dialects import codec
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.model.dialects import Dialect
from kacenv.model.look import parse_setting
from kacenv.model.room import Ability, Fixture

MakeFixture = Callable[..., Fixture]
ARC = (
    ("40% 2500 K", 10.0, 60.0),
    ("10%", 100.0, 30.0),
    ("60% #ff8040", 150.0, 60.0),
    ("off", 180.0, 5.0),
    ("5% 2200 K", 220.0, 1.0),
    ("off", 250.0, 30.0),
    ("30%", 260.0, 5.0),
    ("off", 300.0, 2.0),
)
"""Looks with their beginnings and durations; some come in the middle of another's fade."""
FAULTS = {
    "none": LampFaults(),
    "deaf to white in the dark": LampFaults(deaf_to_white=True),
    "deaf to off in a fade": LampFaults(deaf_to_off=True),
    "dark at its lowest": LampFaults(dark_at=1),
}
MODES = {mode: LampFaults(mode=mode) for mode in ("rgbww", "rgbct")}
FINE = ("home-assistant", "zigbee2mqtt", "zigbee2mqtt-group", "zwave-js")
"""Dialects whose lowest number is too dim to be missed."""
LAMPS = [
    *((dialect, fault) for dialect in Dialect for fault in FAULTS if "lowest" not in fault),
    *((dialect, "dark at its lowest") for dialect in FINE),
    *(("home-assistant", mode) for mode in MODES),
]


@pytest.mark.parametrize("fades", [True, False])
@pytest.mark.parametrize(("dialect", "fault"), LAMPS)
def test_an_arc_is_followed_whatever_the_lamp_is_like(
    make_fixture: MakeFixture, dialect: str, fault: str, fades: bool
) -> None:
    """In every dialect, by its own fades or step by step; only a lamp deaf to off may be named."""
    can = [one for one in Ability if fades or one is not Ability.TRANSITION]
    faults = {**FAULTS, **MODES}[fault]
    lamp = FaultyLamp(make_fixture(dialect, *can, state_topic=STATE), faults, "off")
    ends = [*(begin for _, begin, _ in ARC[1:]), 330.0]
    scale = codec(lamp.lamp.fixture).scale
    for (look, begin, span), end in zip(ARC, ends, strict=True):
        lamp.ask(look, begin, span)
        lamp.live(begin, end)
        if end > begin + span + 12.0:
            level = parse_setting(look).level
            assert abs(scale.units(lamp.at(end).level) - scale.units(level)) <= 1, look
    named = [text for text in lamp.news if "follow" in text] if faults.deaf_to_off else []
    assert lamp.news == named


def test_a_dimmer_that_switches_nothing_on_is_switched(make_fixture: MakeFixture) -> None:
    """Tasmota's, with `SetOption20 1`."""
    lamp = FaultyLamp(make_fixture("tasmota", *Ability), LampFaults(dimmer_keeps_off=True), "off")
    for look, begin in (("30%", 10.0), ("off", 30.0), ("60% 2500 K", 50.0)):
        lamp.ask(look, begin, 5.0)
        lamp.live(begin, begin + 20.0)
        level = parse_setting(look).level
        assert lamp.at(begin + 20.0).level == pytest.approx(level, abs=0.01)
    assert lamp.news == []
