"""The state machine of a lamp, on simulated time."""

import json
from itertools import pairwise

import pytest
from support.lone_lamp import LONG_AGO, STATE, MakeLamp, ask, run

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, codec
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.model.look import parse_setting


def test_without_a_wish_nothing_is_said(dimmer: Lamp) -> None:
    """A reconnect alone doesn't touch a lamp that was never asked for anything."""
    assert run(dimmer, 0.0, 20.0) == []
    assert dimmer.state(Seconds(20.0)).believed is None


def test_a_stepped_fade_begins_at_the_last_report(dimmer: Lamp) -> None:
    """A lamp that says it is at 47 of 255 is led on from there."""
    dimmer.handle_report(STATE, b"47", Seconds(1.0))
    ask(dimmer, "60%", 2.0, 2.0)
    numbers = [int(payload) for _, payload in run(dimmer, 2.0, 5.0)]
    assert numbers[0] == 47
    assert numbers == sorted(numbers)
    assert numbers[-1] == 72


def test_an_unknown_dimmer_is_given_time_to_say_where_it_is(dimmer: Lamp) -> None:
    """A report within a second is where its first look begins."""
    ask(dimmer, "60%", 1.0, 5.0)
    assert run(dimmer, 1.0, 1.5) == []
    dimmer.handle_report(STATE, b"130", Seconds(1.5))
    numbers = [int(payload) for _, payload in run(dimmer, 1.5, 8.0)]
    assert numbers[0] == 130
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 72


def test_a_dimmer_that_says_nothing_begins_dim(dimmer: Lamp) -> None:
    """After a second it is taken to its dimmest light, and from there no faster than the bound."""
    ask(dimmer, "60%", 1.0, 2.0)
    sent = run(dimmer, 1.0, 8.0)
    assert sent[0] == (2.0, b"1")
    scale = codec(dimmer.fixture).scale
    levels = [(at, scale.level(int(payload))) for at, payload in sent]
    unit = 0.04
    for (early, one), (late, other) in pairwise(levels):
        assert 0 <= other - one <= 0.2 * (late - early) + unit
    assert levels[-1][1] == pytest.approx(0.6, abs=0.01)


def test_a_fade_is_on_until_its_last_step_is_sent(dimmer: Lamp) -> None:
    """A machine too slow to send in time knows that the lamp isn't there yet."""
    dimmer.handle_report(STATE, b"0", Seconds(0.5))
    ask(dimmer, "60%", 1.0, 4.0)
    run(dimmer, 1.0, 3.0)
    late = Seconds(9.0)
    assert dimmer.state(late).fading
    run(dimmer, late, 10.0)
    assert not dimmer.state(Seconds(10.0)).fading


def test_a_dimmer_that_can_not_speak_does_not_wait(make_lamp: MakeLamp) -> None:
    """Nobody will ever know what it shows: it begins dim at once."""
    lamp = make_lamp("plain", "level", scale=255)
    ask(lamp, "60%", 1.0, 2.0)
    assert run(lamp, 1.0, 1.0) == [(1.0, b"1")]


def test_a_zigbee_lamp_is_asked_what_it_shows(zigbee: Lamp) -> None:
    """When the broker comes back and nobody knows; once it has answered, no more."""
    (message,) = zigbee.messages(LONG_AGO)
    assert message == Message("house/lamp/get", b'{"state":"","brightness":"","color_temp":""}')
    zigbee.handle_report("house/lamp", b'{"state":"ON","brightness":127}', Seconds(0.5))
    zigbee.broker_back(Seconds(1.0))
    assert run(zigbee, 1.0, 2.0) == []


def test_the_newest_wish_takes_over_without_a_jump(dimmer: Lamp) -> None:
    """The second look begins where the first one had come to."""
    dimmer.handle_report(STATE, b"0", Seconds(0.5))
    ask(dimmer, "80%", 1.0, 4.0)
    up = run(dimmer, 1.0, 3.0)
    ask(dimmer, "off", 3.05, 2.0)
    down = run(dimmer, 3.05, 8.0)
    assert abs(int(up[-1][1]) - int(down[0][1])) <= 2
    assert down[0][0] - up[-1][0] >= 0.19
    assert down[-1][1] == b"0"


