"""Hands in the middle of a fade, and lamps that go their own way though nobody touched them."""

from collections.abc import Callable
from typing import Any

import pytest
from support.led_lamp import LedLamp
from support.lone_lamp import STATE

from kacenv.core.units import Seconds
from kacenv.model.dialects import Dialect
from kacenv.model.look import parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
BEGIN, SPAN = 10.0, 40.0


def _listens(_: float) -> bool:
    return False


@pytest.fixture(params=list(Dialect))
def fixture(request: pytest.FixtureRequest, make_fixture: MakeFixture) -> Fixture:
    """Return a lamp of each dialect, which fades by itself where lamps of its kind do."""
    words: dict[str, Any] = {"state_topic": STATE}
    return make_fixture(str(request.param), "level", "transition", **words)


@pytest.mark.parametrize(
    ("start", "target", "hand"),
    [(0.8, "5%", hand) for hand in (0.0, 0.25, 0.99)]
    + [(0.05, "80%", hand) for hand in (0.0, 0.25, 0.99)]
    + [(0.3, "off", 0.99)],
)
def test_a_hand_in_mid_fade_is_told_at_once_and_left_alone(
    fixture: Fixture, start: float, target: str, hand: float
) -> None:
    """To off, to a level on the way and to one beyond it; resume has it again."""
    room = LedLamp(fixture, start, deaf=_listens)
    room.ask(target, BEGIN, SPAN)
    room.live(BEGIN, BEGIN + 20.0)
    assert room.news == []
    room.touch(hand, BEGIN + 20.0)
    told = len(room.sent)
    room.live(BEGIN + 20.0, BEGIN + 21.0)
    assert ["by hand" in news for news in room.news] == [True]
    room.live(BEGIN + 21.0, BEGIN + 90.0)
    assert (len(room.sent), len(room.news)) == (told, 1)
    assert room.light.level_at(BEGIN + 90.0) == pytest.approx(hand)
    room.lamp.resume(Seconds(BEGIN + 90.0), Seconds(4.0))
    room.live(BEGIN + 90.0, BEGIN + 110.0)
    reached = room.light.level_at(BEGIN + 110.0)
    assert reached == pytest.approx(parse_setting(target).level, abs=0.05)


@pytest.mark.parametrize("dialect", ["home-assistant", "shelly"])
def test_a_hand_to_a_level_that_the_lamp_would_pass_is_told_after_the_fade(
    make_fixture: MakeFixture, dialect: str
) -> None:
    """Until then the lamp may be telling of its way; a hand's level is the last that it tells."""
    room = LedLamp(
        make_fixture(dialect, "level", "transition", state_topic=STATE), 0.3, deaf=_listens
    )
    room.ask("off", BEGIN, SPAN)
    room.live(BEGIN, BEGIN + 20.0)
    room.touch(0.14, BEGIN + 20.0)
    told = len(room.sent)
    room.live(BEGIN + 20.0, BEGIN + SPAN)
    assert room.news == []
    room.live(BEGIN + SPAN, BEGIN + 90.0)
    assert ["by hand" in news for news in room.news] == [True]
    assert len(room.sent) == told


@pytest.mark.parametrize("dialect", ["plain", "tasmota", "wled"])
def test_a_lamp_switched_off_on_its_way_to_off_isn_t_lit_again(
    make_fixture: MakeFixture, dialect: str
) -> None:
    """Of a lamp that is told more than once: off is where it was going, and not yet."""
    lamp = make_fixture(dialect, "level", "transition", state_topic=STATE)
    room = LedLamp(lamp, 0.3, deaf=_listens)
    room.ask("off", BEGIN, SPAN)
    room.live(BEGIN, BEGIN + 15.0)
    room.touch(0.0, BEGIN + 15.0)
    told = len(room.sent)
    room.live(BEGIN + 15.0, BEGIN + 90.0)
    assert ["by hand" in news for news in room.news] == [True]
    assert len(room.sent) == told


@pytest.mark.parametrize("dialect", ["zigbee2mqtt", "zwave-js"])
def test_a_lamp_that_missed_a_look_and_ends_its_fade_was_not_changed_by_hand(
    make_fixture: MakeFixture, dialect: str
) -> None:
    """Nobody has answered the new look; the lamp tells where the fade before it has ended."""
    room = LedLamp(make_fixture(dialect, "level", "transition"), 0.8, deaf=lambda at: at > BEGIN)
    room.ask("2%", BEGIN, SPAN)
    room.live(BEGIN, BEGIN + 20.0)
    room.ask("60%", BEGIN + 20.0, 120.0)
    room.live(BEGIN + 20.0, BEGIN + SPAN + 2.0)
    room.say(BEGIN + SPAN + 2.0)
    room.live(BEGIN + SPAN + 2.0, BEGIN + SPAN + 4.0)
    assert room.news == []


