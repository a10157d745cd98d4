"""Power cuts: lamps that come back at full are led back; hands that look alike are left alone."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from support.led_lamp import LedLamp
from support.lone_lamp import STATE

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import codec, device_side
from kacenv.devices.lights.lamp.restart_signs import (
    ANY_AFTER,
    REPORT_AFTER,
    RETAINED_FOR,
    SIGN_AFTER,
)
from kacenv.model.dialects import Dialect
from kacenv.model.look import parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
BEGIN, LIT = 10.0, 40.0
AVAILABILITY = "house/lamp/there"
ANNOUNCED = json.dumps(
    {"type": "device_announce", "data": {"friendly_name": "lamp", "ieee_address": "0x1"}}
).encode()
TASMOTA = b'{"Info3":{"RestartReason":"Power On","BootCount":7}}'
SIGNS = {
    "zigbee2mqtt": ("house/bridge/event", ANNOUNCED),
    "zigbee2mqtt-group": ("house/bridge/event", ANNOUNCED),
    "tasmota": ("tele/house/lamp/INFO3", TASMOTA),
}
WORDS: dict[str, Any] = {"state_topic": STATE}


def settled(fixture: Fixture, look: str = "2%", span: float = 5.0) -> LedLamp:
    """A lamp that has followed a look, and has said so."""
    room = LedLamp(fixture, 0.5)
    room.ask(look, BEGIN, span)
    room.live(BEGIN, BEGIN + 15.0)
    if span < 15.0:
        room.say(BEGIN + 15.0)
    room.live(BEGIN + 15.0, LIT)
    assert room.news == []
    return room


def nearest(fixture: Fixture, level: float) -> float:
    """The level that the lamp's own numbers give."""
    scale = codec(fixture).scale
    return scale.level(scale.units(level))


def hear(room: LedLamp, topic: str, payload: bytes, now: float) -> None:
    """Pass on a message about the lamp."""
    room.lamp.handle_report(topic, payload, Seconds(now))


def signs(room: LedLamp, now: float) -> None:
    """Have the lamp's bridge or program say that it is there again."""
    hear(room, *SIGNS[str(room.lamp.fixture.dialect)], now)


def cut(room: LedLamp, now: float, level: float = 1.0) -> None:
    """Cut the lamp's power, which is back at once."""
    room.light.turn(level, Seconds(now))


@pytest.fixture(params=SIGNS)
def fixture(request: pytest.FixtureRequest, make_fixture: MakeFixture) -> Fixture:
    """Return a lamp of each dialect that tells of its restart."""
    return make_fixture(request.param, "level", "transition", **WORDS)


@pytest.fixture(params=["zigbee2mqtt", "tasmota"])
def lone(request: pytest.FixtureRequest, make_fixture: MakeFixture) -> Fixture:
    """Return a lamp whose sign is its own: any announcement is a group's, a hand's work or not."""
    return make_fixture(request.param, "level", "transition", **WORDS)


@pytest.mark.parametrize("order", ["sign first", "sign alone", "late report"])
def test_a_lamp_back_at_full_is_at_its_look_in_two_seconds(fixture: Fixture, order: str) -> None:
    """Whichever word comes first; nobody's hand is suspected."""
    room = settled(fixture)
    cut(room, LIT)
    signs(room, LIT)
    if order == "sign first":
        room.say(LIT + 0.1)
    room.live(LIT + 0.1, LIT + 2.0)
    assert room.light.level_at(LIT + 2.0) == pytest.approx(0.02, abs=0.01)
    room.live(LIT + 2.0, LIT + 2.6)
    if order == "late report":
        room.say(LIT + 2.6, 1.0)
    room.live(LIT + 2.6, LIT + 60.0)
    assert room.light.level_at(LIT + 60.0) == pytest.approx(0.02, abs=0.01)
    assert not any("hand" in news or "doesn't" in news for news in room.news)


def test_a_report_before_the_sign_is_explained_by_it(lone: Fixture) -> None:
    """Two seconds after the sign the lamp is at its look, though it looked like a hand's work."""
    room = settled(lone)
    cut(room, LIT)
    room.say(LIT)
    room.live(LIT, LIT + 0.5)
    signs(room, LIT + 0.5)
    room.live(LIT + 0.5, LIT + 2.5)
    assert room.light.level_at(LIT + 2.5) == pytest.approx(0.02, abs=0.01)
    assert not any("changed by hand" in news for news in room.news)


