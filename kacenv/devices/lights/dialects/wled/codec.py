"""Codec of WLED: its JSON API on the device's `/api` topic.

Units: brightness 0 to 255, time in tenths of seconds; `tt` is the transition of one command.
Commands set all selected segments to a solid colour: no effect may flicker in this room. They end a
timed light (`nl`), which would dim on by itself (wled/WLED 090e29e, led.cpp, handleNightlight).
"""

import re

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.color_convert import from_parts
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, Message, Reported
from kacenv.devices.lights.dialects.payloads import (
    LONGEST_PAYLOAD,
    block,
    number,
    read,
    white,
    within,
    write,
)
from kacenv.devices.lights.fades.lightness import DimmingCurve
from kacenv.model.look import Color, Setting

_WHITE_ONLY = [0, 0, 0, 255]
_STEADY = 0
_LEAST_KELVIN = 1900
_BRIGHTNESS = re.compile(rb"<ac>(\d{1,3})</ac>")
_EFFECT = re.compile(rb"<fx>(\d{1,3})</fx>")
_PARTS = re.compile(rb"<cl>(\d{1,3})</cl>")
_COLOR = re.compile(rb"#([0-9A-Fa-f]{2})?([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})")


class WledCodec(LampCodec):
    """Codec of one WLED device."""

    FULL = 255
    LONGEST = Seconds(25.5)
    """Longest transition (s) that every version accepts."""
    CURVE = DimmingCurve.LIGHT
    """WLED corrects its colours but, unless told to, not its brightness."""

    @property
    def command_topic(self) -> str:
        """Return the JSON topic; the bare topic would look for `on` and `t` in any text."""
        return f"{self.fixture.topic}/api"

    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return one command for level, white or colour, and transition."""
        fields: dict[str, object] = {"on": setting.level > 0}
        if setting.level > 0 and self.can_dim:
            fields["bri"] = self.units(setting.level)
        fields["tt"] = round(min(max(transition, 0.0), self.LONGEST) * 10)
        fields["nl"] = {"on": False}
        segment = self._segment(setting)
        if segment:
            fields["seg"] = segment
        return (Message(self.command_topic, write(fields)),)

    def _segment(self, setting: Setting) -> dict[str, object]:
        color, kelvin = self.shown_color(setting), self.shown_white(setting)
        if color is not None:
            return {"fx": _STEADY, "col": [list(color)]}
        if kelvin is None:
            return {"fx": _STEADY} if setting.level > 0 else {}
        fields: dict[str, object] = {"fx": _STEADY, "cct": round(kelvin)}
        return fields | ({"col": [_WHITE_ONLY]} if self.has_color else {})

    def decode_report(self, topic: str, payload: bytes) -> Reported:
        """Decode brightness, colour, or the XML or JSON state."""
        brightness, color, _ = self.report_topics
        if len(payload) > LONGEST_PAYLOAD:
            return Reported()
        if topic == brightness:
            return Reported(self.level_of(_whole(payload)))
        if topic == color:
            return Reported(color=self._color(payload))
        fields = read(payload)
        return self.reported(fields) if fields else self._from_xml(payload)

    def _color(self, payload: bytes) -> Color | None:
        """Parse red, green and blue as hex digits, after an optional white channel."""
        match = _COLOR.fullmatch(payload)
        if match is None or not self.has_color:
            return None
        return from_parts([int(part, 16) for part in match.groups()[1:]])

    def _from_xml(self, payload: bytes) -> Reported:
        """Parse the API's XML by searching for its tags: XML parsers are open to hostile input."""
        level, effect = _BRIGHTNESS.search(payload), _EFFECT.search(payload)
        parts = [int(part) for part in _PARTS.findall(payload)[:3]]
        color = from_parts(parts) if self.has_color else None
        running = _running(int(effect[1])) if effect else None
        return Reported(
            self.level_of(_whole(level[1]) if level else None), color=color, effect=running
        )

    def reported(self, fields: dict[str, object]) -> Reported:
        """Return level, white and colour of a JSON state, bare or under `state`."""
        inner = fields.get("state")
        fields = inner if isinstance(inner, dict) else fields
        brightness = self.level_of(number(fields, "bri", self.FULL))
        level = Level(0.0) if fields.get("on") is False else brightness
        segments = fields.get("seg")
        first = block(segments[0] if isinstance(segments, list) and segments else segments)
        effect = _running(number(first, "fx", 255))
        return Reported(level, _white(first), color=self._segment_color(first), effect=effect)

    def _segment_color(self, segment: dict[str, object]) -> Color | None:
        colors = segment.get("col")
        parts = colors[0] if isinstance(colors, list) and colors else None
        return from_parts(parts[:3]) if isinstance(parts, list) and self.has_color else None

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the topics of brightness, colour and state."""
        return tuple(f"{self.fixture.topic}/{suffix}" for suffix in "gcv")

    @property
    def availability_topic(self) -> str:
        """Return the topic of the last will, and of the message after connecting."""
        return f"{self.fixture.topic}/status"


def _running(effect: float | None) -> str | None:
    """Return an effect's number as its name; empty for a steady light."""
    return None if effect is None else f"{effect:.0f}" if effect != _STEADY else ""


def _white(segment: dict[str, object]) -> Kelvin | None:
    """Return the white; below 256, `cct` is a share of the strip's range, which is unknown."""
    kelvin = white(segment, "cct", _LEAST_KELVIN)
    return kelvin if kelvin is not None and kelvin <= 10091 else None


def _whole(payload: bytes) -> float | None:
    return within(int(payload), WledCodec.FULL) if len(payload) <= 3 and payload.isdigit() else None
