"""Player: the room's sound, by the orders of an engine that may come and go."""

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.model.commands import Crossfade, ScheduledCommand
from kacenv.model.requests import Event
from kacenv.model.room import Room
from kacenv.player.line import Line
from kacenv.player.messages import (
    Addressed,
    Ask,
    Begin,
    DuckForChime,
    FadeIn,
    Follow,
    FromPlayer,
    Happened,
    Hello,
    Message,
    Perform,
    Present,
    SetOrigin,
    SoundReading,
)
from kacenv.system.clock import Clock, MonotonicClock

EXIT_FADE: Final = Seconds(1.5)
"""Fade-out of what still sounds when the player is told to end."""
_LEAVES_WITHIN: Final = Seconds(2.5)
_LOOK_EVERY, _LOOK_OFTEN = Seconds(1.0), Seconds(0.05)
_NO_MUSIC: Final = Decibels(-120.0)
_KEPT: Final = 256
"""Number of events that are kept until an engine has heard them."""
OpenAudio = Callable[[Room, Clock, Callable[[Event], None]], RoomAudio]


class PlayerProcess:
    """Performs what comes on `line`; without an engine it goes on by the orders ahead.

    Once nobody can reach it any more it ends with the music.
    """

    def __init__(
        self,
        line: Line,
        open_audio: OpenAudio = RoomAudio,
        decoders: Callable[[], tuple[tuple[str, int], ...]] = tuple,
    ) -> None:
        """With `decoders`, which returns role and process id of those that decode for it."""
        self._line, self._open_audio, self._decoders = line, open_audio, decoders
        self._pid = os.getpid()
        self._room: Room | None = None
        self._audio: RoomAudio | None = None
        self._clock = MonotonicClock()
        self._origin = 0.0
        self._ahead: list[ScheduledCommand] = []
        self._events: deque[Happened] = deque(maxlen=_KEPT)
        self._number = 0
        self._lock = threading.Lock()
        self._closing = os.eventfd(0, os.EFD_CLOEXEC)

    def run(self) -> None:
        """Serve until `close`, or until nobody is there and the music is over."""
        self._send(self._present(0))
        try:
            while self._serve():
                with self._lock:
                    self._line.flush()
        finally:
            if self._audio is not None:
                self._fade_out(self._audio)
                self._audio.close()

    def close(self) -> None:
        """Have `run` return. For signal handlers and other threads."""
        os.eventfd_write(self._closing, 1)

    def _serve(self) -> bool:
        """Do what is asked; return False if it is time to end."""
        timeout = _LOOK_EVERY if self._line.is_waiting else None
        readable = select.select([self._line.fileno(), self._closing], [], [], timeout)[0]
        if self._closing in readable:
            return False
        if not readable:
            return True
        came = self._line.receive()
        if came is None:
            return self._play_out()
        for player, message in came:
            if player in {0, self._pid}:
                self._do(message)
        return True

    def _play_out(self) -> bool:
        """Wait while music sounds that nobody can change any more; return False once it is over."""
        while self._audio is not None and not self._audio.is_silent:
            if select.select([self._closing], [], [], _LOOK_EVERY)[0]:
                break
        return False

    def _fade_out(self, audio: RoomAudio) -> None:
        """Fade out what still sounds, as when the machine is shut down."""
        until = time.monotonic() + _LEAVES_WITHIN
        audio.schedule(())
        if audio.sounding:
            audio.perform(Crossfade(None, self._clock.now(), EXIT_FADE))
        while audio.sounding and time.monotonic() < until:
            time.sleep(_LOOK_OFTEN)

    def _do(self, message: Message) -> None:
        match message:
            case Hello(token=token):
                self._send(self._present(token))
            case Begin():
                self._begin(message)
            case SetOrigin(origin=origin):
                self._clock.jump(Seconds(self._origin - origin))
                self._origin = origin
            case Ask(heard=heard):
                self._forget_events(heard)
                self._send(self._reading())
            case _ if self._audio is not None:
                self._order(self._audio, message)

    def _order(self, audio: RoomAudio, message: Message) -> None:
        match message:
            case Perform(command=command):
                audio.perform(command)
            case Follow():
                self._follow(audio, message.commands, is_first=message.first)
            case FadeIn():
                audio.fade_in()
            case DuckForChime(at=at):
                audio.duck_for_chime(at)

    def _follow(
        self, audio: RoomAudio, commands: Sequence[ScheduledCommand], *, is_first: bool
    ) -> None:
        self._ahead = [*([] if is_first else self._ahead), *commands]
        audio.schedule(self._ahead)

    def _begin(self, asked: Begin) -> None:
        """Open the sound, or go on with the one that is open; then tell what wasn't heard."""
        if self._audio is None or self._room != asked.room:
            if self._audio is not None:
                self._audio.close()
            self._clock = MonotonicClock(Seconds(time.monotonic() - asked.origin))
            self._origin, self._room = asked.origin, asked.room
            self._audio = self._open_audio(asked.room, self._clock, self._report)
            self._audio.start()
        self._forget_events(asked.heard)
        for happened in tuple(self._events):
            self._send(happened)
        self._send(self._reading())

    def _report(self, event: Event) -> None:
        """Tell an event. From any thread."""
        with self._lock:
            self._number += 1
            happened = Happened(self._number, event)
            self._events.append(happened)
            self._line.send(Addressed(self._pid, happened))

    def _forget_events(self, heard: int) -> None:
        with self._lock:
            while self._events and self._events[0].number <= heard:
                self._events.popleft()

    def _send(self, message: FromPlayer) -> None:
        with self._lock:
            self._line.send(Addressed(self._pid, message))

    def _present(self, token: int) -> Present:
        if self._audio is None or self._room is None:
            return Present(self._pid, token)
        sounding = tuple(self._audio.sounding)
        return Present(self._pid, token, self._origin, self._room.name, sounding)

    def _reading(self) -> SoundReading:
        audio = self._audio
        if audio is None:
            return SoundReading(0, 0, "none", None, _NO_MUSIC)
        return SoundReading(
            audio.moved,
            audio.underruns,
            audio.device,
            audio.device_note,
            audio.recent_music,
            {name: (float(rms), float(peak)) for name, (rms, peak) in audio.meters().items()},
            tuple(audio.take_dropouts()),
            self._decoders(),
        )