def test_staff_read_of_the_power_cut(lone: Fixture) -> None:
    """Once, where the lamp was seen to come back at another light."""
    room = settled(lone)
    cut(room, LIT)
    room.say(LIT)
    room.live(LIT, LIT + 0.5)
    signs(room, LIT + 0.5)
    room.live(LIT + 0.5, LIT + 60.0)
    assert room.news == ["Lamp lamp came back from a power cut; kacenv leads it back to its look."]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_any_lamp_that_says_when_it_is_there_is_at_its_look_in_two_seconds(
    make_fixture: MakeFixture, dialect: Dialect
) -> None:
    """Gone and back by its availability, in any dialect; its report comes with it."""
    fixture = make_fixture(
        str(dialect), "level", "transition", availability_topic=AVAILABILITY, **WORDS
    )
    room = settled(fixture)
    device = device_side(fixture)
    for at, there in ((LIT, False), (LIT + 20.0, True)):
        message = device.availability(there)
        assert message is not None
        hear(room, *message, at)
        room.live(at, at + 20.0) if not there else None
    cut(room, LIT + 20.0)
    room.say(LIT + 20.1)
    room.live(LIT + 20.1, LIT + 22.0)
    assert room.light.level_at(LIT + 22.0) == pytest.approx(nearest(fixture, 0.02), abs=0.01)
    assert not any("hand" in news for news in room.news)


@pytest.mark.parametrize("dialect", ["wled", "home-assistant", "shelly", "tasmota", "plain"])
def test_a_lamp_that_was_never_missed_is_led_back_when_it_says_it_is_there(
    make_fixture: MakeFixture, dialect: str
) -> None:
    """A power cut shorter than its line's timeout: `online` a second time, then full."""
    fixture = make_fixture(dialect, "level", "transition", availability_topic=AVAILABILITY, **WORDS)
    room = settled(fixture)
    message = device_side(fixture).availability(True)
    assert message is not None
    hear(room, *message, LIT - 5.0)
    cut(room, LIT)
    hear(room, *message, LIT)
    room.say(LIT + 0.2)
    room.live(LIT + 0.2, LIT + 2.0)
    assert room.light.level_at(LIT + 2.0) == pytest.approx(nearest(fixture, 0.02), abs=0.01)
    assert not any("hand" in news for news in room.news)


def test_a_lamp_back_in_mid_fade_goes_on_with_its_fade(fixture: Fixture) -> None:
    """Two seconds after its first word it is where the fade should have it, and stays with it."""
    room = settled(fixture, "10%", 400.0)
    cut(room, LIT)
    signs(room, LIT)
    room.say(LIT + 0.1)
    for begin, at in pairwise((0.1, 2.0, 10.0, 60.0, 200.0)):
        room.live(LIT + begin, LIT + at)
        planned = 0.5 - 0.4 * (LIT + at - BEGIN) / 400.0
        assert room.light.level_at(LIT + at) == pytest.approx(planned, abs=0.02)
    assert not any("hand" in news or "doesn't" in news for news in room.news)


def test_a_hand_that_sets_full_is_left_alone(fixture: Fixture) -> None:
    """Without a sign nobody can tell it from a power cut: it wins, and staff read both."""
    room = settled(fixture)
    told = len(room.sent)
    room.touch(1.0, LIT)
    room.live(LIT, LIT + SIGN_AFTER - 0.5)
    assert room.news == []
    room.live(LIT + SIGN_AFTER - 0.5, LIT + 90.0)
    assert len(room.sent) == told
    (news,) = room.news
    assert news == (
        "Lamp lamp went to full at once, by hand or after a power cut; it stays so until the next "
        "look. Bring it back with: kacenv lights resume"
    )


