"""Codec of Shelly's second and later generations: JSON-RPC over MQTT.

Units: brightness 0 to 100, white in kelvin, transitions in seconds. The lamp's abilities select its
component: `light` (level), `cct` (white), `rgb` (colour), `rgbcct` (both); or the topic does, as in
`shellyprodm2pm-0123/light:1`.
"""

import re

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.codec_protocol import (
    Message,
    Reported,
    always_reports_level,
    bare_availability,
    dimmable,
    held,
    no_color_messages,
    number,
    read,
    said,
    shown_color,
    shown_white,
    write,
)
from kacenv.devices.lights.dialects.color_convert import from_parts
from kacenv.devices.lights.fades.lightness import DIMMING_CURVES, DimmingScale
from kacenv.model.look import Setting
from kacenv.model.room import Ability, Dialect, Fixture

FADES = True
LONGEST = Seconds(300.0)
"""Longest transition (s): the maker names no bound; this is far below any observed."""
SHORTEST = Seconds(0.5)
FULL = 100
_AVAILABLE = {b"true": True, b"false": False}
_TOPIC = re.compile(r"(?P<device>.+)/(?P<kind>light|cct|rgb|rgbw|rgbcct):(?P<id>\d)")
_KINDS = {(False, False): "light", (True, False): "cct", (False, True): "rgb"}
_NAMESPACES = {"light": "Light"}

encode_color = no_color_messages
reports_level = always_reports_level


def scale(fixture: Fixture) -> DimmingScale:
    """Return the brightness scale, 0 to 100."""
    return DimmingScale(FULL if dimmable(fixture) else 1, DIMMING_CURVES[Dialect.SHELLY])


def device(fixture: Fixture) -> str:
    """Return the device's topic prefix."""
    match = _TOPIC.fullmatch(fixture.topic)
    return match["device"] if match else fixture.topic


def component(fixture: Fixture) -> tuple[str, int]:
    """Return the component's kind and index, such as `light` and 0."""
    match = _TOPIC.fullmatch(fixture.topic)
    if match:
        return match["kind"], int(match["id"])
    abilities = Ability.KELVIN in fixture.can, Ability.COLOR in fixture.can
    return _KINDS.get(abilities, "rgbcct"), 0


def command_topic(fixture: Fixture) -> str:
    """Return the topic of the device's RPC calls."""
    return f"{device(fixture)}/rpc"


def source(fixture: Fixture) -> str:
    """Return the caller's name in RPC calls: answers go to it with `/rpc` appended."""
    return f"kacenv/{device(fixture)}"


def method(fixture: Fixture) -> str:
    """Return the RPC method that sets the light, such as `Light.Set`."""
    return f"{_namespace(fixture)}.Set"


def _namespace(fixture: Fixture) -> str:
    kind, _ = component(fixture)
    return _NAMESPACES.get(kind, kind.upper())


def encode(fixture: Fixture, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
    """Return one call with at least 0.5 s of transition: the device rejects less."""
    span = round(min(max(transition, SHORTEST), LONGEST), 1)
    wanted = light(fixture, setting) | {"transition_duration": span}
    return (_call(fixture, method(fixture), wanted),)


def state_query(fixture: Fixture) -> tuple[Message, ...]:
    """Return the call that asks the device for its status."""
    return (_call(fixture, f"{_namespace(fixture)}.GetStatus", {}),)


def _call(fixture: Fixture, name: str, parameters: dict[str, object]) -> Message:
    call: dict[str, object] = {
        "id": 1,
        "src": source(fixture),
        "method": name,
        "params": {"id": component(fixture)[1], **parameters},
    }
    return Message(command_topic(fixture), write(call))


def light(fixture: Fixture, setting: Setting) -> dict[str, object]:
    """Return the fields of level and white or colour, as calls write them."""
    if setting.level <= 0:
        return {"on": False}
    fields: dict[str, object] = {"on": True}
    if dimmable(fixture):
        fields["brightness"] = scale(fixture).units(setting.level)
    return fields | hue(fixture, setting)


def hue(fixture: Fixture, setting: Setting) -> dict[str, object]:
    """Return the fields of white or colour, as calls and reports write them."""
    color, white = shown_color(fixture, setting), shown_white(fixture, setting)
    both = component(fixture)[0] == "rgbcct"
    if color is not None:
        return {"rgb": list(color)} | ({"mode": "rgb"} if both else {})
    if white is not None:
        return {"ct": round(held(fixture, white))} | ({"mode": "cct"} if both else {})
    return {}


def decode(fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
    """Decode a status, a status notification, an answer, or the device's availability."""
    online, status, events, answers = subscriptions(fixture)
    if topic == online:
        return bare_availability(payload, _AVAILABLE)
    fields = read(payload) if topic in {status, events, answers} else None
    if fields is not None and topic != status:
        fields = _inside(fixture, fields, "result" if topic == answers else "params")
    return said(reported(fixture, fields)) if fields else None


def _inside(fixture: Fixture, fields: dict[str, object], key: str) -> dict[str, object] | None:
    inner = fields.get(key)
    if key == "params" and isinstance(inner, dict):
        kind, index = component(fixture)
        inner = inner.get(f"{kind}:{index}")
    return inner if isinstance(inner, dict) else None


def reported(fixture: Fixture, fields: dict[str, object]) -> Reported:
    """Return level and white or colour of a possibly partial status."""
    colored = Ability.COLOR in fixture.can and fields.get("mode", "rgb") == "rgb"
    color = from_parts(fields.get("rgb")) if colored else None
    kelvin = number(fields, "ct", 20000) if color is None else None
    white = Kelvin(kelvin) if kelvin is not None and kelvin >= 1000 else None
    return Reported(_level(fixture, fields), white, color=color)


def _level(fixture: Fixture, fields: dict[str, object]) -> Level | None:
    if fields.get("output") is False:
        return Level(0.0)
    if not dimmable(fixture):
        return Level(1.0) if fields.get("output") is True else None
    brightness = number(fields, "brightness", FULL)
    return scale(fixture).level(brightness) if brightness else None


def subscriptions(fixture: Fixture) -> tuple[str, ...]:
    """Return the topics of availability, status, notifications, and answers to kacenv's calls."""
    name, (kind, index) = device(fixture), component(fixture)
    status, answers = f"{name}/status/{kind}:{index}", f"{source(fixture)}/rpc"
    return f"{name}/online", status, f"{name}/events/rpc", answers
