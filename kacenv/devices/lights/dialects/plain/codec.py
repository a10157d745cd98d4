"""Codec of dimmers that take a number: 0 is off, the fixture's `scale` is full.

The number stands alone, or in the room file's template: `{level}` in `payload`, and in
`white_payload` `{kelvin}` or `{mired}`. A report is a number, or JSON with one under a key.
"""

import re

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, Message, Reported
from kacenv.devices.lights.dialects.payloads import block, from_mired, read_value, white, within
from kacenv.devices.lights.fades.lightness import DimmingCurve
from kacenv.model.look import Setting

_NUMBER = re.compile(rb"\d{1,5}(\.\d{1,9})?")
_LEVEL, _KELVIN, _MIRED = "{level}", "{kelvin}", "{mired}"


class PlainCodec(LampCodec):
    """Codec of one dimmer."""

    LONGEST = Seconds(0.0)
    CURVE = DimmingCurve.LIGHT
    """A bare dimmer passes its number on to the lamp."""

    @property
    def full(self) -> int:
        """Return the fixture's `scale`."""
        return self.fixture.scale

    @property
    def template(self) -> str:
        """Return the text that is sent for a level."""
        return self.fixture.payload or _LEVEL

    @property
    def in_mired(self) -> bool:
        """Tell if whites are counted in mired."""
        return _MIRED in (self.fixture.white_payload or "")

    def encode(self, setting: Setting, transition: Seconds) -> tuple[Message, ...]:
        """Return the messages for the level and, with a template, the white; no transition."""
        hue = self.encode_color(setting, transition) if setting.level > 0 else ()
        payload = self.template.replace(_LEVEL, str(self.units(setting.level)))
        return (*hue, Message(self.fixture.topic, payload.encode()))

    def encode_color(self, setting: Setting, _transition: Seconds) -> tuple[Message, ...]:
        """Return the message for the white; none if the room file has no template for it."""
        template = self.fixture.white_payload
        if template is None or setting.kelvin is None or not self.has_white:
            return ()
        payload = template.replace(_KELVIN, str(round(self.held(setting.kelvin))))
        mired = str(self.mired(setting.kelvin))
        return (Message(self.fixture.topic, payload.replace(_MIRED, mired).encode()),)

    def decode_report(self, _topic: str, payload: bytes) -> Reported:
        """Decode a bare number, or a JSON object with the fixture's keys."""
        level_key, white_key = self.fixture.state_key, self.fixture.white_key
        if level_key is None:
            return Reported(self.level(payload))
        value = read_value(payload)
        units = within(_under(value, level_key), self.full)
        kelvin = self._white(_under(value, white_key)) if white_key else None
        return Reported(self.level_of(units), kelvin)

    def level(self, payload: bytes) -> Level | None:
        """Return the level of a number; None if it isn't one from 0 to full."""
        value = float(payload) if _NUMBER.fullmatch(payload) else None
        return self.level_of(within(value, self.full))

    def _white(self, value: object) -> Kelvin | None:
        if self.in_mired:
            return from_mired(within(value, 1000))
        return white({"": value}, "")


def _under(value: object, path: str) -> object:
    """Return the value at a path of keys separated by dots."""
    for key in path.split("."):
        value = block(value).get(key)
    return value