@pytest.mark.parametrize("hand", [0.0, 0.3, 1.0])
def test_a_sign_alone_takes_no_lamp_out_of_a_hand(fixture: Fixture, hand: float) -> None:
    """A bulb that announces itself without having lost its power stays as a hand has set it."""
    room = settled(fixture)
    room.touch(hand, LIT)
    room.live(LIT, LIT + 20.0)
    told = len(room.sent)
    signs(room, LIT + 20.0)
    room.live(LIT + 20.0, LIT + 25.0)
    room.say(LIT + 25.0)
    room.live(LIT + 25.0, LIT + 90.0)
    queries = room.light.device.codec.state_query
    assert [one for _, one in room.sent[told:] if one not in queries] == []
    assert room.light.level_at(LIT + 90.0) == pytest.approx(hand)


def test_a_lamp_in_a_hand_that_loses_its_power_is_led_back(lone: Fixture) -> None:
    """The hand's work is gone with the power: its look counts again."""
    room = settled(lone)
    room.touch(0.3, LIT)
    room.live(LIT, LIT + 20.0)
    cut(room, LIT + 20.0)
    signs(room, LIT + 20.0)
    room.say(LIT + 20.2)
    room.live(LIT + 20.2, LIT + 22.0)
    assert room.light.level_at(LIT + 22.0) == pytest.approx(0.02, abs=0.01)
    assert "came back from a power cut" in room.news[-1]


def test_a_hand_some_seconds_after_a_sign_is_a_hand(fixture: Fixture) -> None:
    """Another level than the one that lamps come back at."""
    room = settled(fixture)
    signs(room, LIT)
    room.live(LIT, LIT + ANY_AFTER + 1.0)
    room.say(LIT + ANY_AFTER + 1.0)
    room.touch(0.4, LIT + ANY_AFTER + 2.0)
    room.live(LIT + ANY_AFTER + 2.0, LIT + 60.0)
    assert ["by hand" in news for news in room.news] == [True]
    assert room.light.level_at(LIT + 60.0) == pytest.approx(0.4)
    assert ANY_AFTER + 2.0 < REPORT_AFTER


def test_the_announcement_of_another_lamp_is_none_of_its_own(make_fixture: MakeFixture) -> None:
    """Also where names contain slashes, and bridges, too."""
    topic = "house/zigbee/garden/lamp"
    room = settled(make_fixture("zigbee2mqtt", "level", "transition", topic=topic))
    for base, name in (
        ("house/zigbee", "garden/lamp 2"),
        ("house/zigbee", "lamp"),
        ("house", "garden/lamp"),
    ):
        told = len(room.sent)
        event = {"type": "device_announce", "data": {"friendly_name": name}}
        hear(room, f"{base}/bridge/event", json.dumps(event).encode(), LIT)
        room.live(LIT, LIT + 5.0)
        assert len(room.sent) == told
    event = {"type": "device_announce", "data": {"friendly_name": "garden/lamp"}}
    hear(room, "house/zigbee/bridge/event", json.dumps(event).encode(), LIT + 10.0)
    room.live(LIT + 10.0, LIT + 15.0)
    assert room.light.level_at(LIT + 15.0) == pytest.approx(0.02, abs=0.01)
    assert len(room.sent) > told


def test_a_retained_word_of_a_restart_is_old(make_fixture: MakeFixture) -> None:
    """What a broker kept of yesterday's restart isn't one."""
    room = settled(make_fixture("tasmota", "level", "transition"))
    room.lamp.broker_gone()
    room.lamp.broker_back(Seconds(LIT))
    hear(room, "tele/house/lamp/INFO3", TASMOTA, LIT + RETAINED_FOR - 0.5)
    room.live(LIT, LIT + ANY_AFTER)
    room.touch(0.7, LIT + ANY_AFTER)
    assert room.lamp.state(Seconds(LIT + ANY_AFTER)).by_hand


def test_a_bright_look_is_reached_without_haste(make_fixture: MakeFixture) -> None:
    """A lamp that comes back dark isn't brightened faster than ever."""
    room = settled(make_fixture("zigbee2mqtt", "level", "transition"), "80%")
    cut(room, LIT, 0.0)
    signs(room, LIT)
    room.say(LIT + 0.1, 0.0)
    levels = []
    for tick in range(1, 100):
        room.live(LIT + tick / 10, LIT + tick / 10 + 0.1)
        levels.append(room.light.level_at(LIT + tick / 10 + 0.1))
    assert max(b - a for a, b in pairwise(levels)) <= 0.0201
    assert levels[-1] == pytest.approx(parse_setting("80%").level, abs=0.01)


