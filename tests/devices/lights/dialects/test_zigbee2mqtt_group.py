"""Zigbee2MQTT's groups, beside its devices."""

from collections.abc import Callable

from support.dialects import MakeCodec, sent

from kacenv.devices.lights.dialects import Reported, device_side
from kacenv.model.room import Fixture

TOPIC = "zigbee2mqtt/seats"


def test_a_group_is_told_as_one_lamp_is(make_codec: MakeCodec) -> None:
    """One command is for all lamps, and the report and the availability have the group's name."""
    group, lamp = (
        make_codec(dialect, "level", "kelvin", topic=TOPIC)
        for dialect in ("zigbee2mqtt-group", "zigbee2mqtt")
    )
    assert sent(group, "50% 2500 K", 60.0) == sent(lamp, "50% 2500 K", 60.0)
    topics = TOPIC, f"{TOPIC}/availability", *lamp.event_topics
    assert group.subscriptions == lamp.subscriptions == topics


def test_the_bridges_state_can_stand_for_a_groups(make_codec: MakeCodec) -> None:
    """Where availability is switched off, the bridge's own can be named."""
    topic = "zigbee2mqtt/bridge/state"
    group = make_codec("zigbee2mqtt-group", topic=TOPIC, availability_topic=topic)
    assert group.decode(topic, b'{"state":"offline"}') == Reported(available=False)


def test_broadcasts_are_few(make_codec: MakeCodec, make_fixture: Callable[..., Fixture]) -> None:
    """A house has room for eight in nine seconds, and kacenv keeps to that."""
    commands, within = device_side(make_fixture("zigbee2mqtt-group")).RATE or (0, 0.0)
    assert (commands, within) == (8, 9.0)
    assert within / commands <= make_codec("zigbee2mqtt-group").GAP
