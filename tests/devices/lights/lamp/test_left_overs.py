"""What others have left running or lit in a lamp, and whites that it missed while it was dark."""

from collections.abc import Callable

import pytest
from support.faulty_lamp import FaultyLamp
from support.lone_lamp import STATE

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import ParsedCommand
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.model.dialects import Dialect
from kacenv.model.look import parse_setting
from kacenv.model.room import Ability, Fixture

MakeFixture = Callable[..., Fixture]
ALL = tuple(str(one) for one in Ability)
WITH_WHITES = [one for one in Dialect if one != "plain"]
WORDS = {"white_payload": "W{kelvin}", "state_key": "level", "white_key": "white"}


@pytest.mark.parametrize("can", [("level", "transition"), ("level", "kelvin"), ALL])
@pytest.mark.parametrize("look", ["30%", "30% 3000 K", "30% #ff8040"])
@pytest.mark.parametrize("dialect", ["home-assistant", "zigbee2mqtt", "tasmota", "wled"])
def test_an_effect_ends_with_the_next_look(
    make_fixture: MakeFixture, dialect: str, look: str, can: tuple[str, ...]
) -> None:
    """Whatever the look sets and the lamp can; the look is shown as without one."""
    lamp = FaultyLamp(make_fixture(dialect, *can, state_topic=STATE), LampFaults(), "60%")
    lamp.light.apply(ParsedCommand(effect="candle"), Seconds(1.0))
    lamp.say(1.0)
    lamp.ask(look, 2.0, 5.0)
    lamp.live(2.0, 20.0)
    assert lamp.light.effect == ""
    assert lamp.at(20.0).level == pytest.approx(0.3, abs=0.01)
    assert lamp.news == []


@pytest.mark.parametrize("dialect", ["home-assistant", "zigbee2mqtt", "wled"])
@pytest.mark.parametrize("at", [20.0, 100.0])
def test_an_effect_that_somebody_starts_is_a_hand_s(
    make_fixture: MakeFixture, dialect: str, at: float
) -> None:
    """In the middle of a fade or after it: told once, left alone, and ended by `lights resume`."""
    lamp = FaultyLamp(make_fixture(dialect, *ALL, state_topic=STATE), LampFaults(), "60%")
    lamp.ask("30%", 10.0, 60.0)
    lamp.live(10.0, at)
    sent = len(lamp.sent)
    lamp.light.apply(ParsedCommand(effect="candle"), Seconds(at))
    lamp.live(at, 130.0)
    assert lamp.light.effect == "candle"
    assert len(lamp.sent) == sent
    assert len(lamp.news) == 1
    assert "changed by hand" in lamp.news[0]
    lamp.lamp.resume(Seconds(130.0), Seconds(2.0))
    lamp.live(130.0, 150.0)
    assert lamp.light.effect == ""
    assert lamp.at(150.0).level == pytest.approx(0.3, abs=0.01)


def test_a_lamp_without_effects_is_told_of_none(make_fixture: MakeFixture) -> None:
    """Not one that never tells of them, nor one that runs none; a dark one is only switched off."""
    for effect, look in ((None, "30%"), ("", "30%"), ("candle", "off")):
        lamp = FaultyLamp(
            make_fixture("home-assistant", *ALL, state_topic=STATE), LampFaults(), "60% 3000 K"
        )
        lamp.light.effect = effect
        lamp.say(1.0)
        lamp.ask(look, 2.0, 5.0)
        lamp.live(2.0, 20.0)
        assert b"effect" not in b"".join(message.payload for _, message in lamp.sent)


def test_a_stepped_lamp_is_told_once_that_its_effect_ends(make_fixture: MakeFixture) -> None:
    """Not with each step, even if it doesn't know the word."""
    lamp = FaultyLamp(
        make_fixture("home-assistant", "level", state_topic=STATE), LampFaults(), "60%"
    )
    report = b'{"state":"ON","brightness":153,"effect":"Aurora"}'
    lamp.lamp.handle_report(STATE, report, Seconds(1.0))
    lamp.ask("30%", 2.0, 5.0)
    messages = [one for now in range(20, 80) for one in lamp.lamp.messages(Seconds(now / 10))]
    assert len(messages) > 10
    assert sum(b"effect" in message.payload for message in messages) == 1