def test_a_stepped_lamp_back_in_mid_fade_is_stepped_to_it(make_fixture: MakeFixture) -> None:
    """From full in a second, without a jump, whichever word comes first; then with its fade."""
    for first in ("online", "report"):
        room = settled(make_fixture("zigbee2mqtt", "level"), "10%", 400.0)
        hear(room, "house/lamp/availability", b"offline", LIT)
        room.live(LIT, LIT + 5.0)
        cut(room, LIT + 5.0)
        if first == "report":
            room.say(LIT + 5.0)
        hear(room, "house/lamp/availability", b"online", LIT + 5.0)
        if first == "online":
            room.say(LIT + 5.1)
        levels = []
        for tick in range(51, 250):
            room.live(LIT + tick / 10, LIT + tick / 10 + 0.1)
            levels.append(room.light.level_at(LIT + tick / 10 + 0.1))
        assert max(one - other for one, other in pairwise(levels)) <= 0.2 * 0.6 + 0.05
        assert levels[19] == pytest.approx(0.5 - 0.4 * 37.0 / 400.0, abs=0.01)
        assert levels[-1] == pytest.approx(0.5 - 0.4 * 55.0 / 400.0, abs=0.01)


def live_unheard(room: LedLamp, start: float, end: float) -> None:
    """Have the lamp obey, but say nothing."""
    for tick in range(round((end - start) * 10)):
        now = Seconds(round(start + tick / 10, 3))
        messages = room.lamp.messages(now)
        room.sent += [(now, one) for one in messages]
        queries = room.light.device.codec.state_query
        room.light.take([one for one in messages if one not in queries], now)
        room.news += room.lamp.staff_messages()


def test_a_restart_that_is_certain_is_answered_though_the_lamp_says_nothing(lone: Fixture) -> None:
    """Its look is told again, whatever it shows."""
    room = settled(lone)
    cut(room, LIT)
    signs(room, LIT)
    live_unheard(room, LIT, LIT + 2.0)
    assert room.light.level_at(LIT + 2.0) == pytest.approx(0.02, abs=0.01)


@pytest.mark.parametrize("dialect", ["tasmota", "shelly"])
def test_a_lamp_that_says_once_more_that_it_is_there_is_asked_what_it_shows(
    make_fixture: MakeFixture, dialect: str
) -> None:
    """Its answer tells of the power cut."""
    fixture = make_fixture(dialect, "level", "transition", availability_topic=AVAILABILITY, **WORDS)
    room = settled(fixture)
    message = device_side(fixture).availability(True)
    assert message is not None
    hear(room, *message, LIT - 5.0)
    room.live(LIT - 5.0, LIT)
    room.sent.clear()
    live_unheard(room, LIT, LIT + 1.0)
    cut(room, LIT + 1.0)
    hear(room, *message, LIT + 1.0)
    live_unheard(room, LIT + 1.0, LIT + 1.2)
    assert [one for _, one in room.sent] == list(codec(fixture).state_query)


def test_a_stepped_lamp_is_waited_for_after_each_power_cut(make_fixture: MakeFixture) -> None:
    """It isn't stepped from where it was before: what it shows now, it says a moment later."""
    room = settled(make_fixture("zigbee2mqtt", "level"), "30%")
    for at in (LIT, LIT + 60.0):
        cut(room, at)
        signs(room, at)
        live_unheard(room, at, at + 0.6)
        assert room.light.level_at(at + 0.6) == 1.0
        room.say(at + 0.6)
        room.live(at + 0.6, at + 60.0)
        assert room.light.level_at(at + 60.0) == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_lamp_that_goes_and_comes_is_in_no_hand_any_more(
    make_fixture: MakeFixture, dialect: Dialect
) -> None:
    """Gone and back by its availability: the hand's work is gone with the power."""
    fixture = make_fixture(
        str(dialect), "level", "transition", availability_topic=AVAILABILITY, **WORDS
    )
    room = settled(fixture)
    room.touch(0.5, LIT)
    assert room.lamp.state(Seconds(LIT)).by_hand
    for at, there in ((LIT + 10.0, False), (LIT + 20.0, True)):
        message = device_side(fixture).availability(there)
        assert message is not None
        hear(room, *message, at)
    cut(room, LIT + 20.0)
    room.say(LIT + 20.1)
    room.live(LIT + 20.1, LIT + 22.0)
    assert room.light.level_at(LIT + 22.0) == pytest.approx(nearest(fixture, 0.02), abs=0.01)


