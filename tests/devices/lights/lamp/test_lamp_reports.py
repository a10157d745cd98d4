"""Effects of reports: manual changes are kept, deviating lamps are corrected and reported."""

import json
from collections.abc import Callable

import pytest
from support.lone_lamp import STATE, MakeLamp, ask, run, says

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.model.room import Fixture


@pytest.fixture
def bulb(bulb: Lamp) -> Lamp:
    """Return a lamp that fades by itself, led from off to 40 % (102 of 255) between 1 and 11."""
    says(bulb, 0, 0.0)
    ask(bulb, "40%", 1.0, 10.0)
    run(bulb, 1.0, 4.0)
    return bulb


@pytest.fixture
def dimmer(dimmer: Lamp) -> Lamp:
    """Return a dimmer being stepped from 72 to 29 of 255 between 1 and 61."""
    dimmer.handle_report(STATE, b"72", Seconds(0.0))
    ask(dimmer, "40%", 1.0, 60.0)
    run(dimmer, 1.0, 10.0)
    return dimmer


def test_echoes_and_what_lies_between_are_no_news(bulb: Lamp) -> None:
    """The target at once, levels on the way, and the target again: nobody is told anything."""
    for at, brightness in ((1.1, 102), (3.0, 20), (6.0, 55), (11.5, 100), (14.0, 102)):
        says(bulb, brightness, at)
    assert bulb.staff_messages() == ()
    assert not bulb.state(Seconds(15.0)).by_hand
    assert run(bulb, 11.0, 60.0) == []


def test_a_hand_is_told_once_and_left_alone(bulb: Lamp) -> None:
    """However often the lamp reports it, and across an outage; the display shows what it says."""
    says(bulb, 102, 11.0)
    says(bulb, 200, 20.0)
    says(bulb, 210, 21.0)
    (news,) = bulb.staff_messages()
    assert news == (
        "Lamp lamp was changed by hand; it stays so until the next look. "
        "Bring it back with: kacenv lights resume"
    )
    bulb.broker_gone()
    bulb.broker_back(Seconds(40.0))
    assert run(bulb, 20.0, 120.0) == []
    assert bulb.staff_messages() == ()
    shown = bulb.state(Seconds(120.0))
    assert shown.by_hand
    assert shown.believed is not None
    assert shown.believed.level == pytest.approx(210 / 255)


@pytest.mark.parametrize("after", [0.5, 3.0])
def test_what_a_lamp_has_missed_without_the_broker_is_no_hand_s(bulb: Lamp, after: float) -> None:
    """Its first word on the new connection tells where it is; it is led back, and nobody told."""
    says(bulb, 102, 11.0)
    bulb.broker_gone()
    bulb.broker_back(Seconds(40.0))
    run(bulb, 40.0, 40.0 + after)
    says(bulb, 20, 40.0 + after)
    sent = run(bulb, 40.0 + after, 44.0 + after)
    assert bulb.staff_messages() == ()
    assert not bulb.state(Seconds(50.0)).by_hand
    assert b'"brightness":102' in sent[-1][1]
    says(bulb, 102, 50.0)
    says(bulb, 200, 51.0)
    assert len(bulb.staff_messages()) == 1


def test_a_hand_soon_after_the_first_connection_is_told(
    make_fixture: Callable[..., Fixture],
) -> None:
    """Nothing can have been missed before it, though the bulb itself has said nothing yet."""
    lamp = Lamp(make_fixture("zigbee2mqtt", "level", "transition"))
    lamp.broker_back(Seconds(0.0))
    lamp.handle_report("house/lamp", b'{"state": "OFF"}', Seconds(0.1))
    ask(lamp, "40%", 1.0, 1.0)
    run(lamp, 1.0, 1.1)
    for at, brightness in ((1.1, 102), (3.2, 200)):
        word = {"state": "ON", "brightness": brightness}
        lamp.handle_report("house/lamp", json.dumps(word).encode(), Seconds(at))
        run(lamp, at, at + 0.1)
    (news,) = lamp.staff_messages()
    assert "was changed by hand" in news
    assert run(lamp, 3.2, 60.0) == []


def test_resume_brings_it_back_from_where_the_hand_left_it(bulb: Lamp) -> None:
    """No faster than the bound; on a lamp that nobody touched it does nothing."""
    bulb.resume(Seconds(12.0), Seconds(0.0))
    assert run(bulb, 12.0, 13.0) == []
    says(bulb, 102, 13.0)
    says(bulb, 255, 20.0)
    bulb.resume(Seconds(21.0), Seconds(0.0))
    ((_, payload),) = run(bulb, 21.0, 22.0)
    assert json.loads(payload) == {"state": "ON", "brightness": 102, "transition": 3}
    assert not bulb.state(Seconds(22.0)).by_hand


def test_the_next_look_counts_again(bulb: Lamp) -> None:
    """A hand's work lasts until then; a second hand is told anew."""
    says(bulb, 102, 11.0)
    says(bulb, 0, 20.0)
    assert len(bulb.staff_messages()) == 1
    ask(bulb, "20%", 30.0, 2.0)
    assert len(run(bulb, 30.0, 31.0)) == 1
    says(bulb, 51, 31.0)
    says(bulb, 0, 40.0)
    assert len(bulb.staff_messages()) == 1


def test_a_hand_in_mid_fade_stops_the_steps(dimmer: Lamp) -> None:
    """Switched off while it is being stepped: it isn't switched on again by the next step."""
    dimmer.handle_report(STATE, b"0", Seconds(10.5))
    assert run(dimmer, 10.5, 200.0) == []
    assert len(dimmer.staff_messages()) == 1


