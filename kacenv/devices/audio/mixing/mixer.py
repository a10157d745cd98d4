"""Mixer of the room: deterministic numpy rendering of decks, chimes and automation."""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.mixing.automation import LevelAutomation, MuteAutomation
from kacenv.devices.audio.mixing.bell_synth import ring
from kacenv.devices.audio.mixing.chime_bus import ChimeBus
from kacenv.devices.audio.mixing.gain_ramp import GainRamp
from kacenv.devices.audio.mixing.limiter import LOOK_AHEAD
from kacenv.devices.audio.mixing.meters import (
    LevelMeter,
    LevelReading,
    RecentLoudness,
    SoundEnergy,
)
from kacenv.devices.audio.mixing.music_bus import MusicBus, RunInBackground
from kacenv.devices.audio.mixing.music_schedule import MusicSchedule
from kacenv.devices.audio.mixing.routing import Routing
from kacenv.devices.audio.mixing.silence_detector import SilenceDetector
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.chime import Phrase
from kacenv.model.commands import (
    AudioCommand,
    Crossfade,
    CueTrack,
    ScheduledCommand,
    SetDuck,
    SetHush,
    SetLevel,
    SetMute,
    SetVolume,
    StrikeChime,
)
from kacenv.model.playlist import Cut
from kacenv.model.requests import Event, TrackStarted
from kacenv.model.room import Room
from kacenv.model.scene import Audience

_CHUNK = 960
"""Interval (frames, 20 ms) within which gains move linearly."""
STEADY_CHUNK = RATE // 2
"""Longest chunk (frames) while nothing moves; its samples are the same as those of short ones."""
REST_AFTER = 10 * RATE
"""Silence (frames) after which nothing rings on: delays, meters, the limiter, ducking."""


class _Order(NamedTuple):
    """Command, with the deck of a track to cue; `by_plan` if the schedule gave it."""

    command: AudioCommand
    deck: Deck | None = None
    by_plan: bool = False


