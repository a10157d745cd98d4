"""Music bus: the playing tracks, the cued ones, and the crossfades between them."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.mixing.crossfade import (
    CrossfadeCurve,
    FadeInCurve,
    FadeOutCurve,
    GainEnvelope,
)
from kacenv.devices.audio.mixing.track_channel import TrackChannel
from kacenv.devices.audio.samples import RATE, Block, frames_in, silence
from kacenv.model.commands import Crossfade, CueTrack
from kacenv.model.playlist import SHORTEST_FADE, Cut
from kacenv.model.requests import Event, TrackEnded, TrackFailed, TrackStarted

_NEARLY = Seconds(0.05)
"""Tolerance (s): a crossfade that ends this little after its track isn't shortened."""
_log = logging.getLogger(__name__)
_TIMEOUT = Seconds(5.0)
"""Time (s) by which a track may be late before it counts as failed."""
_QUICKEST = SHORTEST_FADE
"""Least duration (s) of a shortened crossfade."""
_LATEST = Seconds(0.5)
"""Time (s) for which a track that joins another waits for its end, after the time ordered."""
_STEEPEST = 6.0
"""Greatest rise (dB per second) of the next track in a shortened crossfade, if time allows."""
RunInBackground = Callable[[Callable[[], None]], object]
"""Callback that runs a slow job on another thread."""


@dataclass(slots=True)
class _CuedTrack:
    play_id: int
    cut: Cut
    deck: Deck
    joins: bool


@dataclass(slots=True, eq=False)
class _CrossfadeOrder:
    crossfade: Crossfade
    due_since: Seconds | None = None

    @property
    def play_id(self) -> int | None:
        return self.crossfade.play_id


