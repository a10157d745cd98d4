"""Codec of Zigbee2MQTT's devices.

Units: brightness 0 to 254, white in mired, transitions in seconds. Level and white (or colour) are
two Zigbee commands, and some bulbs drop the first one's transition for the second: each has a
message of its own. Colours are x and y: red, green and blue would be taken for those of a wider
space than sRGB, and shown as another colour (zigbee-herdsman-converters 26.112.0, color.ts). Bulbs
bring their maker's dimming curve; a second one would crush the dark end.
"""

import re
from typing import Final

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.color_convert import from_hue, from_xy, to_xy
from kacenv.devices.lights.dialects.lamp_codec import (
    NO_EVENT,
    LampCodec,
    LampEvent,
    Message,
    Reported,
)
from kacenv.devices.lights.dialects.payloads import (
    OFF,
    ON,
    block,
    from_mired,
    is_on,
    number,
    read,
    write,
)
from kacenv.model.look import Color, Setting

WHITE_MODE: Final = "color_temp"
STOP_EFFECT: Final = "stop_hue_effect"
_NO_EFFECTS: Final = {"", "none", "finish_effect", "stop_effect", STOP_EFFECT}
_SHORT_EFFECTS: Final = {"blink", "breathe", "okay", "channel_change"}
_EVENTS, _LOG = "bridge/event", "bridge/logging"
_FAILED: Final = re.compile(r"(?:z2m: )?Publish 'set' '[^']*' to '(.*)' failed: '(.*)'", re.DOTALL)