def test_a_flood_of_wishes_is_not_a_flood_of_messages(dimmer: Lamp) -> None:
    """A finger dragged over a slider sends no more than five messages a second."""
    sent: list[tuple[float, bytes]] = []
    for tick in range(100):
        now = tick * 0.05
        ask(dimmer, f"{20 + tick % 30}%", now, 1.0)
        sent += run(dimmer, now, now)
    assert 0 < len(sent) <= 26


def test_white_is_believed_within_what_the_lamp_can(bulb: Lamp) -> None:
    """A wish is held to the lamp's own whites, and needs the ability."""
    ask(bulb, "40% 1000 K", 0.5, 5.0)
    shown = bulb.state(Seconds(20.0)).believed
    assert shown is not None
    assert shown.kelvin == pytest.approx(2200.0)


def test_belief_moves_with_the_fade(bulb: Lamp) -> None:
    """In the middle of the fade the lamp is believed in the middle."""
    bulb.handle_report(STATE, b'{"state":"OFF"}', Seconds(0.1))
    ask(bulb, "40%", 1.0, 10.0)
    assert len(run(bulb, 1.0, 2.0)) == 1
    shown = bulb.state(Seconds(6.0))
    assert shown.believed is not None
    assert shown.believed.level == pytest.approx(0.2)
    assert shown.reported == parse_setting("off")
    assert shown.available is None


def test_a_person_at_the_switch_is_not_fought(bulb: Lamp) -> None:
    """A reported change stands until the next look, which begins there."""
    ask(bulb, "40%", 1.0, 5.0)
    run(bulb, 1.0, 7.0)
    bulb.handle_report(STATE, b'{"state":"ON","brightness":102}', Seconds(7.0))
    bulb.handle_report(STATE, b'{"state":"OFF"}', Seconds(9.0))
    assert run(bulb, 9.0, 40.0) == []
    ask(bulb, "50%", 40.0, 0.0)
    ((_, payload),) = run(bulb, 40.0, 41.0)
    assert json.loads(payload)["transition"] == 3


def test_while_the_broker_is_away_only_the_newest_wish_is_kept(bulb: Lamp) -> None:
    """Three looks in an outage are one message after it."""
    bulb.broker_gone()
    for number, level in enumerate(("10%", "90%", "40%")):
        ask(bulb, level, 2.0 + number, 1.0)
    assert run(bulb, 2.0, 10.0) == []
    bulb.broker_back(Seconds(10.0))
    ((at, payload),) = run(bulb, 10.0, 12.0)
    assert at == pytest.approx(10.2)
    assert json.loads(payload)["brightness"] == 102


def test_an_outage_in_mid_fade_is_caught_up(dimmer: Lamp) -> None:
    """A stepped lamp stays where it was led, and goes on from there without haste."""
    dimmer.handle_report(STATE, b"0", Seconds(0.5))
    ask(dimmer, "50%", 1.0, 20.0)
    before = run(dimmer, 1.0, 6.0)
    dimmer.broker_gone()
    dimmer.broker_back(Seconds(10.0))
    after = run(dimmer, 10.0, 25.0)
    assert int(after[0][1]) == int(before[-1][1])
    landed = next(at for at, payload in after if payload == b"47")
    assert 20.0 <= landed <= 21.5


def test_a_finished_look_is_asserted_again_by_a_short_fade(bulb: Lamp) -> None:
    """Two seconds, though nothing should have changed."""
    ask(bulb, "40%", 1.0, 5.0)
    run(bulb, 1.0, 7.0)
    bulb.broker_gone()
    bulb.broker_back(Seconds(70.0))
    ((_, payload),) = run(bulb, 70.0, 72.0)
    assert payload == b'{"state":"ON","brightness":102,"transition":2}'


@pytest.fixture
def told_after_outage(bulb: Lamp) -> Lamp:
    """Return a lamp at 40 %, told so again by 71 after an outage from 60 to 70."""
    ask(bulb, "40%", 1.0, 5.0)
    run(bulb, 1.0, 7.0)
    bulb.broker_gone()
    bulb.broker_back(Seconds(70.0))
    assert len(run(bulb, 70.0, 71.0)) == 1
    return bulb


