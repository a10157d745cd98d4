"""Whole arcs on lamps that speak each second: followed, with hands on the way, and led back."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from support.faulty_lamp import FaultyLamp
from support.lone_lamp import STATE

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import ParsedCommand, codec
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.model.dialects import WORDS, Dialect
from kacenv.model.look import parse_setting
from kacenv.model.room import Ability, Fixture

MakeFixture = Callable[..., Fixture]
SHADES = [
    one
    for one in Dialect
    if "no" not in (WORDS[one].white, WORDS[one].color) and "not rep" not in WORDS[one].white
]
LOOK, NEXT = "40% 2700 K", "70% 4000 K"
FADE, REST = Seconds(20.0), 20.0
HANDS = {
    "a level": ParsedCommand(Level(0.9)),
    "off": ParsedCommand(Level(0.0)),
    "a white": ParsedCommand(kelvin=Kelvin(6000.0)),
}
BY_HAND = "Lamp lamp was changed by hand"


@pytest.fixture(params=SHADES)
def arc(request: pytest.FixtureRequest, make_fixture: MakeFixture) -> FaultyLamp:
    """Return a lamp of each dialect that tells its white, at its first look."""
    one = FaultyLamp(make_fixture(str(request.param), *Ability, state_topic=STATE), LampFaults())
    one.ask(LOOK, 10.0, 5.0)
    one.live(10.0, 60.0)
    assert one.news == []
    return one


def assert_shows(one: FaultyLamp, look: str, now: float) -> None:
    """Level and white are the look's, within the lamp's own numbers."""
    shown, wanted = one.at(now), parse_setting(look)
    scale = codec(one.lamp.fixture).scale
    assert abs(scale.units(shown.level) - scale.units(wanted.level)) <= 1
    assert shown.kelvin is not None
    assert shown.kelvin == pytest.approx(wanted.kelvin, rel=0.02)


@pytest.mark.parametrize(
    ("hand", "after"),
    [("a level", 10.0), ("off", 10.0), *((hand, FADE + REST) for hand in HANDS)],
)
def test_a_hand_is_told_once_and_left_alone_and_resume_leads_back(
    arc: FaultyLamp, hand: str, after: float
) -> None:
    """In the middle of a fade and at rest, at the level and the switch; at rest, at the white."""
    arc.ask(NEXT, 60.0, FADE)
    arc.live(60.0, 60.0 + after)
    assert arc.news == []
    touched, told = 60.0 + after, len(arc.sent)
    arc.light.apply(HANDS[hand], Seconds(touched))
    arc.say(touched)
    shown = arc.at(touched)
    arc.live(touched, touched + 60.0)
    assert [news.startswith(BY_HAND) for news in arc.news] == [True]
    assert len(arc.sent) == told
    assert arc.at(touched + 60.0).level == pytest.approx(shown.level, abs=0.5)
    arc.lamp.resume(Seconds(touched + 60.0), Seconds(4.0))
    arc.live(touched + 60.0, touched + 90.0)
    assert_shows(arc, NEXT, touched + 90.0)
    assert len(arc.news) == 1


def test_a_hand_at_the_white_of_a_bright_lamp_did_not_go_to_full(arc: FaultyLamp) -> None:
    """What staff read speaks of a hand alone."""
    arc.ask("100% 2700 K", 60.0, 10.0)
    arc.live(60.0, 100.0)
    arc.light.apply(HANDS["a white"], Seconds(100.0))
    arc.say(100.0)
    arc.live(100.0, 110.0)
    assert [news.startswith(BY_HAND) for news in arc.news] == [True]


@pytest.mark.parametrize("hand", HANDS)
def test_lights_up_comes_whatever_a_hand_has_done(arc: FaultyLamp, hand: str) -> None:
    """In three seconds, without `resume`."""
    arc.light.apply(HANDS[hand], Seconds(60.0))
    arc.say(60.0)
    arc.live(60.0, 65.0)
    safe = parse_setting("70% 3000 K")
    arc.lamp.set_target(safe, Seconds(65.0), Seconds(3.0), urgent=True)
    arc.live(65.0, 69.0)
    assert_shows(arc, "70% 3000 K", 69.0)


def test_from_a_colour_to_a_white_and_back_nothing_flashes(arc: FaultyLamp) -> None:
    """The level moves by small steps, and nobody's hand is suspected."""
    levels = []
    for at, look in ((60.0, "40% #ff8040"), (100.0, "40% 2700 K"), (140.0, "30% #ff0000")):
        arc.ask(look, at, 20.0)
        for tick in range(400):
            now = at + tick / 10
            arc.live(now, now + 0.1)
            levels.append(arc.at(now + 0.1).level)
    unit = 2 / codec(arc.lamp.fixture).full
    assert max(abs(after - before) for before, after in pairwise(levels)) <= 0.02 + unit
    assert arc.news == []


@pytest.mark.parametrize(("start", "target"), [("60%", "10%"), ("10%", "60%")])
def test_a_group_s_members_speak_for_it_on_the_way(
    make_fixture: MakeFixture, start: str, target: str
) -> None:
    """Each is a little early or late: no hand's work; what none of them can show is."""
    one = FaultyLamp(make_fixture("zigbee2mqtt-group", "level", "transition"), LampFaults())
    one.ask(start, 10.0, 5.0)
    one.live(10.0, 40.0)
    one.ask(target, 40.0, 40.0)
    way = parse_setting(target).level - parse_setting(start).level
    for tick in range(2, 40):
        now = 40.0 + tick
        one.live(now - 1.0 if tick > 2 else 40.0, now)
        for late in (0.0, 1.5, -0.8, 1.0):
            share = min(1.0, max(0.0, (tick - late) / 40.0))
            _report(one, parse_setting(start).level + way * share, now)
    one.live(79.0, 120.0)
    assert one.news == []
    assert one.at(120.0).level == pytest.approx(parse_setting(target).level, abs=0.01)
    _report(one, 0.95, 120.0)
    one.live(120.0, 130.0)
    assert [news.startswith(BY_HAND) for news in one.news] == [True]


def _report(one: FaultyLamp, level: float, now: float) -> None:
    """Report another level than the group was told, as its bridge does for a member."""
    shown = parse_setting(f"{level:.1%}")
    for topic, payload in one.device.reports(shown):
        one.lamp.handle_report(topic, payload, Seconds(now))
