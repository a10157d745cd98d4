"""Device side of Home Assistant's JSON schema, as ESPHome behaves.

After esphome/esphome: light_json_schema.cpp at 0099fcc (dump_json, parse_json), light_call.cpp at
018c65d (validate_, perform).
"""

from typing import Literal

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.device_codec import (
    NOTHING,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.home_assistant.codec import (
    GAMMA,
    NO_EFFECT,
    WHITE_MODE,
    HomeAssistantCodec,
)
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import OFF, block, number, read, write
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.look import Setting

_OWN_TRANSITION = 1.0
_WHOLE = ("brightness", "color_temp", "transition")
_LIT, _DARK = 255, 0
_TWO_WHITES = {"cwww", "rgbww"}


class HomeAssistantDevice(DeviceCodec[HomeAssistantCodec]):
    """ESPHome light."""

    RETAINS = True

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode level, white, colour, transition; drop integer fields with a fractional value."""
        fields = read(payload)
        if not fields:
            return None
        kept = {k: v for k, v in fields.items() if k not in _WHOLE or isinstance(v, int)}
        wanted = self.codec.reported(kept)
        # Beside an effect, a transition is dropped, and the lamp's own counts.
        transition = number(kept, "transition", 65535) if wanted.effect is None else None
        span = Seconds(_OWN_TRANSITION if transition is None else transition)
        effect = "" if fields.get("state") == OFF else wanted.effect
        command = ParsedCommand(wanted.level, wanted.kelvin, span, wanted.color, effect=effect)
        return command._replace(clears=_cleared(block(fields.get("color"))))

    def reports(self, setting: Setting, extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return a report of the target, whose `color` is always there."""
        if self.fixture.state_topic is None:
            return ()
        fields = self.codec.state(setting)
        usual = (
            "rgb" if "color" in fields else WHITE_MODE if "color_temp" in fields else "brightness"
        )
        fields["color_mode"] = mode = extras.mode or usual
        fields["color"] = self._channels(mode, setting, extras)
        if mode in _TWO_WHITES:
            fields.pop("color_temp", None)
        if extras.effect is not None:
            fields["effect"] = extras.effect or NO_EFFECT
        return (Message(self.fixture.state_topic, write(fields)),)

    def _channels(self, mode: str, setting: Setting, extras: Extras) -> dict[str, object]:
        color, white = setting.color or (_DARK,) * 3, setting.color is None or extras.mixed
        parts: dict[str, object] = dict(zip("rgb", color, strict=True)) if "rgb" in mode else {}
        if mode in _TWO_WHITES:
            return parts | (self._two_whites(setting) if white else {"c": _DARK, "w": _DARK})
        return parts | ({"w": _LIT if white else _DARK} if mode in {"rgbw", "rgbct"} else {})

    def _two_whites(self, setting: Setting) -> dict[str, object]:
        """Return the cold and warm channels of a white, by their gamma (transform_parameters_)."""
        coolest, warmest = MIRED / self.fixture.coolest, MIRED / self.fixture.warmest
        mired = MIRED / (setting.kelvin or self.fixture.warmest)
        warm = (mired - coolest) / (warmest - coolest) if warmest > coolest else 1.0
        warm = min(max(warm, 0.0), 1.0)
        parts = {"c": 1.0 - warm, "w": warm}
        most = max(parts.values())
        return {name: round(_LIT * (part / most) ** (1 / GAMMA)) for name, part in parts.items()}


def _cleared(color: dict[str, object]) -> Literal["white", "color"] | None:
    """Return the channels that a command's `color` puts out; none with `w` alone beside `c`."""
    if color.get("w") == 0 and not color.get("c"):
        return "white"
    return "color" if color and not any(color.get(part) for part in "rgb") else None
