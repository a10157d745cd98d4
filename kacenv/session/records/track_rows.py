"""Music of a past session: the tracks heard, and their times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kacenv.core.units import Seconds
from kacenv.model.commands import Crossfade, CueTrack
from kacenv.model.playlist import Cut
from kacenv.model.requests import DeadAir, Resume, TrackEnded, TrackFailed, TrackStarted
from kacenv.session.records.journal_replay import ReplayedStep
from kacenv.session.records.session_record import AwayRow, PieceRow, Span


@dataclass
class _HeardTrack:
    play_ids: set[int]
    cut: Cut
    phase: str
    begin: float
    end: float
    crossfade: float
    started: bool = False
    failed: bool = False


@dataclass
class _TrackCollector:
    """Tracks heard so far."""

    begin: Seconds
    cued: dict[int, Cut] = field(default_factory=dict)
    pieces: list[_HeardTrack] = field(default_factory=list)
    dead: list[Span] = field(default_factory=list)
    back: bool = False
    """True just after a resume, when the next track may continue the last one."""

    def take(self, turn: ReplayedStep) -> None:
        self._report(turn)
        for command in turn.commands if turn.heard else ():
            if isinstance(command, CueTrack):
                self.cued[command.play_id] = command.cut
            elif isinstance(command, Crossfade):
                self._flow(command, turn)

    def _report(self, turn: ReplayedStep) -> None:
        match turn.request:
            case TrackStarted(play_id=play_id, at=at):
                for piece in self._called(play_id):
                    piece.begin = piece.begin if piece.started else at - self.begin
                    piece.started = True
            case TrackEnded(play_id=play_id, at=at):
                for piece in self._called(play_id):
                    piece.end = min(piece.end, at - self.begin)
            case TrackFailed(play_id=play_id):
                for piece in self._called(play_id):
                    piece.failed = not piece.started
                    piece.end = min(piece.end, turn.at - self.begin)
            case DeadAir(since=since):
                self.dead.append(Span(begin=since - self.begin, end=turn.at - self.begin))
            case Resume(since=since):
                self._end_last(since - self.begin)
                self.back = True

    def _called(self, play_id: int) -> Iterator[_HeardTrack]:
        return (piece for piece in self.pieces if play_id in piece.play_ids)

    def _end_last(self, at: float) -> None:
        if self.pieces:
            self.pieces[-1].end = min(self.pieces[-1].end, at)

    def _flow(self, fade: Crossfade, turn: ReplayedStep) -> None:
        at = fade.at - self.begin
        self._end_last(at + fade.duration)
        if fade.play_id is None:
            return
        cut, last = self.cued[fade.play_id], self.pieces[-1] if self.pieces else None
        if self.back and last is not None and _goes_on(last.cut, cut):
            last.play_ids.add(fade.play_id)
            last.end, last.cut = at + cut.length, cut
        else:
            phase = turn.after.planned.name
            end = at + cut.length
            self.pieces.append(_HeardTrack({fade.play_id}, cut, phase, at, end, fade.duration))
        self.back = False


def _goes_on(before: Cut, after: Cut) -> bool:
    return before.path == after.path and after.cue_in > before.cue_in


def _sounded(piece: _HeardTrack, end: float) -> bool:
    """Return True if a track was heard; False for one that was still to come at the end."""
    return not piece.failed and piece.begin < min(piece.end, end)


class TrackHistory:
    """Music of a session that ended at `end`, from its engine steps."""

    def __init__(self, turns: Iterable[ReplayedStep], begin: Seconds, end: float) -> None:
        heard = _TrackCollector(begin)
        for turn in turns:
            heard.take(turn)
        self._end, self._dead = end, heard.dead
        self._pieces = [piece for piece in heard.pieces if _sounded(piece, end)]

    def rows(self) -> Iterator[PieceRow]:
        """Yield the tracks in order, without those that failed."""
        for piece in self._pieces:
            yield PieceRow(
                title=piece.cut.title,
                artist=piece.cut.artist,
                licence=piece.cut.licence,
                phase=piece.phase,
                begin=piece.begin,
                end=min(piece.end, self._end),
                crossfade=piece.crossfade,
            )

    def longest_silence(self, away: Sequence[AwayRow]) -> float:
        """Return the longest silence between or within tracks, in seconds, outages excluded."""
        begins = [*(piece.begin for piece in self._pieces[1:]), self._end]
        gaps = [
            Span(begin=piece.end, end=begin)
            for piece, begin in zip(self._pieces, begins[: len(self._pieces) - 1], strict=False)
            if begin > piece.end
        ]
        dead = [Span(begin=one.begin, end=self._next(one.end)) for one in self._dead]
        lengths = (gap.length - sum(gap.overlap(gone) for gone in away) for gap in [*gaps, *dead])
        return max(lengths, default=0.0)

    def _next(self, after: float) -> float:
        return min((one.begin for one in self._pieces if one.begin >= after), default=after)
