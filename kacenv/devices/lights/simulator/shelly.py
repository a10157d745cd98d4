"""Device side of Shelly's second generation."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, shelly
from kacenv.devices.lights.dialects.codec_protocol import dimmable, number, read, write
from kacenv.devices.lights.simulator.device_codec import CommandRate, ParsedCommand
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

RETAINS = False
CANCELS = False
RATE: CommandRate | None = None
_OWN_TRANSITION = 1.0
_WRONG_ARGUMENT = {"code": -103, "message": "Invalid argument"}
_CHECKED = {"brightness": shelly.FULL, "ct": 20000.0, "transition_duration": 86400.0}


def command_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the topic of the device's RPC calls."""
    return (shelly.command_topic(fixture),)


def decode_command(fixture: Fixture, _topic: str, payload: bytes) -> ParsedCommand | None:
    """Decode a call that sets the light; reject it whole if a value is out of range."""
    call = read(payload) or {}
    wanted = call.get("params")
    if call.get("method") != shelly.method(fixture) or not isinstance(wanted, dict):
        return None
    if wanted.get("id") != shelly.component(fixture)[1] or _broken(wanted):
        return None
    said = shelly.reported(fixture, {"output": wanted.get("on"), **wanted})
    transition = number(wanted, "transition_duration", 86400)
    span = _OWN_TRANSITION if transition is None else transition
    return ParsedCommand(said.level, said.kelvin, Seconds(span), said.color)


def _broken(wanted: dict[str, object]) -> bool:
    span = number(wanted, "transition_duration", 86400)
    short = span is not None and span < shelly.SHORTEST
    return short or any(
        key in wanted and number(wanted, key, most) is None for key, most in _CHECKED.items()
    )


def answers(fixture: Fixture, payload: bytes, *, taken: bool) -> tuple[Message, ...]:
    """Return the result or error of a call, addressed to its caller."""
    call = read(payload) or {}
    caller = call.get("src")
    if caller != shelly.source(fixture):
        return ()
    outcome = {"result": None} if taken else {"error": _WRONG_ARGUMENT}
    head = {"id": call.get("id"), "src": shelly.device(fixture), "dst": caller}
    return (Message(f"{caller}/rpc", write({**head, **outcome})),)


def reports(fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
    """Return a notification of the target, as devices send by default."""
    kind, index = shelly.component(fixture)
    status: dict[str, object] = {"id": index, "source": "MQTT", "output": setting.level > 0}
    if dimmable(fixture) and setting.level > 0:
        status["brightness"] = shelly.scale(fixture).units(setting.level)
    status |= shelly.hue(fixture, setting)
    device = shelly.device(fixture)
    head = {"src": device, "dst": f"{device}/events", "method": "NotifyStatus"}
    frame: dict[str, object] = {**head, "params": {"ts": 0.0, f"{kind}:{index}": status}}
    return (Message(f"{device}/events/rpc", write(frame)),)


def availability(fixture: Fixture, available: bool) -> Message | None:
    """Return the last will, or the message after connecting."""
    return Message(f"{shelly.device(fixture)}/online", str(available).lower().encode())
