"""Lights-up waits for no lamp: not for its answer, nor because it is said to be away."""

from collections.abc import Callable
from typing import Any

import pytest
from support.lone_lamp import AVAILABILITY, STATE, MakeLamp, run, says

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, codec, device_side
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.model.dialects import Dialect
from kacenv.model.look import parse_setting
from kacenv.model.room import Ability

Prepare = Callable[[Lamp], None]
SAFE = parse_setting("70% 3000 K")
NOW = Seconds(10.0)
"""When lights-up is pressed, or the broker is back after that."""


def commands(lamp: Lamp, now: float) -> list[Message]:
    """Return the messages to the lamp at `now`, except queries."""
    queries = codec(lamp.fixture).state_query
    return [one for one in lamp.messages(Seconds(now)) if one not in queries]


def press(lamp: Lamp, now: float) -> None:
    """Request lights-up."""
    lamp.set_target(SAFE, Seconds(now), Seconds(3.0), urgent=True)


def of_a_stranger(lamp: Lamp) -> None:
    """Request lights-up of a lamp that has never reported."""
    press(lamp, NOW)


def of_one_just_asked(lamp: Lamp) -> None:
    """Request lights-up of a lamp whose state is being queried."""
    lamp.set_target(parse_setting("20%"), Seconds(NOW - 0.4), Seconds(5.0))
    run(lamp, NOW - 0.4, NOW - 0.05)
    press(lamp, NOW)


def of_one_just_back(lamp: Lamp) -> None:
    """Request lights-up of a lamp that has just returned, at an unknown level."""
    lamp.set_target(parse_setting("20%"), Seconds(1.0), Seconds(1.0))
    run(lamp, 1.0, 6.0)
    for there, moment in ((False, 6.0), (True, NOW - 0.5)):
        word = device_side(lamp.fixture).availability(there)
        if word is not None:
            lamp.handle_report(word.topic, word.payload, Seconds(moment))
    run(lamp, NOW - 0.5, NOW - 0.05)
    press(lamp, NOW)


def while_the_broker_was_away(lamp: Lamp) -> None:
    """Request lights-up in an outage that began during the lamp's query, and reconnect."""
    lamp.set_target(parse_setting("20%"), Seconds(1.0), Seconds(5.0))
    run(lamp, 1.0, 1.2)
    lamp.broker_gone()
    press(lamp, 4.0)
    lamp.broker_back(NOW)


@pytest.mark.parametrize("fades", [True, False])
@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "prepare", [of_a_stranger, of_one_just_asked, of_one_just_back, while_the_broker_was_away]
)
def test_it_never_waits_for_an_answer(
    make_lamp: MakeLamp, dialect: Dialect, fades: bool, prepare: Prepare
) -> None:
    """Whatever was asked, and whoever was waited for: the safe light is told at that moment."""
    words: dict[str, Any] = {"white_payload": "{kelvin}"} if dialect == "plain" else {}
    abilities = [Ability.LEVEL, Ability.KELVIN, *([Ability.TRANSITION] if fades else [])]
    topics = {"state_topic": STATE, "availability_topic": AVAILABILITY}
    lamp = make_lamp(dialect, *abilities, **topics, **words)
    prepare(lamp)
    spoken = codec(lamp.fixture)
    span = Seconds(3.0 if fades and spoken.LONGEST else 0.0)
    assert commands(lamp, NOW) == list(spoken.encode(SAFE, span))


@pytest.fixture
def dimmer(make_lamp: MakeLamp) -> Lamp:
    """Return a stepped dimmer that is off and has said so, and is said to be there."""
    lamp = make_lamp(
        "plain", "level", scale=255, state_topic=STATE, availability_topic=AVAILABILITY
    )
    lamp.handle_report(STATE, b"0", Seconds(0.0))
    lamp.handle_report(AVAILABILITY, b"online", Seconds(0.0))
    return lamp


@pytest.fixture
def bulb(bulb: Lamp) -> Lamp:
    """Return a lamp that fades by itself, led to 50 % and there."""
    says(bulb, 128, 0.0)
    bulb.set_target(parse_setting("50%"), Seconds(1.0), Seconds(2.0))
    run(bulb, 1.0, 3.0)
    says(bulb, 128, 3.0)
    return bulb


def test_a_lamp_said_to_be_away_in_the_middle_is_led_on(dimmer: Lamp) -> None:
    """Whoever says so may be wrong: it comes to its light in time, with every repeat."""
    press(dimmer, 1.0)
    run(dimmer, 1.0, 2.5)
    dimmer.handle_report(AVAILABILITY, b"offline", Seconds(2.5))
    sent = run(dimmer, 2.5, 7.9)
    assert [round(at) for at, payload in sent if payload == b"104"] == [4, 5, 6, 8]


def test_another_look_stops_at_a_lamp_said_to_be_away(dimmer: Lamp) -> None:
    """Where it was when it went is what it is led on from."""
    dimmer.set_target(SAFE, Seconds(1.0), Seconds(5.0))
    run(dimmer, 1.0, 2.5)
    dimmer.handle_report(AVAILABILITY, b"offline", Seconds(2.5))
    assert run(dimmer, 2.5, 6.0) == []


def test_a_word_from_before_is_no_hand(bulb: Lamp) -> None:
    """Said back at once, then denied: it is told on, and again until it really says so."""
    press(bulb, 10.0)
    sent = run(bulb, 10.0, 10.1)
    says(bulb, 178, 10.15)
    says(bulb, 0, 10.4)
    sent += run(bulb, 10.4, 18.0)
    assert [round(at) for at, _ in sent[:5]] == [10, 11, 12, 14, 17]
    assert not bulb.state(Seconds(18.0)).by_hand
    says(bulb, 178, 18.05)
    assert len(run(bulb, 18.1, 60.0)) <= 3
    assert bulb.staff_messages() == ()


def test_a_hand_after_it_is_a_hand(bulb: Lamp) -> None:
    """Once all is said and confirmed, whoever dims the lamp is let do so."""
    press(bulb, 10.0)
    run(bulb, 10.0, 15.0)
    says(bulb, 178, 15.0)
    says(bulb, 30, 18.0)
    assert bulb.state(Seconds(18.0)).by_hand
    assert run(bulb, 18.0, 60.0) == []
