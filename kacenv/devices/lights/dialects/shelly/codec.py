"""Codec of Shelly's second and later generations: JSON-RPC over MQTT.

Units: brightness 0 to 100, white in kelvin, transitions in seconds. The lamp's abilities select its
component: `light` (level), `cct` (white), `rgb` (colour), `rgbcct` (both); or the topic does, as in
`shellyprodm2pm-0123/light:1`. `rgbw` has one white channel beside its colour; it has no `ct`
(Shelly's technical documentation, Gen2, components RGBW, CCT, Light). Its dimmers bring their
maker's dimming curve.
"""

import re
from collections.abc import Iterator
from typing import Final

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.color_convert import from_parts
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, LampEvent, Message, Reported
from kacenv.devices.lights.dialects.payloads import block, number, read, white, write
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

SHORTEST: Final = Seconds(0.5)
_LIT: Final = 255
_COMPONENT = re.compile(r".+/([a-z]+):\d+")
_TOPIC = re.compile(r"(?P<device>.+)/(?P<kind>light|cct|rgb|rgbw|rgbcct):(?P<id>\d)")
_KINDS = {(False, False): "light", (True, False): "cct", (False, True): "rgb"}
_NAMESPACES = {"light": "Light"}
_WHITES: Final = {"cct", "rgbw", "rgbcct"}
_COLORS: Final = {"rgb", "rgbw", "rgbcct"}
_BESIDE_COLOR: Final[dict[str, dict[str, object]]] = {
    "rgbw": {"white": 0},
    "rgbcct": {"mode": "rgb"},
}


class ShellyCodec(LampCodec):
    """Codec of one component of a Shelly."""

    FULL = 100
    LONGEST = Seconds(300.0)
    """Longest transition (s): the maker names no bound; this is far below any observed."""
    AVAILABLE = ("true", "false")

    def __init__(self, fixture: Fixture) -> None:
        super().__init__(fixture)
        match = _TOPIC.fullmatch(fixture.topic)
        self.device = match["device"] if match else fixture.topic
        """The device's topic prefix."""
        usual = _KINDS.get((self.has_white, self.has_color), "rgbcct")
        self.kind, self.index = (match["kind"], int(match["id"])) if match else (usual, 0)
        """The component's kind and index, such as `light` and 0."""
        self.component = f"{self.kind}:{self.index}"
        self.source = f"kacenv/{self.device}"
        """The caller's name in RPC calls: answers go to it with `/rpc` appended."""
        self.namespace = _NAMESPACES.get(self.kind, self.kind.upper())

    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return one call with at least 0.5 s of transition: the device rejects less."""
        span = round(min(max(transition, SHORTEST), self.LONGEST), 1)
        level = {"brightness": self.units(setting.level)} if self.can_dim else {}
        light = {"on": True, **level, **self.hue(setting)} if setting.level > 0 else {"on": False}
        return (self._call("Set", light | {"transition_duration": span}),)

    @property
    def state_query(self) -> tuple[Message, ...]:
        """Return the call that asks the device for its status."""
        return (self._call("GetStatus", {}),)

    def _call(self, method: str, parameters: dict[str, object]) -> Message:
        call: dict[str, object] = {
            "id": 1,
            "src": self.source,
            "method": f"{self.namespace}.{method}",
            "params": {"id": self.index, **parameters},
        }
        return Message(self.command_topic, write(call))

    def hue(self, setting: Setting) -> dict[str, object]:
        """Return the fields of white or colour, as calls and reports write them."""
        color, kelvin = self.shown_color(setting), self.shown_white(setting)
        if color is not None and self.kind in _COLORS:
            return {"rgb": list(color), **_BESIDE_COLOR.get(self.kind, {})}
        if kelvin is None or self.kind not in _WHITES:
            return {}
        if self.kind == "rgbw":
            return {"rgb": [0, 0, 0], "white": _LIT}
        return {"ct": round(kelvin)} | ({"mode": "cct"} if self.kind == "rgbcct" else {})

    @property
    def misfits(self) -> tuple[str, ...]:
        """Return sentences on a component that isn't one, or has no white or colour."""
        return tuple(self._misfits())

    def _misfits(self) -> Iterator[str]:
        named = _COMPONENT.fullmatch(self.fixture.topic)
        if named and not _TOPIC.fullmatch(self.fixture.topic):
            yield (
                f"no Shelly has the component {named[1]}; it is light, cct, rgb, rgbw or rgbcct,"
                " and light for each channel in the profile for white lamps"
            )
        if self.has_white and self.kind == "rgbw":
            yield "rgbw has one white of its own; looks in white show that, whatever their kelvin"
        elif self.has_white and self.kind not in _WHITES:
            yield f"{self.component} has no whites; leave kelvin out of `can`"
        if self.has_color and self.kind not in _COLORS:
            yield f"{self.component} has no colours; leave color out of `can`"

    def decode_report(self, topic: str, payload: bytes) -> Reported:
        """Decode a status, a status notification, or an answer."""
        _, events, answers = self.report_topics
        fields = read(payload)
        if topic == events:
            fields = block(block(fields.get("params")).get(self.component))
        elif topic == answers:
            fields = block(fields.get("result"))
        return self.reported(fields)

    def reported(self, fields: dict[str, object]) -> Reported:
        """Return level and white or colour of a possibly partial status."""
        colored = self.has_color and fields.get("mode", "rgb") == "rgb"
        color = from_parts(fields.get("rgb")) if colored else None
        kelvin = white(fields, "ct") if color is None else None
        on, brightness = fields.get("output"), number(fields, "brightness", self.FULL) or None
        level = self.level_if(on if isinstance(on, bool) else None, brightness)
        return Reported(level, kelvin, color=color)

    @property
    def command_topic(self) -> str:
        """Return the topic of the device's RPC calls."""
        return f"{self.device}/rpc"

    @property
    def event_topics(self) -> tuple[str, ...]:
        """Return the topic of answers to kacenv's calls."""
        return (f"{self.source}/rpc",)

    def decode_event(self, _topic: str, payload: bytes) -> LampEvent:
        """Decode an error: the answer to a call that the device refuses has no result."""
        words = block(read(payload).get("error")).get("message") if b'"error"' in payload else None
        return LampEvent(refusal=words if isinstance(words, str) else None)

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the topics of status, notifications, and answers to kacenv's calls."""
        status, answers = f"{self.device}/status/{self.component}", f"{self.source}/rpc"
        return status, f"{self.device}/events/rpc", answers

    @property
    def availability_topic(self) -> str:
        """Return the topic of the last will, and of the message after connecting."""
        return f"{self.device}/online"
