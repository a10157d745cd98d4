"""What a session needs of a room's devices; adapters fit these without knowing of them."""

from collections.abc import Mapping
from typing import Protocol

from kacenv.commands import AudioCommand, LightCommand, StrikeChime
from kacenv.look import Setting
from kacenv.units import Decibels, Seconds


class Sound(Protocol):
    """What the session needs of the room's sound."""

    moved: int
    """Grows as long as sound is being made, heard or not."""

    @property
    def underruns(self) -> int:
        """How often a decoder fell behind what was to be heard."""
        ...

    def perform(self, command: AudioCommand) -> bool:
        """Carry out a command; False where nobody could hear it."""
        ...

    def fade_in(self) -> None:
        """Fall silent for a moment and fade in: something has leapt."""

    def make_room(self, at: Seconds) -> None:
        """Duck the music for a chime that something else strikes at `at`."""

    @property
    def recent_music(self) -> Decibels:
        """The music's level (rms, dBFS) of the last 3 s, which chimes go by."""
        ...

    def meters(self) -> Mapping[str, tuple[float, float]]:
        """RMS and peak (dBFS) of each output just now."""
        ...

    @property
    def device(self) -> str:
        """What plays, in words."""
        ...

    @property
    def device_note(self) -> str | None:
        """What is wrong with what plays, and what to do; None while all is well."""
        ...


class Lamp(Protocol):
    """One lamp; each property is None where nobody knows."""

    @property
    def believed(self) -> Setting | None:
        """What it should show by now."""
        ...

    @property
    def reported(self) -> Setting | None:
        """What it says it shows."""
        ...

    @property
    def available(self) -> bool | None:
        """Whether it answers."""
        ...


class Light(Protocol):
    """What the session needs of the room's lamps."""

    def perform(self, command: LightCommand) -> None:
        """Carry out a command."""

    def shown(self) -> Mapping[str, Lamp]:
        """Each lamp as it is."""
        ...

    @property
    def connected(self) -> bool:
        """Whether the broker can be reached."""
        ...


class ControlPort(Protocol):
    """A MIDI pedal or controller that may drive the room."""

    @property
    def note(self) -> str | None:
        """What is wrong with it, and what to do; None while all is well."""
        ...


class ChimePort(Protocol):
    """A MIDI instrument that may play the chimes."""

    @property
    def port(self) -> str | None:
        """The name of the port that plays; None while it is away."""
        ...

    def perform(self, command: StrikeChime, peak: Decibels) -> bool:
        """Play the chime about as loud as the built-in bell would, whose peak is given (dBFS).

        False when it can't, so that the built-in bell does.
        """
        ...
