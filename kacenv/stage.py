"""The stage: a room's devices, as the session's orders reach them and as they are seen."""

import logging
from collections.abc import Iterable

from kacenv.commands import AudioCommand, LightCommand, StrikeChime
from kacenv.devices import ChimePort, ControlPort, Light, Sound
from kacenv.room import Room
from kacenv.scene import Audience
from kacenv.status import LampStatus, health, lamp_status
from kacenv.units import Decibels

_NO_MUSIC = Decibels(-120.0)
_log = logging.getLogger(__name__)


class Stage:
    """What a room has of sound, light, chimes and controls; any of them may be missing."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.sound: Sound | None = None
        self.light: Light | None = None
        self.chimes: ChimePort | None = None
        self.controls: ControlPort | None = None

    def play(self, command: AudioCommand) -> None:
        """Carry out an order to the sound; a chime goes to the MIDI instrument if there is one."""
        if isinstance(command, StrikeChime) and self._plays_by_midi(command):
            if self.sound is not None and command.audience is Audience.ROOM:
                self.sound.make_room(command.at)
        elif self.sound is not None:
            self.sound.perform(command)

    def show(self, command: LightCommand) -> None:
        """Carry out an order to the light."""
        if self.light is not None:
            self.light.perform(command)

    def _plays_by_midi(self, command: StrikeChime) -> bool:
        """Whether an instrument strikes; one that fails leaves it to the built-in bell."""
        music = self.sound.recent_music if self.sound is not None else _NO_MUSIC
        peak = self.room.chime_loudness.peak(music)
        try:
            return self.chimes is not None and self.chimes.perform(command, peak)
        except Exception:  # noqa: BLE001 - whatever it is, the chime shall ring
            _log.exception("the MIDI instrument failed")
            return False

    @property
    def underruns(self) -> int:
        """How often a decoder fell behind what was to be heard."""
        return self.sound.underruns if self.sound is not None else 0

    def health(self) -> dict[str, str | None]:
        """A line for each part: None while all is well, else what is wrong and what to do."""
        parts = dict(health(self.room, self.sound, self.light, self.chimes))
        if self.controls is not None:
            notes = (parts.get("midi"), self.controls.note)
            parts["midi"] = " ".join(note for note in notes if note) or None
        return parts

    def meters(self) -> Iterable[tuple[str, tuple[float, float]]]:
        """RMS and peak (dBFS) by output."""
        for output, (rms, peak) in (self.sound.meters() if self.sound else {}).items():
            yield output, (round(rms, 1), round(peak, 1))

    def lamps(self) -> Iterable[tuple[str, LampStatus]]:
        """Each lamp of which anything is known, as it is."""
        shown = self.light.shown() if self.light else {}
        for fixture in self.room.lights:
            lamp = shown.get(fixture.id)
            setting = (lamp.believed or lamp.reported) if lamp else None
            if lamp and setting:
                yield fixture.id, lamp_status(fixture, setting, lamp.available)
