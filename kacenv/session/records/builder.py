"""Builder of a session's record from its journal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from kacenv import __version__
from kacenv.core.errors import JournalError
from kacenv.core.units import Days, Seconds
from kacenv.model.commands import Notice, SessionEnded
from kacenv.model.request_text import request_words
from kacenv.model.requests import Press, Resume, Start, Stop
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.plot import Arc, arc_of
from kacenv.rehearsal.plot.arc import ArcMark, HeldSpan, MarkKind
from kacenv.rehearsal.simulation import rehearse
from kacenv.session.dropout_tally import dropout_length
from kacenv.session.journal import CompleteJournal, read_complete
from kacenv.session.records import session_record
from kacenv.session.records.journal_replay import moments_of, replayed_steps
from kacenv.session.records.phase_rows import (
    check_ins_of,
    extended_of,
    holds_of,
    phase_rows,
    visits_of,
)
from kacenv.session.records.track_rows import TrackHistory
from kacenv.system.timestamps import Timestamp, as_seen, day_after, day_of


class RecordBundle(NamedTuple):
    """Record of a session, and the planned and the real arc for its picture."""

    record: session_record.SessionRecord
    planned: Arc
    real: Arc


def build_record(
    journal: Path, keep: Days | None = None, now: Timestamp | None = None
) -> RecordBundle:
    """Build the record from the journal of a past session.

    The retention is what the room stated then, or `keep` if that is shorter. `now` is the present
    time, by which a clock that has been set since is corrected.

    Raises:
        JournalError: The journal is damaged at its beginning.
        OSError: It can't be read.
    """
    whole = read_complete(journal)
    first = whole.past.entries[0] if whole.past.entries else None
    if first is None or not isinstance(first.request, Start):
        raise JournalError("The journal of the session is damaged; no record can be made of it.")
    if now is not None:
        seen = as_seen(whole.past.stamp, now)
        whole = whole._replace(past=whole.past._replace(stamp=seen))
    timeline = first.request.timeline
    return _RecordBuilder(whole, first.at, timeline, kept_for(whole, keep)).build()


def kept_for(whole: CompleteJournal, keep: Days | None) -> Days:
    """Return the retention of a record in days: never longer than its room stated then."""
    then = whole.past.base.room.records.keep
    return then if keep is None else min(then, keep)


class _RecordBuilder:
    """Replay of a session, and its plan."""

    def __init__(
        self, whole: CompleteJournal, begin: Seconds, timeline: Timeline, keep: Days
    ) -> None:
        self.whole, self.begin, self.timeline, self.keep = whole, begin, timeline, keep
        self.room = whole.past.base.room
        self.turns = list(replayed_steps(whole.past))
        self.moments = list(moments_of(self.turns, begin))
        self.planned = list(rehearse(self.room, timeline))
        over = [at for at, one in self.moments if isinstance(one, SessionEnded)]
        self.is_over = bool(over)
        self.end = float(over[0] if over else whole.past.since - begin)

    def build(self) -> RecordBundle:
        record = self._record()
        real = arc_of(self.room, self.timeline, self.moments)
        held = tuple(HeldSpan(Seconds(one.begin), Seconds(one.end)) for one in record.holds)
        planned = arc_of(self.room, self.timeline, self.planned)
        marks = (*real.marks, *map(_mark, record.dropouts))
        ordered = tuple(sorted(marks, key=lambda mark: mark.at))
        return RecordBundle(record, planned, replace(real, held=held, marks=ordered))

    def _record(self) -> session_record.SessionRecord:
        holds = tuple(holds_of(self.turns, self.begin, self.end))
        away = tuple(self._away())
        music = TrackHistory(self.turns, self.begin, self.end)
        planned = visits_of(self.planned, self.planned[-1].at)
        real = visits_of(self.moments, self.end)
        day = self._day()
        return session_record.SessionRecord(
            made_by=f"kacenv {__version__}",
            id=self.whole.run,
            room=self.room.name,
            scene=self.timeline.title,
            date=day,
            kept_until=day_after(day, self.keep),
            outcome=self._outcome(),
            planned_length=self.planned[-1].at,
            length=self.end,
            phases=tuple(phase_rows(planned, real, holds, extended_of(self.turns))),
            pieces=tuple(music.rows()),
            presses=tuple(self._presses()),
            holds=holds,
            check_ins=check_ins_of(self.turns, self.begin),
            seats=tuple(self._seats()),
            away=away,
            told=tuple(self._told()),
            dropouts=tuple(self._dropouts()),
            timing=self._timing(music, away),
            lost_lines=self.whole.lost,
        )

    def _day(self) -> str:
        """Return the date by the clock at the end, possibly corrected since the session's start."""
        return day_of(self.whole.past.stamp, Seconds(self.whole.past.since - self.begin))

    def _outcome(self) -> session_record.Outcome:
        if any(isinstance(turn.request, Stop) for turn in self.turns):
            return "stopped"
        if not self.is_over:
            return "broke off"
        on = [turn.before for turn in self.turns if turn.before.timeline is not None]
        return "early" if on and on[-1].returning else "whole"

    def _presses(self) -> Iterator[session_record.PressRow]:
        for turn in self.turns:
            if isinstance(turn.request, Press):
                phase = turn.before.planned.name if turn.before.timeline is not None else ""
                words, at = request_words(turn.request), turn.at - self.begin
                yield session_record.PressRow(at=at, press=words, reply=turn.reply, phase=phase)

    def _seats(self) -> Iterator[session_record.SeatRow]:
        on = [turn.after.seats for turn in self.turns if turn.after.timeline is not None]
        for seat, clock in sorted((on[-1] if on else {}).items()):
            yield session_record.SeatRow(seat=seat, begin=clock.since - self.begin)

    def _away(self) -> Iterator[session_record.AwayRow]:
        for turn in self.turns:
            if isinstance(turn.request, Resume):
                since, at = turn.request.since - self.begin, turn.at - self.begin
                yield session_record.AwayRow(begin=since, end=at, certain=turn.request.certain)

    def _told(self) -> Sequence[session_record.ToldRow]:
        """Return the messages to staff in order: the plan's and the devices'."""
        lines = [(line.at, line.text) for line in self.whole.told]
        for turn in self.turns:
            notices = [one for one in turn.commands if isinstance(one, Notice)]
            lines += [(one.at, one.text) for one in notices if turn.heard]
        ordered = sorted(lines, key=lambda line: line[0])
        return [
            session_record.ToldRow(at=max(0.0, at - self.begin), text=text) for at, text in ordered
        ]

    def _dropouts(self) -> Iterator[session_record.DropoutRow]:
        for one in self.whole.dropouts:
            begin, end = max(0.0, one.begin - self.begin), one.end - self.begin
            yield session_record.DropoutRow(begin=begin, end=max(begin, end))

    def _timing(
        self, music: TrackHistory, away: Sequence[session_record.AwayRow]
    ) -> session_record.Timing:
        tally = self.whole.tally
        return session_record.Timing(
            orders=tally.orders,
            half=tally.within(0.5),
            nearly_all=tally.within(0.99),
            latest=tally.longest if tally.orders else None,
            underruns=tally.underruns,
            longest_silence=music.longest_silence(away),
        )


def _mark(dropout: session_record.DropoutRow) -> ArcMark:
    text = f"The sound stopped for {dropout_length(dropout.length)}."
    return ArcMark(Seconds(dropout.begin), MarkKind.NOTE, text)
