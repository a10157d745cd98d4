"""Protocols of a room's devices, as the session needs them (ports and adapters)."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from kacenv.core.units import Decibels, Seconds
from kacenv.model.commands import AudioCommand, LightCommand, ScheduledCommand, StrikeChime
from kacenv.model.dropout import Dropout
from kacenv.model.look import Setting
from kacenv.model.status import ProcessStatus


class SoundPort(Protocol):
    """Audio of the room."""

    moved: int
    """Counter of rendered blocks, which grows while audio runs, audible or not."""

    @property
    def underruns(self) -> int:
        """Return how often a decoder fell behind playback."""

    def take_dropouts(self) -> Sequence[Dropout]:
        """Return and forget the gaps in the devices' sound, in room time."""

    def perform(self, command: AudioCommand) -> bool:
        """Perform a command; return False if nobody could hear it."""

    def schedule(self, commands: Sequence[ScheduledCommand]) -> None:
        """Replace the orders that are performed at their times if nobody gives them by then."""

    def fade_in(self) -> None:
        """Mute for a moment and fade in, to hide a jump of the values or of the clock."""

    def duck_for_chime(self, at: Seconds) -> None:
        """Duck the music for a chime that another device plays at `at`."""

    @property
    def recent_music(self) -> Decibels:
        """Return the music's level (dBFS rms) of the last 3 s, which sets the chimes' level."""

    def meters(self) -> Mapping[str, tuple[float, float]]:
        """Return the current rms and peak (dBFS) of each output, by its id."""

    @property
    def device(self) -> str:
        """Return the name of the playing device, for people to read."""

    @property
    def device_note(self) -> str | None:
        """Return the device's trouble and remedy, for people to read; None without trouble."""


class LampPort(Protocol):
    """Lamp; each property is None if unknown."""

    @property
    def believed(self) -> Setting | None:
        """Return the setting that the lamp should show now."""

    @property
    def reported(self) -> Setting | None:
        """Return the setting that the lamp reports."""

    @property
    def available(self) -> bool | None:
        """Tell if the lamp is available."""


class LightPort(Protocol):
    """Lamps of the room."""

    def perform(self, command: LightCommand) -> None:
        """Perform a command."""

    def states(self) -> Mapping[str, LampPort]:
        """Return each lamp's state, by its id."""

    @property
    def connected(self) -> bool:
        """Tell if the broker is connected."""

    @property
    def trouble(self) -> str | None:
        """Return why the lamps can't be led, for people to read; None if nothing is known of it."""


class ControlPort(Protocol):
    """MIDI pedal or controller that may drive the room."""

    @property
    def note(self) -> str | None:
        """Return the controls' trouble and remedy, for people to read; None without trouble."""


class ChimePort(Protocol):
    """MIDI instrument that may play the chimes."""

    @property
    def port(self) -> str | None:
        """Return the name of the open port; None without one."""

    def perform(self, command: StrikeChime, peak: Decibels) -> bool:
        """Play a chime about as loud as the built-in bell would with that peak (dBFS).

        Returns False if it can't, so that the built-in bell rings instead.
        """


class SupervisionPort(Protocol):
    """Supervision, which starts the room again after a crash."""

    def health(self) -> Mapping[str, str | None]:
        """Return its trouble and remedy by its name; empty if there never was any."""

    def processes(self) -> tuple[ProcessStatus, ...]:
        """Return the room's processes."""

    def retry(self) -> None:
        """Mend it now, if that is needed."""
