"""Rehearsal as text on one time axis."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from kacenv.core.plain_text import cleaned_line, credited
from kacenv.core.units import Seconds, format_brief, format_clock, format_seconds, on_grid
from kacenv.model.commands import (
    Command,
    Crossfade,
    CueTrack,
    EnterPhase,
    Notice,
    Prompt,
    SessionEnded,
    ShowLook,
    StrikeChime,
)
from kacenv.model.look import Look
from kacenv.model.playlist import Cut
from kacenv.model.request_text import request_words
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.plot import Arc
from kacenv.rehearsal.simulation import Moment, Pressed


def rehearsal_lines(timeline: Timeline, moments: Iterable[Moment]) -> Iterable[str]:
    """Yield a line for each thing that people in the room would notice."""
    length = format_seconds(timeline.duration)
    yield f"{timeline.title}: {len(timeline.phases)} phases, {length} planned"
    describe = partial(_describe, timeline, _Music())
    for moment in moments:
        if text := describe(moment.command):
            indent = "" if isinstance(moment.command, EnterPhase | SessionEnded) else "  "
            yield cleaned_line(f"{format_clock(moment.at):>8}  {indent}{text}")


def rehearsal_fields(arcs: Sequence[Arc]) -> Any:
    """Return one session, or a list of several, as plain data; times in seconds from the start."""
    plain = [_plain(arc) for arc in arcs]
    return plain[0] if len(plain) == 1 else plain


def _plain(arc: Arc) -> dict[str, Any]:
    looks = [
        {
            "zone": look.zone,
            "begin": look.begin,
            "reached": look.reached,
            "level": look.setting.level,
            "kelvin": look.setting.kelvin,
            "color": str(look.setting.color) if look.setting.color else None,
        }
        for look in arc.looks
    ]
    plain = asdict(arc) | {"looks": looks}
    del plain["whites"]
    return plain


class _Music:
    """Tracks that were opened, and the one that plays."""

    def __init__(self) -> None:
        self._opened: dict[int, Cut] = {}
        self._playing: Cut | None = None

    def open(self, track: CueTrack) -> str:
        """Remember a track; it isn't noticed in the room yet."""
        self._opened[track.play_id] = track.cut
        return ""

    def follow(self, play_id: int, fade: Seconds) -> str:
        """Return which track follows, and how."""
        before, cut = self._playing, self._opened[play_id]
        self._playing = cut
        track = credited(f"“{cut.title}”", cut.artist)
        if not fade:
            return f"{track}; joins the one before, without a gap"
        short = min((one for one in (before, cut) if one), key=lambda one: one.length)
        held = f", half of “{short.title}”" if fade == on_grid(short.length / 2) else ""
        return f"{track}; crossfade {format_brief(fade)}{held}"


def _describe(timeline: Timeline, music: _Music, command: Command | Pressed) -> str:
    match command:
        case CueTrack():
            return music.open(command)
        case EnterPhase(index=index, name=name):
            phase = timeline.phases[index]
            return f"{name.upper()}  {format_seconds(phase.duration)}, music {phase.level:+g} dB"
        case Crossfade(play_id=None, duration=duration):
            return f"music     fades out over {format_seconds(duration)}"
        case Crossfade(play_id=int(play_id), duration=duration):
            return f"music     {music.follow(play_id, duration)}"
        case ShowLook(look=look, duration=duration):
            return f"light     {_look(look)}, over {format_seconds(duration)}"
        case _:
            return _for_staff(command)


def _for_staff(command: Command | Pressed) -> str:
    match command:
        case Pressed(press=press, reply=reply):
            return f"press     {request_words(press)}: {reply}"
        case Prompt(text=text):
            return f"check-in  {text}"
        case StrikeChime(chime=chime, audience=audience):
            return f"chime     {chime}, for {audience}"
        case Notice(text=text):
            return f"note      {text}"
        case SessionEnded():
            return "the session has ended"
        case _:
            return ""


def _look(look: Look) -> str:
    return ", ".join(f"{zone} {setting}" for zone, setting in look.items())
