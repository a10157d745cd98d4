"""Messages that query a lamp's state, for the dialects that have them."""

from collections.abc import Callable, Mapping

from kacenv.devices.lights.dialects import Message, shelly, tasmota
from kacenv.devices.lights.dialects.codec_protocol import write
from kacenv.model.room import Dialect, Fixture


def _zigbee2mqtt(fixture: Fixture) -> tuple[Message, ...]:
    return (Message(f"{fixture.topic}/get", b'{"state":"","brightness":""}'),)


def _tasmota(fixture: Fixture) -> tuple[Message, ...]:
    return (Message(tasmota.topic(fixture, "cmnd", "STATE"), b""),)


def _shelly(fixture: Fixture) -> tuple[Message, ...]:
    kind, index = shelly.method(fixture).removesuffix(".Set"), shelly.component(fixture)[1]
    call: dict[str, object] = {
        "id": 1,
        "src": shelly.source(fixture),
        "method": f"{kind}.GetStatus",
        "params": {"id": index},
    }
    return (Message(shelly.command_topic(fixture), write(call)),)


_STATE_QUERIES: Mapping[Dialect, Callable[[Fixture], tuple[Message, ...]]] = {
    Dialect.ZIGBEE2MQTT: _zigbee2mqtt,
    Dialect.ZIGBEE2MQTT_GROUP: _zigbee2mqtt,
    Dialect.TASMOTA: _tasmota,
    Dialect.SHELLY: _shelly,
}


def state_query(fixture: Fixture) -> tuple[Message, ...]:
    """Return the messages that query the state of `fixture`; none if its dialect has no query."""
    ask = _STATE_QUERIES.get(fixture.dialect)
    return ask(fixture) if ask else ()