def test_a_late_echo_of_the_look_before_is_no_hand(dimmer: Lamp) -> None:
    """A new look in mid-fade: what the lamp still says of the old one is let pass."""
    ask(dimmer, "10%", 11.0, 5.0)
    run(dimmer, 11.0, 11.5)
    dimmer.handle_report(STATE, b"60", Seconds(11.6))
    assert dimmer.staff_messages() == ()
    assert run(dimmer, 11.6, 17.0)[-1][1] == b"3"


def test_a_lamp_astray_is_told_twice_more_and_then_named(bulb: Lamp) -> None:
    """It says something else; each telling is a short fade from what it says."""
    says(bulb, 30, 13.6)
    sent = run(bulb, 11.0, 60.0)
    assert [round(at, 1) for at, _ in sent] == [13.5, 17.0]
    (news,) = bulb.staff_messages()
    assert news == (
        "Lamp lamp doesn't follow: it should show 40%, and says 11.8%. "
        "Switch it off and on at the wall."
    )


def test_a_lamp_that_never_spoke_is_named(make_lamp: MakeLamp) -> None:
    """It has a state topic, and nothing ever comes."""
    lamp = make_lamp("home-assistant", "level", "transition", state_topic=STATE)
    ask(lamp, "40%", 1.0, 5.0)
    assert len(run(lamp, 1.0, 60.0)) == 3
    (news,) = lamp.staff_messages()
    assert "it should show 40%, and says nothing" in news


def test_a_lamp_named_is_told_of_once_when_it_follows(bulb: Lamp) -> None:
    """Its late answer is met by one more telling, and its obedience by one word."""
    run(bulb, 11.0, 60.0)
    assert len(bulb.staff_messages()) == 1
    says(bulb, 30, 70.0)
    assert [round(at, 1) for at, _ in run(bulb, 70.0, 80.0)] == [70.5]
    says(bulb, 102, 80.0)
    says(bulb, 102, 81.0)
    assert bulb.staff_messages() == ("Lamp lamp follows again.",)


def test_a_lamp_whose_system_says_it_is_away_is_named_once(make_lamp: MakeLamp) -> None:
    """And again once it is back and has confirmed."""
    lamp = make_lamp("zigbee2mqtt", "level", "transition")
    ask(lamp, "40%", 1.0, 5.0)
    run(lamp, 1.0, 2.0)
    for at in (10.0, 11.0):
        lamp.handle_report("house/lamp/availability", b"offline", Seconds(at))
    assert run(lamp, 2.0, 60.0) != []
    assert lamp.staff_messages() == ("Lamp lamp doesn't answer. Check its power and its switch.",)
    lamp.handle_report("house/lamp/availability", b"online", Seconds(60.0))
    run(lamp, 60.0, 63.0)
    lamp.handle_report("house/lamp", b'{"state":"ON","brightness":102}', Seconds(63.0))
    assert lamp.staff_messages() == ("Lamp lamp follows again.",)


def test_lights_up_is_repeated_until_confirmed(bulb: Lamp) -> None:
    """Each repetition is a short fade; after that staff hear of it, and it rests for a minute."""
    ask(bulb, "70%", 20.0, 3.0, urgent=True)
    sent = run(bulb, 20.0, 90.0)
    assert [round(at) for at, _ in sent[:5]] == [20, 21, 22, 24, 27]
    assert len(sent) == 16
    assert {json.loads(payload)["brightness"] for _, payload in sent} == {178}
    assert len(bulb.staff_messages()) == 1


def test_lights_up_that_is_confirmed_is_said_no_more_than_four_times(bulb: Lamp) -> None:
    """An echo is no proof, so the repeats of the first round are kept."""
    ask(bulb, "70%", 20.0, 3.0, urgent=True)
    sent = run(bulb, 20.0, 20.5)
    says(bulb, 178, 20.6)
    assert len(sent + run(bulb, 20.6, 120.0)) == 4


def test_lights_up_is_no_hand_s_business(bulb: Lamp) -> None:
    """A lamp that says something odd in the middle of it is told on."""
    ask(bulb, "70%", 20.0, 3.0, urgent=True)
    run(bulb, 20.0, 22.5)
    says(bulb, 0, 22.6)
    assert len(run(bulb, 22.6, 60.0)) > 4
    assert not bulb.state(Seconds(60.0)).by_hand


def test_the_time_to_its_word_is_known(bulb: Lamp) -> None:
    """From its telling to the first report that agrees."""
    assert bulb.state(Seconds(1.0)).confirmed_after is None
    says(bulb, 102, 1.3)
    assert bulb.state(Seconds(2.0)).confirmed_after == pytest.approx(0.3)


def test_a_switch_lamp_is_judged_by_on_and_off(make_lamp: MakeLamp) -> None:
    """Any level is on; only off is something else."""
    lamp = make_lamp("home-assistant", state_topic=STATE)
    lamp.handle_report(STATE, b'{"state":"OFF"}', Seconds(0.0))
    ask(lamp, "40%", 1.0, 2.0)
    run(lamp, 1.0, 5.0)
    lamp.handle_report(STATE, b'{"state":"ON"}', Seconds(5.0))
    assert lamp.state(Seconds(5.0)).confirmed_after is not None
    lamp.handle_report(STATE, b'{"state":"OFF"}', Seconds(9.0))
    assert lamp.state(Seconds(9.0)).by_hand
