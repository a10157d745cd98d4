"""Faults and habits of simulated lamps: losses, rate limits, deafness, and the power-on state."""

from collections import deque
from random import Random
from typing import NamedTuple

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import CommandRate
from kacenv.model.look import Setting


class LampFaults(NamedTuple):
    """Faults of a lamp; none by default."""

    loss: float = 0.0
    """Share of commands lost in transit, 0 to 1."""
    seed: int = 0
    """Seed of the random losses; the same seed loses the same commands."""
    rate: CommandRate | None = None
    """Rate limit above which commands are lost."""
    power_on: Setting | None = Setting(Level(1.0))
    """Setting after a power cycle; None for the one before it.

    Tasmota's `PowerOnState` and `SetOption0`, Zigbee2MQTT's `power_on_behavior`, ESPHome's
    `restore_mode`, Shelly's `initial_state`.
    """
    deaf_to_white: bool = False
    """True for a lamp that takes no white or colour while it is dark.

    Koenkk/zigbee2mqtt, lib/extension/publish.ts, says so of some bulbs.
    """
    deaf_to_off: bool = False
    """True for a lamp that misses `off` in the middle of a fade.

    Koenkk/zigbee2mqtt#4963, #13632; the bridge says `OFF` nevertheless.
    """
    dimmer_keeps_off: bool = False
    """True for a Tasmota lamp with `SetOption20 1`: it is dimmed, but not switched on.

    emontnemery/hatasmota#221; arendst/Tasmota 04f3df8, xdrv_04_light.ino, LightPreparePower.
    """
    dark_at: int = 0
    """Brightness (units) at and below which the lamp goes out, and says so itself.

    Koenkk/zigbee2mqtt#3163; Koenkk/zigbee-herdsman-converters df72005, `turnsOffAtBrightness1`.
    """
    mode: str = ""
    """Colour mode of an ESPHome lamp with several channels: `cwww`, `rgbw`, `rgbct` or `rgbww`.

    esphome/esphome 0099fcc, light_json_schema.cpp, dump_json.
    """


class CommandFilter:
    """Filter that drops commands according to `faults`."""

    def __init__(self, faults: LampFaults) -> None:
        self._faults = faults
        self._random = Random(faults.seed)  # noqa: S311 - simulation, not cryptography
        self._taken: deque[Seconds] = deque()

    def accepts(self, now: Seconds) -> bool:
        """Tell if a command received at `now` takes effect."""
        if self._random.random() < self._faults.loss:
            return False
        rate = self._faults.rate
        if rate is None:
            return True
        while self._taken and self._taken[0] <= now - rate.within:
            self._taken.popleft()
        if len(self._taken) >= rate.commands:
            return False
        self._taken.append(now)
        return True
