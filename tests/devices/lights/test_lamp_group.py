"""A room's lamps together, without threads."""

import json

from support.lamps import ESPHOME, ZIGBEE

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp_group import LampGroup
from kacenv.model.commands import ShowLook
from kacenv.model.look import Zone, parse_setting
from kacenv.model.room import Room


def a_group() -> LampGroup:
    """Two lamps, connected for long."""
    described = {
        "name": "garden",
        "outputs": [{"id": "speakers", "role": "speakers"}],
        "lights": [{**ZIGBEE, "topic": "zigbee2mqtt/lamp"}, ESPHOME],
        "broker": {"host": "127.0.0.1"},
        "safe_light": dict.fromkeys(Zone, "70%"),
    }
    group = LampGroup(Room.model_validate(described), 100.0)
    group.connection_changed(True, Seconds(0.0))
    return group


def test_a_look_is_sent_in_its_time() -> None:
    """Not before, and to each lamp; nothing else is due then."""
    group = a_group()
    group.due_messages(Seconds(0.0))
    look = dict.fromkeys(Zone, parse_setting("40%"))
    group.perform(ShowLook(look, Seconds(10.0), Seconds(5.0)))
    assert group.due_messages(Seconds(9.0)) == []
    assert group.next_due(Seconds(9.0)) == 10.0
    sent = group.due_messages(Seconds(10.0))
    assert {message.topic for message in sent} == {"zigbee2mqtt/lamp/set", "command"}
    assert group.next_message_due(Seconds(10.0)) is not None


def test_a_bridge_s_log_concerns_whom_it_names() -> None:
    """A line about another lamp changes nothing; staff read what concerns one, once."""
    group = a_group()
    look = dict.fromkeys(Zone, parse_setting("40%"))
    group.perform(ShowLook(look, Seconds(1.0), Seconds(1.0)))
    group.due_messages(Seconds(1.0))
    for name, at in (("other", 1.5), ("lamp", 2.0), ("lamp", 6.0)):
        text = f"z2m: Publish 'set' 'state' to '{name}' failed: 'Error: no answer'"
        line = json.dumps({"level": "error", "message": text}).encode()
        group.handle_reports("zigbee2mqtt/bridge/logging", (line,), Seconds(at))
        group.due_messages(Seconds(at))
    told = group.staff_messages()
    assert [(name, "refuses" in text) for name, text in told] == [("zigbee", True)]
    assert '"Error: no answer"' in told[0][1]
    assert group.staff_messages() == []
