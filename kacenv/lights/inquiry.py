"""How a lamp is asked what it shows, where its dialect lets it be asked."""

from collections.abc import Callable, Mapping

from kacenv.lights.dialects import Message
from kacenv.room import Dialect, Fixture


def _zigbee2mqtt(fixture: Fixture) -> tuple[Message, ...]:
    return (Message(f"{fixture.topic}/get", b'{"state":"","brightness":""}'),)


_INQUIRIES: Mapping[Dialect, Callable[[Fixture], tuple[Message, ...]]] = {
    Dialect.ZIGBEE2MQTT: _zigbee2mqtt,
    Dialect.ZIGBEE2MQTT_GROUP: _zigbee2mqtt,
}


def inquiry(fixture: Fixture) -> tuple[Message, ...]:
    """The messages that ask `fixture` for a report; none where it can't be asked."""
    ask = _INQUIRIES.get(fixture.dialect)
    return ask(fixture) if ask else ()