def test_a_lamp_that_does_not_obey_was_not_changed_by_hand(fixture: Fixture) -> None:
    """It says off whatever it is told: staff read that it doesn't follow."""
    room = LedLamp(fixture, 0.0, deaf=lambda _: True)
    room.ask("40%", BEGIN, 10.0)
    for at in range(60):
        room.live(BEGIN + at, BEGIN + at + 1)
        if at % 3 == 0:
            room.say(BEGIN + at + 1)
    assert len(room.news) == 1
    assert "doesn't follow: it should show 40%, and says off" in room.news[0]


@pytest.mark.parametrize("dialect", ["zigbee2mqtt", "zigbee2mqtt-group", "zwave-js"])
@pytest.mark.parametrize("obeys", [True, False])
def test_a_bulb_that_misses_off_in_a_fade_is_told_again(
    make_fixture: MakeFixture, dialect: str, obeys: bool
) -> None:
    """Its bridge says OFF at once, the bulb stays at 40 %: told again; else named, never a hand."""
    room = LedLamp(make_fixture(dialect, "level", "transition"), 0.8, deaf=_listens)
    room.ask("off", BEGIN, 10.0)
    room.live(BEGIN, BEGIN + 5.0)
    room.touch(0.4, BEGIN + 5.0)
    missed = room.orders
    room.deaf = lambda now: not obeys or now < BEGIN + 10.0
    for at in range(5, 40):
        room.live(BEGIN + at, BEGIN + at + 1)
        if room.orders > missed:
            room.say(BEGIN + at + 1, 0.0)
            missed = room.orders
        # Zigbee bulbs are asked; a Z-Wave node reports by itself.
        if dialect == "zwave-js" or room.light.level_at(BEGIN + at + 1) > 0:
            room.say(BEGIN + at + 1.0)
    room.say(BEGIN + 45.0)
    assert not any("by hand" in news for news in room.news)
    if obeys:
        assert room.light.level_at(BEGIN + 40.0) == 0.0
        assert room.news == []
    else:
        assert "doesn't follow: it should show off, and says 40" in room.news[0]


@pytest.mark.parametrize("dialect", ["zigbee2mqtt", "zigbee2mqtt-group"])
@pytest.mark.parametrize("span", [6.0, 30.0, 600.0])
def test_a_bulb_for_which_only_its_bridge_has_spoken_is_asked(
    make_fixture: MakeFixture, dialect: str, span: float
) -> None:
    """It ignores the command and says nothing of itself: told again, then named, never a hand."""
    room = LedLamp(make_fixture(dialect, "level", "transition"), 0.4, deaf=lambda _: True)
    room.ask("off", BEGIN, span)
    room.live(BEGIN, BEGIN + 0.5)
    told = room.orders
    room.say(BEGIN + 0.5, 0.0)
    room.live(BEGIN + 0.5, BEGIN + span + 60.0)
    assert room.orders > told
    assert ["doesn't follow: it should show off, and says 40" in one for one in room.news] == [True]
    room.deaf = _listens
    room.ask("30%", BEGIN + span + 60.0, 20.0)
    for at in range(25):
        room.live(BEGIN + span + 60.0 + at, BEGIN + span + 61.0 + at)
        room.say(BEGIN + span + 61.0 + at)
    assert not any("by hand" in news for news in room.news)


def test_a_hand_after_a_look_is_a_hand_whatever_a_bridge_has_said(fixture: Fixture) -> None:
    """Ten seconds or more after the fade, also where the lamp has said nothing itself."""
    room = LedLamp(fixture, 0.2, deaf=_listens)
    room.ask("60%", BEGIN, 5.0)
    room.live(BEGIN, BEGIN + 20.0)
    room.touch(0.1, BEGIN + 20.0)
    room.live(BEGIN + 20.0, BEGIN + 60.0)
    assert ["by hand" in news for news in room.news] == [True]
    assert room.light.level_at(BEGIN + 60.0) == pytest.approx(0.1)
