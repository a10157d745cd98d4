"""Lamps of uncertain state, and late updates."""

import json

import pytest
from support.lone_lamp import AVAILABILITY, STATE, MakeLamp, ask, run

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.model.look import parse_setting


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ({}, 32.2),
        ({"state_topic": STATE}, 33.2),
    ],
)
def test_a_dimmer_that_was_away_is_led_on_from_where_it_was(
    make_lamp: MakeLamp, fields: dict[str, str], first: float
) -> None:
    """No report says otherwise within a second: it isn't made dark by a flap of its line."""
    lamp = make_lamp("plain", "level", scale=255, availability_topic=AVAILABILITY, **fields)
    lamp.handle_report(AVAILABILITY, b"online", Seconds(0.0))
    ask(lamp, "40%", 1.0, 4.0)
    at_rest = run(lamp, 1.0, 30.0)[-1][1]
    lamp.handle_report(AVAILABILITY, b"offline", Seconds(30.0))
    lamp.handle_report(AVAILABILITY, b"online", Seconds(32.0))
    after = run(lamp, 32.0, 36.0)
    assert {payload for _, payload in after} == {at_rest}
    assert after[0][0] == pytest.approx(first)
    ask(lamp, "60%", 40.0, 4.0)
    assert run(lamp, 40.0, 41.0)[0][1] == at_rest


def test_a_dimmer_back_at_another_level_is_led_from_there(make_lamp: MakeLamp) -> None:
    """What it says itself wins over where it was when it went."""
    lamp = make_lamp(
        "plain", "level", scale=255, state_topic=STATE, availability_topic=AVAILABILITY
    )
    lamp.handle_report(STATE, b"30", Seconds(0.0))
    lamp.handle_report(AVAILABILITY, b"online", Seconds(0.0))
    ask(lamp, "40%", 1.0, 4.0)
    run(lamp, 1.0, 30.0)
    lamp.handle_report(AVAILABILITY, b"offline", Seconds(30.0))
    lamp.handle_report(AVAILABILITY, b"online", Seconds(32.0))
    assert run(lamp, 32.0, 32.5) == []
    lamp.handle_report(STATE, b"255", Seconds(32.6))
    assert run(lamp, 32.6, 33.0)[0][1] == b"255"


def test_a_look_while_a_dimmer_was_away_begins_where_it_was(make_lamp: MakeLamp) -> None:
    """Nothing it was told meanwhile has reached it."""
    lamp = make_lamp("plain", "level", scale=10000, availability_topic=AVAILABILITY)
    lamp.handle_report(AVAILABILITY, b"online", Seconds(0.0))
    ask(lamp, "40%", 1.0, 4.0)
    at_rest = run(lamp, 1.0, 30.0)[-1][1]
    lamp.handle_report(AVAILABILITY, b"offline", Seconds(30.0))
    ask(lamp, "10%", 31.0, 6.0)
    run(lamp, 31.0, 33.9)
    lamp.handle_report(AVAILABILITY, b"online", Seconds(34.0))
    numbers = [int(payload) for _, payload in run(lamp, 34.0, 45.0)]
    assert numbers[0] == int(at_rest)
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 113


def test_a_dimmer_asked_while_it_was_away_is_given_its_second(make_lamp: MakeLamp) -> None:
    """It couldn't say anything before it was back."""
    lamp = make_lamp(
        "plain", "level", scale=255, state_topic=STATE, availability_topic=AVAILABILITY
    )
    lamp.handle_report(AVAILABILITY, b"offline", Seconds(0.0))
    ask(lamp, "40%", 1.0, 4.0)
    run(lamp, 1.0, 20.0)
    lamp.handle_report(AVAILABILITY, b"online", Seconds(20.0))
    assert run(lamp, 20.0, 21.0) == []
    lamp.handle_report(STATE, b"130", Seconds(21.1))
    assert run(lamp, 21.1, 21.1) == [(21.1, b"130")]


def test_a_dimmer_that_nobody_knows_begins_where_it_is_presumed(make_lamp: MakeLamp) -> None:
    """The engine remembers its zone, and it can't say anything itself."""
    lamp = make_lamp("plain", "level", scale=255)
    lamp.assume(parse_setting("40%"))
    ask(lamp, "40%", 1.0, 2.0)
    assert {payload for _, payload in run(lamp, 1.0, 8.0)} == {b"29"}


def test_a_report_wins_over_what_is_presumed(dimmer: Lamp) -> None:
    """A retained report comes within the second that a lamp is given."""
    dimmer.assume(parse_setting("40%"))
    ask(dimmer, "40%", 1.0, 2.0)
    dimmer.handle_report(STATE, b"130", Seconds(1.5))
    assert run(dimmer, 1.0, 8.0)[0][1] == b"130"