@pytest.mark.parametrize("mode", ["rgbww", "rgbct"])
def test_white_and_colour_each_put_the_other_out(make_fixture: MakeFixture, mode: str) -> None:
    """Also in a lamp of ESPHome's that would let both shine, as its colour mode tells."""
    fixture = make_fixture("home-assistant", *ALL, state_topic=STATE)
    lamp = FaultyLamp(fixture, LampFaults(mode=mode), "60% 3000 K")
    for number, look in enumerate(["30% #ff8040", "30% 2700 K", "30% #40ff80", "30%"]):
        begin = 10.0 + number * 20.0
        lamp.ask(look, begin, 5.0)
        lamp.live(begin, begin + 20.0)
        assert not lamp.light.extras.mixed, look
    assert lamp.news == []


def test_a_strip_of_shelly_s_shows_white_or_colour(make_fixture: MakeFixture) -> None:
    """It has a white channel beside its colours, and one white of its own."""
    lamp = FaultyLamp(make_fixture("shelly", *ALL, topic="strip/rgbw:0"), LampFaults(), "off")
    for number, look in enumerate(["30% #ff8040", "30% 2200 K", "30% #40ff80"]):
        begin = 10.0 + number * 20.0
        lamp.ask(look, begin, 5.0)
        lamp.live(begin, begin + 20.0)
        wanted = parse_setting(look)
        assert lamp.at(begin + 20.0)[1:] == wanted[1:]
    assert lamp.news == []


@pytest.mark.parametrize("mode", ["", "cwww"])
def test_a_lamp_that_shows_one_of_both_is_told_of_one(make_fixture: MakeFixture, mode: str) -> None:
    """A colour of 0 beside its white would darken it."""
    fixture = make_fixture("home-assistant", *ALL, state_topic=STATE)
    lamp = FaultyLamp(fixture, LampFaults(mode=mode), "60% 3000 K")
    lamp.ask("30% 2700 K", 10.0, 5.0)
    lamp.live(10.0, 20.0)
    assert b'"color"' not in b"".join(message.payload for _, message in lamp.sent)
    assert lamp.at(20.0).kelvin == pytest.approx(2700.0, abs=20.0)


@pytest.mark.parametrize("span", [1.0, 600.0])
@pytest.mark.parametrize("look", ["40% 2500 K", "40% #ff8040"])
@pytest.mark.parametrize("can", [ALL, ALL[:-1]])
@pytest.mark.parametrize("dialect", WITH_WHITES)
def test_a_lamp_that_takes_no_white_in_the_dark_has_it_soon_after(
    make_fixture: MakeFixture, dialect: str, can: tuple[str, ...], look: str, span: float
) -> None:
    """In every dialect, whether the lamp fades by itself or is stepped."""
    lamp = FaultyLamp(
        make_fixture(dialect, *can, state_topic=STATE), LampFaults(deaf_to_white=True)
    )
    lamp.ask(look, 10.0, span)
    lamp.live(10.0, 10.0 + min(span, 12.0) + 4.0)
    shown, wanted = lamp.at(26.0), parse_setting(look)
    assert shown.color == wanted.color
    assert shown.kelvin == (wanted.kelvin and pytest.approx(wanted.kelvin, abs=30.0))
    assert lamp.news == []


@pytest.mark.parametrize("span", [1.0, 600.0])
def test_a_plain_lamp_has_its_white_soon_after_it_is_lit(
    make_fixture: MakeFixture, span: float
) -> None:
    """Where the room file says how a white is told."""
    fixture = make_fixture("plain", "level", "kelvin", state_topic=STATE, **WORDS)
    lamp = FaultyLamp(fixture, LampFaults(deaf_to_white=True), "off")
    lamp.ask("40% 2500 K", 10.0, span)
    lamp.live(10.0, 26.0)
    assert lamp.at(26.0).kelvin == pytest.approx(2500.0, abs=30.0)