def test_a_lamp_in_a_hand_whose_power_cut_is_told_late_is_led_back(lone: Fixture) -> None:
    """It says that it is at full before anybody says that it has restarted."""
    room = settled(lone)
    room.touch(0.3, LIT)
    room.live(LIT, LIT + 20.0)
    cut(room, LIT + 20.0)
    room.say(LIT + 20.0)
    room.live(LIT + 20.0, LIT + 20.5)
    signs(room, LIT + 20.5)
    room.live(LIT + 20.5, LIT + 22.5)
    assert room.light.level_at(LIT + 22.5) == pytest.approx(0.02, abs=0.01)


def test_a_jump_is_told_at_once_when_the_broker_goes(fixture: Fixture) -> None:
    """No sign of a restart can be heard any more."""
    room = settled(fixture)
    room.touch(1.0, LIT)
    assert room.lamp.staff_messages() == ()
    room.lamp.broker_gone()
    assert ["went to full" in news for news in room.lamp.staff_messages()] == [True]


def back_in_mid_fade(make_fixture: MakeFixture) -> LedLamp:
    """A lamp that has come back at full, by its availability, and is on its way to its fade."""
    fixture = make_fixture(
        "home-assistant", "level", "transition", availability_topic=AVAILABILITY, **WORDS
    )
    room = settled(fixture, "10%", 400.0)
    hear(room, AVAILABILITY, b"online", LIT)
    cut(room, LIT)
    hear(room, AVAILABILITY, b"online", LIT)
    room.say(LIT + 0.1)
    room.live(LIT + 0.1, LIT + 0.7)
    return room


def test_a_hand_on_the_way_back_is_left_alone(make_fixture: MakeFixture) -> None:
    """The lamp doesn't rejoin its fade."""
    room = back_in_mid_fade(make_fixture)
    room.touch(0.2, LIT + 0.7)
    room.live(LIT + 0.7, LIT + 60.0)
    assert room.light.level_at(LIT + 60.0) == pytest.approx(0.2)
    assert "by hand" in room.news[-1]


def test_a_look_on_the_way_back_takes_its_own_time(make_fixture: MakeFixture) -> None:
    """It isn't hurried as the way back is."""
    room = back_in_mid_fade(make_fixture)
    room.ask("10%", LIT + 0.7, 40.0)
    before = room.light.level_at(LIT + 0.7)
    room.live(LIT + 0.7, LIT + 10.7)
    assert room.light.level_at(LIT + 10.7) == pytest.approx(before - (before - 0.1) / 4, abs=0.03)


def test_the_first_word_after_a_silence_is_a_restart_s(make_fixture: MakeFixture) -> None:
    """Steps went unanswered, then the lamp says that it is at full: nobody's hand."""
    room = settled(make_fixture("plain", "level", **WORDS), "10%", 100.0)
    room.deaf = lambda now: LIT <= now < LIT + 12.0
    room.live(LIT, LIT + 12.0)
    cut(room, LIT + 12.0)
    room.say(LIT + 12.0)
    room.live(LIT + 12.0, LIT + 16.0)
    planned = 0.5 - 0.4 * (LIT + 16.0 - BEGIN) / 100.0
    assert room.light.level_at(LIT + 16.0) == pytest.approx(planned, abs=0.03)
    assert not any("hand" in news for news in room.news)


def test_lights_up_is_told_to_a_lamp_that_comes_back_as_often_as_before(lone: Fixture) -> None:
    """A lost message mustn't leave it at another light than the safe one."""
    room = settled(lone)
    safe = parse_setting("70%")
    room.lamp.set_target(safe, Seconds(LIT), Seconds(3.0), urgent=True)
    room.live(LIT, LIT + 20.0)
    cut(room, LIT + 20.0, 0.0)
    signs(room, LIT + 20.0)
    told = room.orders
    room.live(LIT + 20.0, LIT + 25.0)
    assert room.orders >= told + 4
    assert room.light.level_at(LIT + 25.0) == pytest.approx(safe.level, abs=0.01)
