"""Looks that are taken back, told late, or touched at their white, each on the shortest way."""

from collections.abc import Callable

import pytest
from support.faulty_lamp import FaultyLamp
from support.lit_session import LitSession
from support.lone_lamp import STATE
from support.sessions import a_phase, a_timeline

from kacenv.core.units import Kelvin, Seconds
from kacenv.devices.lights.dialects import ParsedCommand
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.model.look import Zone, parse_setting
from kacenv.model.requests import Lights, LightsUp, Next, Press, Undo
from kacenv.model.room import Ability, Fixture
from kacenv.model.timeline import Timeline

MakeFixture = Callable[..., Fixture]
CAN = ("level", "kelvin", "transition")


def a_plan(*looks: str) -> Timeline:
    """Phases of these looks."""
    return a_timeline(
        *(a_phase(one, 900.0, look={Zone.SEATS: parse_setting(one)}) for one in looks)
    )


def a_session(fixture: Fixture, *looks: str) -> LitSession:
    """A session whose first look is reached."""
    session = LitSession(fixture, a_plan(*looks))
    session.live(80.0)
    return session


def percent(level: str) -> Lights:
    """A level by the therapist."""
    return Lights.model_validate({"level": level})


@pytest.mark.parametrize(
    ("looks", "presses"),
    [
        (("40% 2700 K", "40% 4000 K"), [Next()]),
        (("20% 2700 K", "80% 4000 K"), [percent("30%"), Next()]),
        (("20% 2700 K", "80% 4000 K"), [percent("30%"), LightsUp()]),
    ],
)
def test_undo_takes_the_white_back_too(
    make_fixture: MakeFixture, looks: tuple[str, str], presses: list[Press]
) -> None:
    """Of a press that changed it."""
    session = a_session(make_fixture("home-assistant", *CAN, state_topic=STATE), *looks)
    for press in presses:
        session.press(press)
        session.live(6.0)
    session.press(Undo())
    session.live(90.0)
    assert session.shown.kelvin == pytest.approx(2700.0, abs=30.0)


@pytest.mark.parametrize("then", [Undo(), Lights()])
@pytest.mark.parametrize("after", [0.1, 0.5, 1.1, 2.2])
def test_a_group_comes_down_again_from_lights_up(
    make_fixture: MakeFixture, then: Press, after: float
) -> None:
    """Pressed by mistake and taken back at once."""
    session = a_session(
        make_fixture("zigbee2mqtt-group", *CAN, state_topic=STATE), "30% 2400 K", "80% 4000 K"
    )
    session.one.news.clear()
    session.press(LightsUp())
    session.live(after)
    session.press(then)
    session.live(60.0)
    assert session.one.news == []
    assert session.shown.level == pytest.approx(0.3, abs=0.02)


SLOW_AFTER_QUICK = {
    "zigbee2mqtt": (("80% 4000 K", 60.0, 60.0), ("urgent", 65.0, 3.0), ("80% 4000 K", 66.1, 54.0)),
    "zigbee2mqtt-group": (("80%", 60.0, 60.0), ("urgent", 61.0, 3.0), ("80%", 62.0, 58.0)),
    "zwave-js": (("100%", 60.0, 5.0), ("10%", 63.5, 4.0), ("80%", 65.5, 60.0)),
}


@pytest.mark.parametrize("dialect", SLOW_AFTER_QUICK)
def test_a_slow_fade_that_follows_a_quick_one_is_no_hand_s(
    make_fixture: MakeFixture, dialect: str
) -> None:
    """The lamp was told a moment late, and tells of its way each second."""
    one = FaultyLamp(make_fixture(dialect, *CAN, state_topic=STATE), LampFaults())
    one.ask("20% 2400 K", 10.0, 5.0)
    one.live(10.0, 60.0)
    looks = SLOW_AFTER_QUICK[dialect]
    ends = [*(begin for _, begin, _ in looks[1:]), 110.0]
    for (look, begin, span), end in zip(looks, ends, strict=True):
        urgent = look == "urgent"
        setting = parse_setting("70% 3000 K" if urgent else look)
        one.lamp.set_target(setting, Seconds(begin), Seconds(span), urgent=urgent)
        one.live(begin, end)
    assert one.news == []


def test_a_hand_at_the_white_in_a_fade_by_stretches_is_left_alone(
    make_fixture: MakeFixture,
) -> None:
    """Tasmota is told anew every twenty seconds."""
    one = FaultyLamp(make_fixture("tasmota", *Ability, state_topic=STATE), LampFaults())
    one.ask("40% 2700 K", 10.0, 5.0)
    one.live(10.0, 60.0)
    one.ask("70% 4000 K", 60.0, 40.0)
    one.live(60.0, 75.0)
    one.light.apply(ParsedCommand(kelvin=Kelvin(6000.0)), Seconds(75.0))
    one.say(75.0)
    one.live(75.0, 130.0)
    assert len(one.news) == 1


def test_a_hand_at_the_white_of_a_lamp_on_its_way_is_one_hand(make_fixture: MakeFixture) -> None:
    """What a Z-Wave lamp tells of its own fade then isn't another controller's work."""
    one = FaultyLamp(make_fixture("zwave-js", *Ability, state_topic=STATE), LampFaults())
    one.ask("40% 2700 K", 10.0, 5.0)
    one.live(10.0, 60.0)
    one.ask("70% 4000 K", 60.0, 20.0)
    one.live(60.0, 70.0)
    one.light.apply(ParsedCommand(kelvin=Kelvin(6000.0)), Seconds(70.0))
    one.say(70.0)
    one.live(70.0, 130.0)
    assert len(one.news) == 1
