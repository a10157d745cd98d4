"""Queries of lamps' states before their first fades."""

from collections.abc import Callable

import pytest
from support.lamps import TIMEOUT, LitRoom
from support.mosquitto import Mosquitto

from kacenv.core.units import Level
from kacenv.devices.lights.dialects import Message, codec
from kacenv.devices.lights.dialects.state_query import state_query
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
MakeHouse = Callable[..., LitRoom]

QUESTIONS = {
    "zigbee2mqtt": ("house/lamp/get", b'{"state":"","brightness":""}'),
    "zigbee2mqtt-group": ("house/lamp/get", b'{"state":"","brightness":""}'),
    "tasmota": ("cmnd/house/lamp/STATE", b""),
    "shelly": (
        "house/lamp/rpc",
        b'{"id":1,"src":"kacenv/house/lamp","method":"Light.GetStatus","params":{"id":0}}',
    ),
}


@pytest.mark.parametrize("dialect", QUESTIONS)
def test_the_question_is_the_makers(make_fixture: MakeFixture, dialect: str) -> None:
    """Each dialect that knows a question has its documented words for it."""
    assert state_query(make_fixture(dialect, "level")) == (Message(*QUESTIONS[dialect]),)


@pytest.mark.parametrize("dialect", ["home-assistant", "wled", "zwave-js", "plain"])
def test_others_can_not_be_asked(make_fixture: MakeFixture, dialect: str) -> None:
    """They report when they change, and what the broker has kept."""
    assert state_query(make_fixture(dialect, "level", state_topic="x")) == ()


@pytest.mark.parametrize(
    ("dialect", "topic", "payload"),
    [
        (
            "tasmota",
            "stat/house/lamp/RESULT",
            (
                b'{"Time":"2026-01-05T10:00:00","Uptime":"0T01:00:00","POWER":"ON","Dimmer":60,'
                b'"Color":"99","HSBColor":"0,0,60","Channel":[60],"Fade":"ON","Speed":2}'
            ),
        ),
        (
            "shelly",
            "kacenv/house/lamp/rpc",
            (
                b'{"id":1,"src":"house/lamp","dst":"kacenv/house/lamp","result":'
                b'{"id":0,"source":"init","output":true,"brightness":60.00}}'
            ),
        ),
    ],
)
def test_the_answer_is_understood(
    make_fixture: MakeFixture, dialect: str, topic: str, payload: bytes
) -> None:
    """As the makers' documents have it."""
    fixture = make_fixture(dialect, "level")
    report = codec(fixture).decode(fixture, topic, payload)
    assert report is not None
    assert report.level == pytest.approx(0.6)


@pytest.mark.parametrize("dialect", QUESTIONS)
def test_a_bright_lamp_that_nobody_knew_is_led_from_where_it_is(
    make_house: MakeHouse, mosquitto: Mosquitto, dialect: str
) -> None:
    """Its last report was long before the room opened: it isn't made dark to find it."""
    described = {"id": "lamp", "dialect": dialect, "zone": "seats", "can": ["level"]}
    house = make_house(mosquitto.port, described)
    lamp = house.lamps["lamp"]
    lamp.turn(Level(0.6))
    house.start()
    house.show("20%", 2.0)
    assert house.reaches(0.2)
    levels = [level for _, level in lamp.log]
    assert len(levels) > 2
    assert levels == sorted(levels, reverse=True)
    assert house.staff.heard == []
    assert lamp.wait_for(lambda lamp: lamp.level_now == pytest.approx(0.2, abs=0.01), TIMEOUT)