@pytest.mark.parametrize("report", [b"", b'{"state":"ON","brightness":9}'])
def test_a_lamp_that_does_not_confirm_is_told_again(told_after_outage: Lamp, report: bytes) -> None:
    """Silent, or at an old level: it may have come back after us."""
    told_after_outage.handle_report(STATE, report, Seconds(72.0))
    assert [round(at) for at, _ in run(told_after_outage, 71.05, 100.0)] == [72, 76, 85]


def test_a_lamp_that_has_confirmed_is_left_alone(told_after_outage: Lamp) -> None:
    """What happens to it after that is a person's doing."""
    confirmed = b'{"state":"ON","brightness":102}'
    told_after_outage.handle_report(STATE, confirmed, Seconds(71.0))
    told_after_outage.handle_report(STATE, b'{"state":"OFF"}', Seconds(72.0))
    assert run(told_after_outage, 71.05, 100.0) == []


def test_a_lamp_that_comes_back_is_brought_to_its_look(zigbee: Lamp) -> None:
    """Switched off at the mains and on again."""
    ask(zigbee, "40%", 1.0, 5.0)
    run(zigbee, 1.0, 40.0)
    zigbee.handle_report("house/lamp/availability", b"offline", Seconds(50.0))
    assert zigbee.state(Seconds(50.0)).available is False
    zigbee.handle_report("house/lamp/availability", b"online", Seconds(60.0))
    payload = run(zigbee, 60.0, 61.0)[-1][1]
    assert json.loads(payload) == {"state": "ON", "brightness": 102, "transition": 2.0}


def test_nobody_knows_a_lamp_without_the_broker(zigbee: Lamp) -> None:
    """Availability is forgotten with the connection."""
    zigbee.handle_report("house/lamp/availability", b"online", Seconds(1.0))
    assert zigbee.state(Seconds(1.0)).available is True
    zigbee.broker_gone()
    assert zigbee.state(Seconds(2.0)).available is None


def test_nonsense_is_not_a_report(dimmer: Lamp) -> None:
    """Hostile payloads leave the lamp as it was."""
    dimmer.handle_report(STATE, b"47", Seconds(1.0))
    shown = dimmer.state(Seconds(2.0))
    for payload in (b"", b"nan", b"-1", b"256", b"\xff" * 9, b"{}"):
        dimmer.handle_report(STATE, payload, Seconds(2.0))
    assert dimmer.state(Seconds(2.0)) == shown


def test_lights_up_does_not_wait(dimmer: Lamp) -> None:
    """In the middle of steps, lights-up is said at once."""
    dimmer.handle_report(STATE, b"0", Seconds(0.5))
    ask(dimmer, "20%", 1.0, 10.0)
    run(dimmer, 1.0, 3.0)
    ask(dimmer, "70%", 3.01, 3.0, urgent=True)
    sent = run(dimmer, 3.01, 9.8)
    assert sent[0][0] == 3.01
    assert [round(at) for at, payload in sent if payload == b"104"] == [6, 7, 8, 10]


def test_a_dark_bulb_is_told_its_white_again_once_it_is_lit(zigbee: Lamp) -> None:
    """A dawn of ten minutes is in its white from the third second on; the level goes on at once."""
    ask(zigbee, "off", 0.0, 0.0)
    run(zigbee, 0.0, 1.0)
    zigbee.handle_report("house/lamp", b'{"state":"OFF"}', Seconds(1.0))
    ask(zigbee, "40% 2700 K", 20.0, 600.0)
    sent = [(at, json.loads(payload)) for at, payload in run(zigbee, 20.0, 30.0)]
    whites = [at for at, fields in sent if "color_temp" in fields]
    assert whites == [pytest.approx(20.0), pytest.approx(22.0, abs=0.5)]
    assert {fields["color_temp"] for _, fields in sent if "color_temp" in fields} == {370}
    after, last = sent[-1]
    assert last["brightness"] == 102
    assert after - whites[-1] < 0.5
    assert last["transition"] == pytest.approx(620.0 - after, abs=0.1)