class Mixer:
    """Mixer; one thread renders, any thread may command.

    `report` must be quick. `elsewhere` runs the opening and closing of decks, which is slow, on
    other threads.
    """

    def __init__(
        self,
        room: Room,
        report: Callable[[Event], None],
        make_deck: Callable[[Cut], Deck],
        elsewhere: RunInBackground,
    ) -> None:
        self._routing = Routing(room.outputs)
        self._report = report
        self._music = MusicBus(self._tell, elsewhere)
        self._watch, self._recent = SilenceDetector(report), RecentLoudness()
        self._chimes = ChimeBus(room.chime_loudness)
        self._level, self._duck, self._hush = LevelAutomation(), LevelAutomation(), MuteAutomation()
        self._ramp, self._meter = GainRamp(), LevelMeter()
        self._commands: deque[_Order | Sequence[ScheduledCommand]] = deque()
        self._schedule = MusicSchedule()
        self._midi_chimes: deque[Seconds] = deque()
        self._make_deck, self._elsewhere = make_deck, elsewhere
        self._primed = False
        self._idle_frames = 0
        for phrase in room.phrases.values():
            elsewhere(partial(_make, phrase))

    @property
    def channels(self) -> int:
        """Return the number of channels of all devices."""
        return self._routing.channels

    @property
    def devices(self) -> dict[str, list[int]]:
        """Return the columns of each device, by its name in the room file."""
        return self._routing.devices

    @property
    def underruns(self) -> int:
        """Return how often a decoder fell behind playback."""
        return self._music.underruns

    @property
    def sounding(self) -> tuple[int, ...]:
        """Return the ids of the playing tracks, the newest last."""
        return self._music.sounding

    @property
    def music_level(self) -> LevelReading:
        """Return the music's levels before volumes and trims."""
        return self._meter.read()

    @property
    def recent_music(self) -> Decibels:
        """Return the music's level (dBFS rms) of the last 3 s, before volumes and trims."""
        return self._chimes.music

    def meters(self) -> dict[str, LevelReading]:
        """Return each output's levels, by its id."""
        return self._routing.meters()

    def perform(self, command: AudioCommand) -> bool:
        """Queue a command; return False if nobody can hear it (a staff chime without staff output).

        Raises:
            DeviceError: The room has no such output.
        """
        deck = None
        if isinstance(command, CueTrack):
            deck = self._make_deck(command.cut)
            self._elsewhere(partial(deck.open, command.cut))
        elif isinstance(command, SetVolume | SetMute):
            self._check_output(command.output)
        elif isinstance(command, StrikeChime):
            if command.audience is Audience.STAFF and not self._routing.staff_can_hear:
                return False
            ring(command.chime)
        self._commands.append(_Order(command, deck))
        return True

    def schedule(self, commands: Sequence[ScheduledCommand]) -> None:
        """Replace the orders that are performed at their times if nobody gives them by then."""
        self._commands.append(tuple(commands))

    def render(self, frames: int, start: Seconds) -> Block:
        """Render the next `frames` frames, of shape (frames, channels), heard from `start` on.

        Renders ahead by the limiter's delay, so that a command for `start` sounds there.
        """
        if self.is_at_rest:
            return np.zeros((frames, self.channels), np.float32)
        self._get_ready(start)
        ahead = start + LOOK_AHEAD / RATE
        if 0 < frames <= STEADY_CHUNK and self._is_steady(frames, Seconds(ahead)):
            return self._ordered_chunk(frames, Seconds(ahead))
        sizes = [min(_CHUNK, frames - done) for done in range(0, frames, _CHUNK)]
        chunks = [
            self._ordered_chunk(size, Seconds(ahead + number * _CHUNK / RATE))
            for number, size in enumerate(sizes)
        ]
        return np.concatenate(chunks) if chunks else np.zeros((0, self.channels), np.float32)

    def _is_steady(self, frames: int, start: Seconds) -> bool:
        """Tell if nothing changes or moves in the next `frames` frames, heard from `start` on."""
        end = Seconds(start + frames / RATE)
        moving = (self._hush, self._level, self._duck, self._chimes)
        return (
            not (self._commands or self._midi_chimes)
            and all(one.is_steady(start, end) for one in moving)
            and self._ramp.rests_at(self._hush.gain_at(start) * self._gain_at(start))
            and self._routing.is_steady(start, end)
            and self._music.is_steady(frames, start, end)
        )

    @property
    def is_at_rest(self) -> bool:
        """Tell if nothing sounds or will without another command, so that nothing is worked out."""
        waiting = self._commands or self._midi_chimes
        return self._idle_frames >= REST_AFTER and not waiting

    def _get_ready(self, start: Seconds) -> None:
        """Fill the limiter's delay; after a rest, bring all gains up to date before any order."""
        if not self._primed:
            self._primed = True
            self._take_orders()
            self._chunk(LOOK_AHEAD, start)
        elif self._idle_frames >= REST_AFTER:
            self._chunk(LOOK_AHEAD, start)
            self._idle_frames = 0

    def duck_for_chime(self, at: Seconds) -> None:
        """Duck the music as for a chime in the room, for one that another device plays at `at`."""
        self._midi_chimes.append(at)

    def close(self) -> None:
        """Close every deck; only after the last `render`."""
        self._take_orders()
        self._music.close()

    def _tell(self, event: Event) -> None:
        if isinstance(event, TrackStarted):
            self._watch.begin_anew()
        self._report(event)

    def _check_output(self, name: str) -> None:
        if name not in self._routing.strips:
            known = ", ".join(self._routing.strips)
            raise DeviceError(f"the room has no output called {name!r}; it has: {known}")

    def _ordered_chunk(self, frames: int, start: Seconds) -> Block:
        self._take_orders()
        self._follow_schedule(start)
        block = self._chunk(frames, start)
        is_idle = self._music.is_idle and self._chimes.is_idle and not block.any()
        self._idle_frames = self._idle_frames + frames if is_idle else 0
        return block

    def _chunk(self, frames: int, start: Seconds) -> Block:
        end = Seconds(start + frames / RATE)
        chimes = self._chimes.render(frames, start, self._recent.level)
        hushed = self._hush.gain_at(end)
        music = self._music.render(frames, start)
        energy = SoundEnergy.of(music)
        expected = self._music.expected_at(end) if hushed == 1.0 else 0.0
        self._watch.look(energy, expected, start)
        gain = hushed * self._gain_at(end)
        self._recent.add(energy, self._ramp.mean_power(gain))
        music = self._ramp.apply(music, gain)
        self._meter.add(music)
        return self._routing.mix(music, chimes, end)

    def _gain_at(self, time: Seconds) -> float:
        """Return the gain on all music at `time`, except for the hush."""
        ducked = self._duck.gain_at(time) * self._chimes.duck_at(time)
        return self._level.gain_at(time) * ducked

    def _take_orders(self) -> None:
        while self._midi_chimes:
            self._chimes.duck_for_chime(self._midi_chimes.popleft())
        while self._commands:
            order = self._commands.popleft()
            if not isinstance(order, _Order):
                self._schedule.replace(order)
            elif order.by_plan:
                self._schedule.opened()
                self._do(order.command, order.deck)
            elif self._schedule.take(order.command):
                self._do(order.command, order.deck)
            elif order.deck is not None:
                self._elsewhere(order.deck.close)

    def _follow_schedule(self, time: Seconds) -> None:
        """Perform what is due by the plan and wasn't given."""
        for command in self._schedule.due(time):
            if isinstance(command, CueTrack):
                self._elsewhere(partial(self._cue_by_plan, command))
            else:
                self._do(command)

    def _cue_by_plan(self, command: CueTrack) -> None:
        """Open a track, not on the rendering thread; without a deck its crossfade reports that."""
        deck = None
        try:
            deck = self._make_deck(command.cut)
            self._elsewhere(partial(deck.open, command.cut))
        finally:
            self._commands.append(_Order(command, deck, by_plan=True))

    def _do(self, command: AudioCommand, deck: Deck | None = None) -> None:
        match command:
            case CueTrack():
                if deck is not None:
                    self._music.cue(command, deck)
            case Crossfade():
                self._music.crossfade(command)
            case SetLevel():
                self._level.fade_to(command.level, command.at, command.duration)
            case SetDuck():
                self._duck.fade_to(Decibels(-abs(command.depth)), command.at, command.duration)
            case SetHush():
                self._hush.fade_to(command.hushed, command.at, command.duration)
            case SetMute() | SetVolume():
                self._routing.strips[command.output].follow(command)
            case StrikeChime():
                self._chimes.ring(command)


def _make(phrase: Phrase) -> None:
    ring(phrase)
