"""A rehearsal as the therapist would see it: the live view, many times as fast."""

import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from rich.console import Console
from rich.live import Live

from kacenv.clock import MonotonicClock
from kacenv.commands import Notice, Prompt, ShowLook
from kacenv.look import Setting, Zone
from kacenv.requests import Press
from kacenv.room import Room
from kacenv.simulate import Moment, Pressed, Rehearsal, words_of
from kacenv.status import LampStatus, RoomStatus, Told, describe
from kacenv.timeline import Timeline
from kacenv.units import Seconds
from kacenv.view import picture, plain_lines

_FRAME: Final = 0.1
_KEPT: Final = 50
"""What staff were told, as much of it as the view may need."""


def play(
    room: Room, timeline: Timeline, presses: Sequence[tuple[Seconds, Press]], speed: float
) -> None:
    """Show the session from its beginning to its end, `speed` times as fast as it would be.

    Raises:
        RefusedError: A press makes no sense at its time.
    """
    console = Console()
    frames = _frames(_Watched(room, timeline, presses, speed), speed)
    if not console.is_terminal:
        _print(frames)
        return
    with Live(console=console, auto_refresh=False) as live:
        for status in frames:
            live.update(picture(status), refresh=True)


def _print(frames: Iterator[dict[str, Any]]) -> None:
    before: dict[str, Any] | None = None
    for status in frames:
        for line in plain_lines(before, status):
            print(line)
        sys.stdout.flush()
        before = status


def _frames(watched: "_Watched", speed: float) -> Iterator[dict[str, Any]]:
    clock = MonotonicClock()
    while not watched.over:
        yield asdict(watched.status_at(Seconds(clock.now() * speed)))
        time.sleep(_FRAME)


class _Watched:
    """A rehearsal, and what staff and lamps would show of it."""

    def __init__(
        self,
        room: Room,
        timeline: Timeline,
        presses: Sequence[tuple[Seconds, Press]],
        speed: float,
    ) -> None:
        self._rehearsal = Rehearsal(room, timeline, presses)
        self._room, self._speed = room, speed
        self._told: deque[Moment] = deque(maxlen=_KEPT)
        self._settings: dict[Zone, Setting] = {}

    @property
    def over(self) -> bool:
        return self._rehearsal.over

    def status_at(self, now: Seconds) -> RoomStatus:
        for moment in self._rehearsal.until(now):
            self._notice(moment)
        told = (Told(_words(m), now - m.at, _is_check_in(m)) for m in self._told)
        return RoomStatus(
            room=self._room.name,
            session=describe(self._rehearsal.state, now),
            sound=f"a rehearsal, {self._speed:g} times as fast",
            meters={},
            broker=None,
            lamps={fixture.id: self._lamp(fixture.zone, now) for fixture in self._room.lights},
            told=tuple(told),
            at=now,
        )

    def _notice(self, moment: Moment) -> None:
        if isinstance(moment.command, Prompt | Notice | Pressed):
            self._told.append(moment)
        elif isinstance(moment.command, ShowLook):
            self._settings |= moment.command.look

    def _lamp(self, zone: Zone, now: Seconds) -> LampStatus:
        fade = self._rehearsal.state.light.get(zone)
        level = fade.value_at(now) if fade else 0.0
        setting = self._settings.get(zone)
        shown = level if level == level else 0.0  # noqa: PLR0124 - unknown light is not a number
        return LampStatus(zone, shown, setting.kelvin if setting else None, available=None)


def _is_check_in(moment: Moment) -> bool:
    return isinstance(moment.command, Prompt)


def _words(moment: Moment) -> str:
    match moment.command:
        case Pressed(press=press, reply=reply):
            return f"{words_of(press)}: {reply}"
        case Prompt(text=text) | Notice(text=text):
            return text
        case _:
            return ""
