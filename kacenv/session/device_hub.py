"""Devices of a room: command routing and status."""

import logging
from collections.abc import Iterable

from kacenv.core.units import Decibels
from kacenv.model.commands import AudioCommand, LightCommand, StrikeChime
from kacenv.model.room import Room
from kacenv.model.scene import Audience
from kacenv.model.status import LampStatus
from kacenv.session.ports import ChimePort, ControlPort, LightPort, SoundPort
from kacenv.session.status import health, lamp_status

_NO_MUSIC = Decibels(-120.0)
_log = logging.getLogger(__name__)


class DeviceHub:
    """Sound, light, chimes and controls of a room; any of them may be missing."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.sound: SoundPort | None = None
        self.light: LightPort | None = None
        self.chimes: ChimePort | None = None
        self.controls: ControlPort | None = None

    def play(self, command: AudioCommand) -> None:
        """Perform a sound command; a chime goes to the MIDI instrument, if there is one."""
        if isinstance(command, StrikeChime) and self._plays_by_midi(command):
            if self.sound is not None and command.audience is Audience.ROOM:
                self.sound.duck_for_chime(command.at)
        elif self.sound is not None:
            self.sound.perform(command)

    def show(self, command: LightCommand) -> None:
        """Perform a light command."""
        if self.light is not None:
            self.light.perform(command)

    def _plays_by_midi(self, command: StrikeChime) -> bool:
        """Return True if a MIDI instrument plays the chime; if it fails, the built-in bell does."""
        music = self.sound.recent_music if self.sound is not None else _NO_MUSIC
        peak = self.room.chime_loudness.peak(music)
        try:
            return self.chimes is not None and self.chimes.perform(command, peak)
        except Exception:  # noqa: BLE001 - whatever it is, the chime shall ring
            _log.exception("the MIDI instrument failed")
            return False

    @property
    def underruns(self) -> int:
        """Number of times that a decoder fell behind."""
        return self.sound.underruns if self.sound is not None else 0

    def health(self, gaps: str | None = None) -> dict[str, str | None]:
        """Return a line for each part: None if it is well, else the fault and the remedy.

        `gaps` is what there is to say of gaps in the sound.
        """
        parts = dict(health(self.room, self.sound, self.light, self.chimes))
        parts["sound"] = parts["sound"] or gaps
        if self.controls is not None:
            notes = (parts.get("midi"), self.controls.note)
            parts["midi"] = " ".join(note for note in notes if note) or None
        return parts

    def meters(self) -> Iterable[tuple[str, tuple[float, float]]]:
        """Yield RMS and peak (dBFS) by output."""
        for output, (rms, peak) in (self.sound.meters() if self.sound else {}).items():
            yield output, (round(rms, 1), round(peak, 1))

    def lamps(self) -> Iterable[tuple[str, LampStatus]]:
        """Yield the status of each lamp with a known state."""
        shown = self.light.states() if self.light else {}
        for fixture in self.room.lights:
            lamp = shown.get(fixture.id)
            setting = (lamp.believed or lamp.reported) if lamp else None
            if lamp and setting:
                yield fixture.id, lamp_status(fixture, setting, lamp.available)