class Zigbee2MqttCodec(LampCodec):
    """Codec of one device, or group, of Zigbee2MQTT."""

    FULL = 254
    LEAST = 2
    """Brightness 1 turns some bulbs off (Koenkk/zigbee-herdsman-converters df72005, toZigbee.ts,
    `turnsOffAtBrightness1`), more than are known to do so (Koenkk/zigbee2mqtt#3163)."""
    OPTIMISTIC = True
    LONGEST = Seconds(6500.0)
    """Longest transition (s): Zigbee counts tenths of seconds in 16 bits."""

    @property
    def command_topic(self) -> str:
        """Return the topic of the lamp's commands."""
        return f"{self.fixture.topic}/set"

    @property
    def report_topics(self) -> tuple[str, ...]:
        """Return the lamp's topic, unless the room file says otherwise."""
        return (self.fixture.state_topic or self.fixture.topic,)

    @property
    def availability_topic(self) -> str:
        """Return the lamp's own topic of availability, unless the room file says otherwise."""
        return self.fixture.availability_topic or f"{self.fixture.topic}/availability"

    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return the white or colour, if any, at once, then the level within `transition`."""
        before = self.encode_color(setting, Seconds(0.0)) if setting.level > 0 else ()
        return (*before, self._command(self.light(setting), transition))

    def encode_after(
        self, last: Reported, setting: Setting, transition: Seconds
    ) -> tuple[Message, ...]:
        """Return `encode`'s messages, after one that ends an effect.

        Only Hue bulbs have effects that go on, tell of them, and keep them through a new level
        (Koenkk/zigbee-herdsman-converters df72005, philips.ts, effect; toZigbee.ts, effect).
        """
        messages = self.encode(setting, transition)
        if not last.effect or setting.level <= 0:
            return messages
        return (Message(self.command_topic, write({"effect": STOP_EFFECT})), *messages)

    def light(self, setting: Setting) -> dict[str, object]:
        """Return the fields of the level, as commands and reports write them."""
        if setting.level <= 0:
            return {"state": OFF}
        level = {"brightness": self.units(setting.level)} if self.can_dim else {}
        return {"state": ON, **level}

    def white(self, kelvin: Kelvin) -> dict[str, object]:
        """Return the field of the white, as commands and reports write it."""
        return {"color_temp": self.mired(kelvin)}

    def encode_color(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return the message that fades only the colour or, without one, the white."""
        if setting.color is not None and self.has_color:
            x, y = to_xy(setting.color)
            fields: dict[str, object] = {"color": {"x": round(x, 4), "y": round(y, 4)}}
        elif setting.kelvin is not None and self.has_white:
            fields = self.white(setting.kelvin)
        else:
            return ()
        return (self._command(fields, transition),)

    def _command(self, fields: dict[str, object], transition: Seconds) -> Message:
        # A switch has no converter for it (zigbee-herdsman-converters 26.112.0, modernExtend.ts).
        if self.can_dim or self.has_white or self.has_color:
            fields = {**fields, "transition": round(min(max(transition, 0.0), self.LONGEST), 1)}
        return Message(self.command_topic, write(fields))

    def decode_report(self, _topic: str, payload: bytes) -> Reported:
        """Decode a report in JSON."""
        return self.reported(read(payload))

    def reported(self, fields: dict[str, object]) -> Reported:
        """Return the level, and white or colour, among `fields`."""
        is_white = fields.get("color_mode", WHITE_MODE) == WHITE_MODE
        kelvin = from_mired(number(fields, "color_temp", 1000)) if is_white else None
        color = fields.get("color")
        colored = self.has_color and not ("color_mode" in fields and is_white)
        shown = _color_of(color) if colored and isinstance(color, dict) else None
        white = kelvin if shown is None else None
        return Reported(self._level(fields), white, color=shown, effect=_effect(fields))

    def _level(self, fields: dict[str, object]) -> Level | None:
        # Some controllers report 255 for a full 254.
        brightness = number(fields, "brightness", 255) or None
        return self.level_if(is_on(fields.get("state")), brightness)

    @property
    def _names(self) -> dict[str, str]:
        """Return the lamp's name by each base topic that it may have: both may contain slashes."""
        parts = self.fixture.topic.split("/")
        return {"/".join(parts[:at]): "/".join(parts[at:]) for at in range(1, len(parts))}

    @property
    def event_topics(self) -> tuple[str, ...]:
        """Return the topics of Zigbee2MQTT's events and of its log."""
        return tuple(f"{base}/{topic}" for base in self._names for topic in (_EVENTS, _LOG))

    def decode_event(self, topic: str, payload: bytes) -> LampEvent:
        """Decode the lamp's announcement, or the bridge's error about a command to it.

        Koenkk/zigbee2mqtt 6835cbf, lib/extension/bridge.ts and publish.ts; lib/util/logger.ts, by
        which a message begins with its namespace.
        """
        if topic.endswith(_EVENTS):
            event = read(payload) if b"device_announce" in payload else {}
            name = self._names.get(topic[: -len(_EVENTS) - 1])
            return self.announced(event, name) if event else NO_EVENT
        name = self._names.get(topic[: -len(_LOG) - 1])
        match = _FAILED.fullmatch(_error(payload))
        return LampEvent(refusal=match[2]) if match and match[1] == name else NO_EVENT

    def announced(self, event: dict[str, object], name: str | None) -> LampEvent:
        """Return the event of an announcement: a restart if it is this lamp's."""
        return LampEvent(restarted=block(event.get("data")).get("friendly_name") == name)

    @property
    def state_query(self) -> tuple[Message, ...]:
        """Return the request that makes Zigbee2MQTT read the lamp's state.

        Each field is answered apart, with what the bridge remembers of all others.
        """
        white = {"color_temp": ""} if self.has_white and not self.has_color else {}
        level = {"brightness": ""} if self.can_dim else {}
        return (Message(f"{self.fixture.topic}/get", write({"state": "", **level, **white})),)


def _effect(fields: dict[str, object]) -> str | None:
    """Return the running effect; empty for none or a short one, None if the lamp doesn't tell."""
    effect = fields.get("effect")
    if not isinstance(effect, str):
        return None
    return "" if effect in _NO_EFFECTS | _SHORT_EFFECTS else effect


def _error(payload: bytes) -> str:
    """Return the text of an error in the log; an empty one for anything else."""
    fields = read(payload) if b"failed" in payload else {}
    text = fields.get("message") if fields.get("level") == "error" else None
    return text if isinstance(text, str) else ""


def _color_of(fields: dict[str, object]) -> Color | None:
    """Return the colour of `x` and `y`, else of `hue` and `saturation`."""
    x, y = number(fields, "x", 1), number(fields, "y", 1)
    if x is not None and y is not None:
        return from_xy(x, y)
    hue, saturation = number(fields, "hue", 360), number(fields, "saturation", 100)
    return None if hue is None or saturation is None else from_hue(hue, saturation)
