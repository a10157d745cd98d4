"""What lamps and bridges tell apart from light: restarts and refusals, in the vendors' words."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.devices.lights.dialects import LampEvent, codec
from kacenv.model.dialects import Dialect
from kacenv.model.room import Fixture

NOTHING = LampEvent()
FAILED = (
    "Publish 'set' 'brightness' to '{}' failed: 'Error: ZCL command 0x0017880104e45511/11 "
    'genLevelCtrl.moveToLevelWithOnOff({{"level":102,"transtime":0}}) failed (no answer)\''
)
UNKNOWN = b'{"Command":"Unknown","Input":"Dimer 5"}'
REFUSED = {
    "id": 1,
    "src": "shellydimmerg3-1",
    "dst": "kacenv/house/lamp",
    "error": {"code": -103, "message": "Missing or bad argument 'transition_duration'!"},
}


def logged(name: str, level: str = "error", namespace: str = "z2m: ") -> bytes:
    """A line of Zigbee2MQTT's log."""
    text = namespace + FAILED.format(name)
    return json.dumps({"level": level, "message": text, "namespace": "z2m"}).encode()


@pytest.mark.parametrize(
    ("dialect", "topic", "payload", "event"),
    [
        ("zigbee2mqtt", "house/bridge/logging", logged("lamp 2"), NOTHING),
        ("zigbee2mqtt", "house/bridge/logging", logged("lamp", "info"), NOTHING),
        ("zigbee2mqtt", "house/bridge/event", b'{"type":"device_joined"}', NOTHING),
        ("tasmota", "stat/house/lamp/RESULT", b'{"POWER":"ON","Dimmer":40}', NOTHING),
        ("tasmota", "stat/house/lamp/RESULT", UNKNOWN, LampEvent(refusal="Unknown Dimer 5")),
        ("tasmota", "stat/house/lamp/RESULT", b'{"Command":"Error"}', LampEvent(refusal="Error")),
        ("shelly", "kacenv/house/lamp/rpc", b'{"id":1,"result":{"was_on":true}}', NOTHING),
        (
            "shelly",
            "kacenv/house/lamp/rpc",
            json.dumps(REFUSED).encode(),
            LampEvent(refusal="Missing or bad argument 'transition_duration'!"),
        ),
    ],
)
def test_events_are_read(
    make_fixture: Callable[..., Fixture],
    dialect: str,
    topic: str,
    payload: bytes,
    event: LampEvent,
) -> None:
    """Only what concerns this lamp, and nothing that is a report."""
    one = codec(make_fixture(dialect, "level", "transition"))
    assert topic in one.event_topics
    assert topic in one.subscriptions
    assert one.decode_event(topic, payload) == event


@pytest.mark.parametrize("namespace", ["", "z2m: "])
def test_a_bridge_s_error_is_quoted(make_fixture: Callable[..., Fixture], namespace: str) -> None:
    """The words between the quotation marks, for a lamp whose name has one itself."""
    one = codec(make_fixture("zigbee2mqtt", "level", topic="house/seat's lamp"))
    event = one.decode_event("house/bridge/logging", logged("seat's lamp", namespace=namespace))
    assert event.refusal is not None
    assert event.refusal.startswith("Error: ZCL command 0x0017880104e45511/11 genLevelCtrl")
    assert event.refusal.endswith("failed (no answer)")


def test_a_group_takes_any_announcement(make_fixture: Callable[..., Fixture]) -> None:
    """Which lamps it has isn't known."""
    one = codec(make_fixture("zigbee2mqtt-group", "level"))
    event = {"type": "device_announce", "data": {"friendly_name": "bulb"}}
    assert one.decode_event("house/bridge/event", json.dumps(event).encode()).neighbor_restarted


@given(st.sampled_from(Dialect), st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_an_event_or_none(dialect: Dialect, payload: bytes) -> None:
    """Nothing raises."""
    described = {"id": "lamp", "topic": "house/lamp", "zone": "seats", "dialect": dialect}
    one = codec(Fixture.model_validate(described))
    for topic in one.event_topics:
        for prefix in (b"", b'{"Command":', b'{"error":', b'{"failed":', b'{"device_announce":'):
            assert isinstance(one.decode_event(topic, prefix + payload), LampEvent)
