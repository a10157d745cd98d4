"""Devices made of memory: whole implementations of what a session needs of a room."""

from collections.abc import Mapping, Sequence

from kacenv.core.units import Decibels, Seconds
from kacenv.model.commands import (
    AudioCommand,
    Command,
    LightCommand,
    ScheduledCommand,
    ShowLook,
    StrikeChime,
)
from kacenv.model.dropout import Dropout
from kacenv.model.look import Setting
from kacenv.system.clock import Clock


class MemoryDevice:
    """Remembers each order with the moment at which it came."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.orders: list[tuple[Seconds, Command]] = []

    def _remember(self, command: Command) -> None:
        self.orders.append((self.clock.now(), command))


class MemorySound(MemoryDevice):
    """A sound system that nobody hears."""

    device = "memory"
    moved = 0
    underruns = 0
    device_note: str | None = None

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.room_made: list[Seconds] = []
        self.fades_in = 0
        self.ahead: list[Sequence[ScheduledCommand]] = []
        self.dropouts: list[Dropout] = []
        self.recent_music = Decibels(-30.0)

    def perform(self, command: AudioCommand) -> bool:
        """Remember the order."""
        self._remember(command)
        return True

    def take_dropouts(self) -> list[Dropout]:
        """Tell of each gap once."""
        found, self.dropouts = self.dropouts, []
        return found

    def schedule(self, commands: Sequence[ScheduledCommand]) -> None:
        """Remember the orders that were given ahead."""
        self.ahead.append(commands)

    def fade_in(self) -> None:
        """Remember that it was asked."""
        self.fades_in += 1

    def duck_for_chime(self, at: Seconds) -> None:
        """Remember for which chime room was made."""
        self.room_made.append(at)

    def meters(self) -> Mapping[str, tuple[float, float]]:
        """A constant level."""
        return {"speakers": (-30.0, -20.0)}


class MemoryLamp:
    """A lamp that shows what it was told last."""

    def __init__(self, believed: Setting | None) -> None:
        self.believed = believed
        self.reported: Setting | None = None
        self.available: bool | None = None


class MemoryLight(MemoryDevice):
    """Lamps that change at once."""

    connected = True
    trouble: str | None = None

    def __init__(self, clock: Clock, zones: Mapping[str, str]) -> None:
        super().__init__(clock)
        self.lamps = {lamp: MemoryLamp(None) for lamp in zones}
        self._zones = zones

    def perform(self, command: LightCommand) -> None:
        """Show the look."""
        self._remember(command)
        if not isinstance(command, ShowLook):
            return
        for lamp, zone in self._zones.items():
            wanted = {str(name): setting for name, setting in command.look.items()}.get(zone)
            if wanted is not None:
                self.lamps[lamp].believed = wanted

    def states(self) -> Mapping[str, MemoryLamp]:
        """All lamps."""
        return self.lamps


class BrokenLight(MemoryLight):
    """Lamps whose driver fails at every order."""

    def perform(self, command: LightCommand) -> None:  # noqa: ARG002 - fails at any
        """Fail."""
        raise RuntimeError("no lamps today")


class MemoryChimes(MemoryDevice):
    """A MIDI instrument that is there, or isn't."""

    def __init__(self, clock: Clock, *, there: bool) -> None:
        super().__init__(clock)
        self.there = there
        self.peaks: list[Decibels] = []

    @property
    def port(self) -> str | None:
        """Its port, if there."""
        return "memory" if self.there else None

    def perform(self, command: StrikeChime, peak: Decibels) -> bool:
        """Play, if there."""
        if self.there:
            self.peaks.append(peak)
            self._remember(command)
        return self.there
