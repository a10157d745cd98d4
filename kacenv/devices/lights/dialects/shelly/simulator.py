"""Device side of Shelly's second generation.

After Shelly's technical documentation, Gen2: `Set` of Light, CCT, RGB, RGBW and RGBCCT. A method of
another profile has no handler (openhab/openhab-addons#17692).
"""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects.device_codec import (
    NOTHING,
    DeviceCodec,
    Extras,
    ParsedCommand,
)
from kacenv.devices.lights.dialects.lamp_codec import Message
from kacenv.devices.lights.dialects.payloads import LONGEST_TRANSITION, number, read, write
from kacenv.devices.lights.dialects.shelly.codec import SHORTEST, ShellyCodec
from kacenv.model.look import Setting

_OWN_TRANSITION = 1.0
_WRONG_ARGUMENT: dict[str, object] = {"code": -103, "message": "Invalid argument"}
_NO_HANDLER = 404
_SPAN = "transition_duration"
_CHECKED = {"brightness": ShellyCodec.FULL, "ct": 20000.0, _SPAN: LONGEST_TRANSITION}


class ShellyDevice(DeviceCodec[ShellyCodec]):
    """Component of a Shelly."""

    def decode_command(self, _topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode a call that sets the light; reject it whole if a value is out of range."""
        call = read(payload)
        wanted = call.get("params")
        if call.get("method") != f"{self.codec.namespace}.Set" or not isinstance(wanted, dict):
            return None
        if wanted.get("id") != self.codec.index or _is_invalid(wanted):
            return None
        light = self.codec.reported({"output": wanted.get("on"), **wanted})
        span = number(wanted, _SPAN, LONGEST_TRANSITION)
        duration = Seconds(_OWN_TRANSITION if span is None else span)
        kelvin = self.fixture.warmest if self._is_white(wanted) else light.kelvin
        return ParsedCommand(light.level, kelvin, duration, light.color)

    def _is_white(self, wanted: dict[str, object]) -> bool:
        """Tell if a call lights the white channel alone; its white is taken for the warmest."""
        lit = self.codec.kind == "rgbw" and bool(number(wanted, "white", 255))
        return lit and wanted.get("rgb") == [0, 0, 0]

    def answers(self, payload: bytes, *, taken: bool) -> tuple[Message, ...]:
        """Return the result or error of a call, addressed to its caller."""
        call = read(payload)
        caller = call.get("src")
        if caller != self.codec.source:
            return ()
        outcome = {"result": None} if taken else {"error": self._error(str(call.get("method")))}
        head = {"id": call.get("id"), "src": self.codec.device, "dst": caller}
        return (Message(f"{caller}/rpc", write({**head, **outcome})),)

    def _error(self, method: str) -> dict[str, object]:
        if method.startswith(f"{self.codec.namespace}."):
            return _WRONG_ARGUMENT
        return {"code": _NO_HANDLER, "message": f"No handler for {method}"}

    def reports(self, setting: Setting, _extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return a notification of the target, as devices send by default."""
        codec, on = self.codec, setting.level > 0
        status: dict[str, object] = {"id": codec.index, "source": "MQTT", "output": on}
        if codec.can_dim and on:
            status["brightness"] = codec.units(setting.level)
        status |= codec.hue(setting)
        head = {"src": codec.device, "dst": f"{codec.device}/events", "method": "NotifyStatus"}
        frame: dict[str, object] = {**head, "params": {"ts": 0.0, codec.component: status}}
        return (Message(f"{codec.device}/events/rpc", write(frame)),)


def _is_invalid(wanted: dict[str, object]) -> bool:
    span = number(wanted, _SPAN, LONGEST_TRANSITION)
    short = span is not None and span < SHORTEST
    return short or any(
        key in wanted and number(wanted, key, most) is None for key, most in _CHECKED.items()
    )