class MusicBus:
    """Plays and crossfades cuts; for the rendering thread only."""

    def __init__(self, report: Callable[[Event], None], elsewhere: RunInBackground) -> None:
        self._report = report
        self._elsewhere = elsewhere
        self._cued: dict[int, _CuedTrack] = {}
        self._next_id: int | None = None
        self._orders: list[_CrossfadeOrder] = []
        self._channels: list[TrackChannel] = []
        self._end_told = True
        self._wanted = False
        self._failed_id: int | None = None
        self._past_underruns = 0

    @property
    def underruns(self) -> int:
        """Return how often a decoder fell behind playback."""
        return self._past_underruns + sum(channel.underruns for channel in self._channels)

    @property
    def sounding(self) -> tuple[int, ...]:
        """Return the ids of the playing tracks, the newest last."""
        return tuple(channel.play_id for channel in self._channels)

    @property
    def is_idle(self) -> bool:
        """Tell if no track plays, is cued, is ordered or is expected."""
        return not (self._channels or self._cued or self._orders or self._wanted)

    def expected_at(self, time: Seconds) -> float:
        """Return the tracks' combined gain at `time`; 0 if silence was requested."""
        if not self._wanted:
            return 0.0
        gains = [channel.envelope.gain_at(time) for channel in self._channels]
        return min(1.0, math.hypot(*gains)) if gains else 1.0

    def is_steady(self, frames: int, start: Seconds, end: Seconds) -> bool:
        """Tell if the tracks in the next `frames` frames neither change nor move in gain."""
        if any(order.crossfade.at < end for order in self._orders):
            return False
        return all(channel.is_steady(frames, start) for channel in self._channels)

    def cue(self, order: CueTrack, deck: Deck) -> None:
        """Hold `deck` for its crossfade, in place of any without a scheduled one."""
        play_id = order.play_id
        if play_id in self.sounding:
            self._elsewhere(deck.close)
            return
        ordered = {order.play_id for order in self._orders}
        self._drop_cued(set(self._cued) - ordered | {play_id})
        self._cued[play_id] = _CuedTrack(play_id, order.cut, deck, order.joins)
        self._next_id = play_id

    def crossfade(self, order: Crossfade) -> None:
        """Schedule a crossfade; drop those scheduled for its time or later."""
        self._orders = [old for old in self._orders if old.crossfade.at < order.at]
        self._orders.append(_CrossfadeOrder(order))

    def render(self, frames: int, start: Seconds) -> Block:
        """Render the next `frames` frames, the first of which is heard at `start`."""
        end = Seconds(start + frames / RATE)
        self._check_cued()
        self._follow_orders(start, end)
        self._join_ending_track(start, frames)
        self._fade_out_ending_tracks(start)
        blocks = [self._rendered(channel, frames, end) for channel in tuple(self._channels)]
        self._report_end(end)
        self._release_finished(end)
        return sum(blocks[1:], start=blocks[0]) if blocks else silence(frames)

    def _rendered(self, channel: TrackChannel, frames: int, end: Seconds) -> Block:
        """Render one track; on an error drop it, and report it as failed."""
        try:
            return channel.render(frames, end)
        except Exception:  # noqa: BLE001 - the music survives any error
            _log.exception("a deck failed")
            self._channels.remove(channel)
            self._elsewhere(channel.deck.close)
            self._report(TrackFailed(channel.play_id, "its decoder failed"))
            return silence(frames)

    def close(self) -> None:
        """Close every deck."""
        for channel in self._channels:
            self._elsewhere(channel.deck.close)
        self._channels = []
        self._drop_cued(set(self._cued))

    def _drop_cued(self, play_ids: set[int]) -> None:
        for play_id in play_ids & set(self._cued):
            self._elsewhere(self._cued.pop(play_id).deck.close)
        self._orders = [order for order in self._orders if order.play_id not in play_ids]

    def _check_cued(self) -> None:
        for cued in tuple(self._cued.values()):
            reason = cued.deck.failed
            if reason:
                self._fail(cued.play_id, reason)

    def _follow_orders(self, start: Seconds, end: Seconds) -> None:
        due = [order for order in self._orders if order.crossfade.at < end]
        for order in due:
            if self._done(order, start) or order is not due[-1]:
                self._orders = [other for other in self._orders if other is not order]
        if due:
            ordered = {order.play_id for order in self._orders}
            self._drop_cued(set(self._cued) - ordered - {self._next_id})

    def _done(self, order: _CrossfadeOrder, start: Seconds) -> bool:
        """Start a crossfade that is due; return False while it waits for its track."""
        play_id = order.play_id
        if play_id is None:
            self._wanted = False
            self._fade_out_all(
                FadeOutCurve(max(order.crossfade.at, start), order.crossfade.duration)
            )
        elif play_id in self._cued:
            return self._started(self._cued[play_id], order, start)
        elif play_id not in (*self.sounding, self._failed_id):
            self._fail(play_id, "it was not got ready before it should play; cue it first")
        return True

    def _started(self, cued: _CuedTrack, order: _CrossfadeOrder, start: Seconds) -> bool:
        cued.joins = not order.crossfade.duration
        if cued.joins and self._can_wait(order, start):
            return False
        if cued.deck.ready:
            self._begin(cued, order.crossfade, start)
            return True
        order.due_since = start if order.due_since is None else order.due_since
        if start - order.due_since < _TIMEOUT:
            return False
        self._fail(cued.play_id, "it took too long to open; is the disk or share slow or away?")
        return True

    def _can_wait(self, order: _CrossfadeOrder, start: Seconds) -> bool:
        """Tell if the sound of the playing track, which is to be joined, may still go on."""
        newest = self._newest
        late = start >= order.crossfade.at + _LATEST
        return not late and newest is not None and newest.can_be_joined

    def _begin(self, cued: _CuedTrack, crossfade: Crossfade, start: Seconds) -> None:
        at = max(crossfade.at, start)
        kind = CrossfadeCurve if self._channels else FadeInCurve
        crossing = kind(at, crossfade.duration or _QUICKEST)
        self._fade_out_all(crossing)
        self._add(cued, GainEnvelope(crossing), at, frames_in(at - start))

    def _join_ending_track(self, start: Seconds, frames: int) -> None:
        """Begin a track that joins the playing one where its sound ends, if that is in this block.

        It is heard at the gain of the one that it joins.
        """
        ending, cued = self._newest, self._joining
        if ending is None or cued is None:
            return
        left = ending.deck.ended_in
        if left is None or left >= frames:
            return
        at = Seconds(start + left / RATE)
        self._add(cued, ending.envelope, at, left).join(ending, at)
        self._orders = [order for order in self._orders if order.play_id != cued.play_id]

    @property
    def _newest(self) -> TrackChannel | None:
        return self._channels[-1] if self._channels else None

    @property
    def _joining(self) -> _CuedTrack | None:
        """Return the cued track that joins the playing one; None without one, or if it is late."""
        newest, cued = self._newest, self._cued.get(self._next_id or 0)
        ready = cued is not None and cued.joins and cued.deck.ready
        return cued if ready and newest is not None and newest.can_be_joined else None

    def _add(
        self, cued: _CuedTrack, envelope: GainEnvelope, at: Seconds, delay: int
    ) -> TrackChannel:
        """Let a cued track sound from `at` on, `delay` frames into this block."""
        added = TrackChannel(cued.play_id, cued.cut, cued.deck, envelope, delay)
        self._channels.append(added)
        del self._cued[cued.play_id]
        self._end_told, self._wanted = False, True
        self._report(TrackStarted(cued.play_id, at))
        return added

    def _fade_out_all(self, crossing: CrossfadeCurve) -> None:
        for channel in self._channels:
            channel.envelope = channel.envelope.with_fade_out(crossing)

    def _fade_out_ending_tracks(self, start: Seconds) -> None:
        """Fade out a track that ends inside its crossfade, and shorten the crossfade to match."""
        joined = self._newest if self._joining else None
        shortest = min((cued.cut.length for cued in self._cued.values()), default=math.inf)
        for channel in self._channels:
            left = channel.frames_left
            if left is None or channel is joined or channel.is_joined:
                continue
            over, departure = Seconds(start + left / RATE), channel.envelope.first_fade_out
            if departure and departure.end > over + _NEARLY:
                departure.shorten(start, self._crossfade_end(start, over, channel))
            if not (departure and departure.end <= over + _NEARLY):
                channel.fade_out_early(start, over, shortest)

    def _crossfade_end(self, start: Seconds, over: Seconds, ending: TrackChannel) -> Seconds:
        """Return the end of the crossfade from a track that ends at `over`.

        The track's end if there is time: both tracks together then keep their power. If not, the
        next track must rise alone from its current gain; a sine of angle `a` that grows by `w`
        radians per second rises by 20/ln 10 · w/tan a dB per second, and most at its beginning.
        """
        if over >= start + _QUICKEST:
            return over
        others = [channel.gain_at(start) for channel in self._channels if channel is not ending]
        angle = math.asin(min(1.0, max(math.hypot(*others), 1e-6)))
        needed = 20 / math.log(10) * (math.pi / 2 - angle) / math.tan(angle) / _STEEPEST
        return Seconds(start + max(_QUICKEST, needed))

    def _fail(self, play_id: int, reason: str) -> None:
        self._drop_cued({play_id})
        self._failed_id = play_id
        self._report(TrackFailed(play_id, reason))

    def _report_end(self, end: Seconds) -> None:
        """Report once when the newest track's last sample will be heard."""
        newest = self._newest
        if newest is None or self._end_told or newest.is_fading_out:
            return
        left, reason = newest.deck.ended_in, newest.broken
        if left is not None:
            self._end_told = True
            self._report(TrackEnded(newest.play_id, Seconds(end + left / RATE)))
        elif reason is not None:
            self._end_told = True
            self._report(TrackFailed(newest.play_id, reason))

    def _release_finished(self, end: Seconds) -> None:
        for channel in [channel for channel in self._channels if channel.done(end)]:
            self._past_underruns += channel.underruns
            self._channels.remove(channel)
            self._elsewhere(channel.deck.close)
