"""Zigbee2MQTT's groups, from documented payloads."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import CODECS, Message, Reported
from kacenv.devices.lights.simulator import DEVICE_CODECS
from kacenv.model.look import parse_setting
from kacenv.model.room import Dialect, Fixture

MakeFixture = Callable[..., Fixture]
TOPIC = "zigbee2mqtt/seats"
SPEECH = CODECS[Dialect.ZIGBEE2MQTT_GROUP]


@pytest.fixture
def group(make_fixture: MakeFixture) -> Fixture:
    """Lamps with level and white."""
    return make_fixture("zigbee2mqtt-group", "level", "kelvin", "transition", topic=TOPIC)


def test_one_command_is_for_all_lamps(group: Fixture) -> None:
    """A group is told as one lamp is."""
    messages = SPEECH.encode(group, parse_setting("50%"), Seconds(60.0))
    payload = b'{"state":"ON","brightness":127,"transition":60.0}'
    assert messages == (Message("zigbee2mqtt/seats/set", payload),)


def test_its_report_is_of_all(group: Fixture) -> None:
    """Zigbee2MQTT reports what it told them."""
    report = SPEECH.decode(group, TOPIC, b'{"state":"ON","brightness":127}')
    assert report == Reported(Level(0.5))


def test_a_group_is_away_when_all_its_lamps_are(group: Fixture) -> None:
    """Its availability has the group's name."""
    topic = "zigbee2mqtt/seats/availability"
    assert SPEECH.decode(group, topic, b'{"state":"offline"}') == Reported(available=False)
    assert topic in SPEECH.subscriptions(group)


def test_the_bridges_state_can_stand_for_a_groups(make_fixture: MakeFixture) -> None:
    """Where availability is switched off, the bridge's own can be named."""
    topic = "zigbee2mqtt/bridge/state"
    group = make_fixture("zigbee2mqtt-group", topic=TOPIC, availability_topic=topic)
    assert SPEECH.decode(group, topic, b'{"state":"offline"}') == Reported(available=False)


def test_broadcasts_are_few() -> None:
    """A house has room for eight in nine seconds."""
    assert DEVICE_CODECS[Dialect.ZIGBEE2MQTT_GROUP].RATE == (8, 9.0)
