"""All payloads of kacenv's codec for five kinds of bulbs, through the makers' converters."""

import json
import subprocess
from collections.abc import Iterator
from itertools import product
from typing import Any, Self

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import codec
from kacenv.model.look import parse_setting
from kacenv.model.room import Fixture
from peers.bulbs import KINDS, Bulb
from peers.install import ZIGBEE
from peers.row import Row

LEAST = 1400
LEVELS = ("0.4%", "1%", "5%", "12.5%", "33%", "50%", "77%", "100%")
WHITES = ("2000 K", "2200 K", "2700 K", "4000 K", "6500 K")
COLORS = ("#ff8040", "#4060ff", "#ff0000")
TRANSITIONS = (0.0, 0.04, 0.3, 1.0, 2.5, 8.0, 60.0, 600.0, 3600.0, 6500.0, 6553.5, 9999.0)
WHOLE = 65535
"""A chromaticity of 1."""
CUT = 65000
"""Tenths of a second to which longer fades are cut."""


def report() -> Iterator[Row]:
    """Convert them all."""
    calls, errors, wrong, messages = 0, [], [], 0
    with _Converter() as converter:
        for name, bulb in KINDS.items():
            for payload, transition in _payloads(name, bulb):
                done = converter.convert(name, payload)
                messages, calls = messages + 1, calls + done["calls"]
                errors += done["errors"]
                wrong += list(_wrong(bulb, json.loads(payload), transition, done["commands"]))
    good = calls >= LEAST and not errors and not wrong
    trouble = [*errors, *wrong][:3]
    yield Row(
        good,
        "payloads through the converters",
        f"{calls} calls for {messages} messages to {len(KINDS)} kinds of bulbs; "
        f"errors {len(errors)}, wrong values {len(wrong)} {trouble or ''}",
    )


class _Converter:
    """The bridge without a broker: a message in, ZCL commands out."""

    def __enter__(self) -> Self:
        bulbs = {name: bulb.for_bridge() for name, bulb in KINDS.items()}
        self._process = subprocess.Popen(
            ["node", "bridge.mjs", json.dumps({"bulbs": bulbs})],
            cwd=ZIGBEE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def convert(self, name: str, payload: bytes) -> dict[str, Any]:
        """Return the calls, errors and ZCL commands of a message."""
        sends, hears = self._process.stdin, self._process.stdout
        assert sends is not None
        assert hears is not None
        sends.write(json.dumps({"name": name, "message": json.loads(payload)}) + "\n")
        sends.flush()
        done: dict[str, Any] = json.loads(hears.readline())
        return done


def _payloads(name: str, bulb: Bulb) -> Iterator[tuple[bytes, float]]:
    lamp = codec(Fixture.model_validate(bulb.for_room(name)))
    shades = [""]
    shades += [f" {white}" for white in WHITES if "kelvin" in bulb.can]
    shades += [f" {color}" for color in COLORS if "color" in bulb.can]
    settings = ["off", *(level + shade for level, shade in product(LEVELS, shades))]
    for text, transition in product(settings, TRANSITIONS):
        setting, span = parse_setting(text), Seconds(transition)
        for message in lamp.encode(setting, span):
            white = b'"color' in message.payload
            yield message.payload, 0.0 if white else transition
        for message in lamp.encode_color(setting, span):
            yield message.payload, transition


def _wrong(
    bulb: Bulb, asked: dict[str, Any], transition: float, commands: list[dict[str, Any]]
) -> Iterator[str]:
    """Each value of a command that isn't what was asked for; one that ZCL doesn't allow raises."""
    # IKEA's bulbs freeze if a command meets a fade, so their converter stops it first.
    commands = [command for command in commands if command["command"] != "stop"]
    if len(commands) != 1:
        yield f"{asked}: {len(commands)} commands"
        return
    (command,) = commands
    expected: dict[str, Any] = {"transtime": min(round(round(transition, 1) * 10), CUT)}
    if not bulb.can:
        expected = {"command": asked["state"].lower()}
    elif "color_temp" in asked:
        expected["colortemp"] = min(max(asked["color_temp"], bulb.mired[0]), bulb.mired[1])
    elif "color" in asked:
        x, y = asked["color"]["x"], asked["color"]["y"]
        expected |= {"colorx": round(x * WHOLE), "colory": round(y * WHOLE)}
    elif "state" in asked:
        expected["level"] = asked.get("brightness", 0)
    for key, value in expected.items():
        # Where a bulb goes off at 1, its converter makes it 2.
        if command.get(key) != value and (key, value, command.get(key)) != ("level", 1, 2):
            yield f"{asked}: {key} {command.get(key)} for {value}"
