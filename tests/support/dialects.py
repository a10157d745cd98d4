"""What one lamp is sent and what it reports, as the makers' documents write it."""

from collections.abc import Callable

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import LampCodec, Message
from kacenv.model.look import parse_setting

MakeCodec = Callable[..., LampCodec]


def sent(lamp: LampCodec, asked: str, within: float = 0.0) -> list[Message]:
    """Return the messages for a setting in a scene file's notation."""
    return list(lamp.encode(parse_setting(asked), Seconds(within)))


def sent_payload(lamp: LampCodec, asked: str, within: float = 0.0) -> bytes:
    """Return the payload of the only message for a setting."""
    ((_, payload),) = sent(lamp, asked, within)
    return payload