def test_lights_up_never_goes_below_where_a_lamp_may_be(make_lamp: MakeLamp) -> None:
    """A lamp that nobody knows is told its safe light at once, and three times more."""
    lamp = make_lamp("plain", "level", scale=255)
    ask(lamp, "60%", 1.0, 3.0, urgent=True)
    assert run(lamp, 1.0, 10.0) == [
        (at, b"72") for at in (1.0, 2.0, 3.0, pytest.approx(4.6, abs=0.06))
    ]


@pytest.mark.parametrize("dialect", ["plain", "home-assistant"])
def test_a_lamp_that_only_says_whether_it_is_there_is_not_blamed(
    make_lamp: MakeLamp, dialect: str
) -> None:
    """It can't confirm its look: it is told once, and staff hear nothing."""
    abilities = ("level",) if dialect == "plain" else ("level", "transition")
    lamp = make_lamp(dialect, *abilities, availability_topic=AVAILABILITY)
    lamp.handle_report(AVAILABILITY, b"online", Seconds(0.0))
    ask(lamp, "40%", 1.0, 4.0)
    run(lamp, 1.0, 10.0)
    assert run(lamp, 10.0, 60.0) == []
    assert lamp.staff_messages() == ()
    assert not lamp.reports_state


def test_reports_on_the_way_of_a_late_fade_are_no_hand(bulb: Lamp) -> None:
    """Told late, it arrives late: until then it may be anywhere on its way."""
    bulb.handle_report(STATE, b'{"state":"OFF"}', Seconds(0.5))
    ask(bulb, "80%", 1.0, 4.0)
    ((_, payload),) = run(bulb, 6.0, 6.0)
    assert json.loads(payload)["transition"] == 4
    bulb.handle_report(STATE, b'{"state":"ON","brightness":204}', Seconds(6.2))
    bulb.handle_report(STATE, b'{"state":"ON","brightness":100}', Seconds(9.0))
    assert not bulb.state(Seconds(9.0)).by_hand
    shown = bulb.state(Seconds(8.0)).believed
    assert shown is not None
    assert shown.level == pytest.approx(0.4)


def test_a_broker_that_goes_while_a_lamp_is_waited_for_costs_it_nothing(dimmer: Lamp) -> None:
    """It is given its second once the broker is back."""
    ask(dimmer, "60%", 1.0, 2.0)
    run(dimmer, 1.0, 1.5)
    dimmer.broker_gone()
    dimmer.broker_back(Seconds(5.0))
    assert run(dimmer, 5.0, 5.9) == []
    dimmer.handle_report(STATE, b"130", Seconds(5.95))
    assert run(dimmer, 5.95, 6.0)[0][1] == b"130"


@pytest.mark.parametrize(
    ("dialect", "gone", "rests"),
    [
        ("zigbee2mqtt", 5.0, 0.8),
        ("home-assistant", 5.0, 0.8),
        ("tasmota", 5.0, 0.44),
        ("tasmota", 25.0, 0.8),
    ],
)
def test_a_lamp_ends_what_it_was_told_though_the_broker_has_gone(
    make_lamp: MakeLamp, dialect: str, gone: float, rests: float
) -> None:
    """A fade of its own goes on by itself; the next look sets out from where that leads."""
    lamp = make_lamp(dialect, "level", "kelvin", "transition", state_topic=STATE)
    ask(lamp, "off", -50.0, 0.0)
    run(lamp, -50.0, -30.0)
    ask(lamp, "80% 4000 K", 1.0, 40.0)
    run(lamp, 1.0, gone)
    lamp.broker_gone()
    for at in (21.0, 90.0):
        shown = lamp.state(Seconds(at)).believed
        assert shown is not None
        assert shown.level == pytest.approx(rests if at > 40 else 0.4)


def test_a_second_look_doesn_t_cut_a_lamp_s_time_short(dimmer: Lamp) -> None:
    """Its second runs from the first one; the newest look begins where it says that it is."""
    ask(dimmer, "60%", 1.0, 5.0)
    assert run(dimmer, 1.0, 1.25) == []
    ask(dimmer, "40%", 1.3, 5.0)
    assert run(dimmer, 1.3, 1.45) == []
    dimmer.handle_report(STATE, b"130", Seconds(1.5))
    sent = run(dimmer, 1.5, 9.0)
    assert (sent[0][1], sent[-1][1]) == (b"130", b"29")
