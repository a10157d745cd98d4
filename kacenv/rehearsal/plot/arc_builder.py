"""Builder of a session's arc from a rehearsal's commands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kacenv.analysis import KnownMeasurements
from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.fades.limits import limited_in_dim_light
from kacenv.devices.lights.fades.warm_dim import warm_dim
from kacenv.model import commands
from kacenv.model.look import Zone
from kacenv.model.request_text import request_words
from kacenv.model.requests import Back, End, Hold, Next, Press, Release, Stop
from kacenv.model.room import Role, Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.plot.arc import (
    Arc,
    ArcMark,
    HeldSpan,
    LookSpan,
    MarkKind,
    PhaseSpan,
    PieceSpan,
)
from kacenv.rehearsal.plot.measured_loudness import MeasuredLoudness
from kacenv.rehearsal.plot.planned_loudness import PlannedLoudness
from kacenv.rehearsal.simulation import Moment, Pressed

_WHITE = 2700.0
"""White of lamps without one in the room file, in kelvin."""
_NOT_YET = Seconds(-1.0)


def arc_of(
    room: Room,
    timeline: Timeline,
    moments: Iterable[Moment],
    known: KnownMeasurements | None = None,
) -> Arc:
    """Build the arc of `timeline` in `room` from the commands of a rehearsal or a rendering.

    Measured loudness is added for music that is `known`.
    """
    gathered = _ArcBuilder(room, timeline, known or KnownMeasurements())
    last = Seconds(0.0)
    for moment in moments:
        gathered.take(moment)
        if not isinstance(moment.command, commands.CueTrack):  # opened unseen, and maybe late
            last = max(last, moment.at)
    return gathered.arc(last)


class _ArcBuilder:
    """State of the session so far."""

    def __init__(self, room: Room, timeline: Timeline, known: KnownMeasurements) -> None:
        self._room, self._timeline = room, timeline
        self._sounds = MeasuredLoudness(known)
        heard = [output.id for output in room.outputs if output.role is not Role.STAFF]
        self._loudness = PlannedLoudness((heard or [room.outputs[0].id])[0])
        self._cued: dict[int, commands.CueTrack] = {}
        self._phases: list[PhaseSpan] = []
        self._pieces: list[PieceSpan] = []
        self._looks: list[LookSpan] = []
        self._marks: list[ArcMark] = []
        self._held: list[HeldSpan] = []

    def take(self, moment: Moment) -> None:
        at, command = moment
        self._loudness.take(command)
        match command:
            case commands.EnterPhase(index=index, name=name):
                self._close_phase(at)
                level = self._timeline.phases[index].level
                self._phases.append(PhaseSpan(name, at, _NOT_YET, level))
            case commands.CueTrack(play_id=play_id):
                self._cued[play_id] = command
            case commands.Crossfade():
                self._crossfade(command)
            case commands.ShowLook(look=look, duration=duration, cool=cool):
                dim, reached = self._room.dim_light, Seconds(at + duration)
                for zone, asked in look.items():
                    setting = asked if cool else limited_in_dim_light(asked, dim)
                    self._looks.append(LookSpan(zone, at, reached, setting))
            case commands.SessionEnded():
                self._close_phase(at)
            case _:
                self._note(at, command)

    def _note(self, at: Seconds, command: commands.Command | Pressed) -> None:
        match command:
            case commands.Prompt(text=text):
                self._marks.append(ArcMark(at, MarkKind.CHECK_IN, text))
            case commands.StrikeChime(chime=chime, audience=audience):
                self._marks.append(ArcMark(at, MarkKind.CHIME, f"{chime}, for {audience}"))
            case commands.Notice(text=text):
                self._marks.append(ArcMark(at, MarkKind.NOTE, text))
            case Pressed(press=press, reply=reply):
                self._marks.append(ArcMark(at, MarkKind.PRESS, request_words(press), reply))
                self._hold(at, press)

    def _crossfade(self, fade: commands.Crossfade) -> None:
        if self._pieces and self._pieces[-1].end == _NOT_YET:
            over = Seconds(fade.at + fade.duration)
            self._pieces[-1] = replace(self._pieces[-1], end=over, fade_out=fade.duration)
        if fade.play_id is not None:
            cut = self._cued[fade.play_id].cut
            sounds = fade.at, _NOT_YET, fade.duration, Seconds(0.0)
            self._pieces.append(PieceSpan(cut.title, cut.artist, cut.energy, *sounds))
            self._sounds.add(cut)

    def _hold(self, at: Seconds, press: Press) -> None:
        open_ = bool(self._held) and self._held[-1].end == _NOT_YET
        if isinstance(press, Hold) and not open_:
            self._held.append(HeldSpan(at, _NOT_YET))
        elif isinstance(press, Release | Next | Back | End | Stop) and open_:
            self._held[-1] = HeldSpan(self._held[-1].begin, at)

    def _close_phase(self, at: Seconds) -> None:
        if self._phases and self._phases[-1].end == _NOT_YET:
            self._phases[-1] = replace(self._phases[-1], end=at)

    def arc(self, last: Seconds) -> Arc:
        self._close_phase(last)
        if self._pieces and self._pieces[-1].end == _NOT_YET:
            self._pieces[-1] = replace(self._pieces[-1], end=last)
        if self._held and self._held[-1].end == _NOT_YET:
            self._held[-1] = HeldSpan(self._held[-1].begin, last)
        loudness = self._loudness.points(last)
        return Arc(
            title=self._timeline.title,
            room=self._room.name,
            planned=self._timeline.duration,
            length=last,
            phases=tuple(self._phases),
            pieces=tuple(self._pieces),
            loudness=loudness,
            measured=tuple(self._sounds.points(self._pieces, loudness)),
            looks=tuple(self._looks),
            marks=tuple(self._marks),
            held=tuple(self._held),
            whites=_whites(self._room, {look.zone for look in self._looks}),
        )


def _whites(room: Room, zones: Iterable[Zone]) -> Mapping[Zone, float]:
    """Return the lamps' own white by zone, from the room file."""
    whites: dict[Zone, float] = {}
    for zone in sorted(zones):
        lamps = [lamp for lamp in room.lights if lamp.zone is zone and room.warm_dims(lamp)]
        dimmed = (float(warm_dim(Level(0.1), lamp.warmest, lamp.coolest)) for lamp in lamps)
        whites[zone] = next(dimmed, _WHITE)
    return whites
