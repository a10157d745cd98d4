"""Offline rendering of a session's sound to a file.

Engine, mixer and decks are those of the live session; only the time is simulated. The result
doesn't depend on the machine's speed: a deck is read once its samples are decoded, and events
reach the engine between blocks, in order. So two runs give the same samples.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import soundfile

from kacenv.core.errors import RenderError
from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.file_deck import file_deck
from kacenv.devices.audio.mixing.mixer import Mixer
from kacenv.devices.audio.mixing.routing import device_columns, output_columns
from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.engine.step import LEAD
from kacenv.model.commands import AudioCommand, Notice, Prompt
from kacenv.model.playlist import Cut
from kacenv.model.requests import Event, Press
from kacenv.model.room import Output, Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import LONGEST, Moment, Rehearsal
from kacenv.system.atomic_write import atomic_write

_BLOCK = frames_in(0.16)
"""Block length, below the lead, so that every command arrives in time."""
_AHEAD = frames_in(5.0)
"""Read-ahead of a deck; its end is known this long before, as in a live session."""
_NAP = 0.001
_MOST_CHANNELS = 8
"""Most channels of a FLAC file."""

Progress = Callable[[Seconds], object]
"""Callback with the length rendered so far."""


class Rendered(NamedTuple):
    """Result: the file's length, and every command with its time."""

    length: Seconds
    moments: tuple[Moment, ...]
    underruns: int

    @property
    def told(self) -> Iterator[Moment]:
        """Messages for staff: check-ins and notices."""
        return (moment for moment in self.moments if isinstance(moment.command, Prompt | Notice))


class OfflineSession:
    """Session on simulated time; `blocks` yields its sound, `moments` are its commands so far.

    Chimes are the built-in bell's, whatever MIDI instrument the room has.
    """

    def __init__(
        self,
        room: Room,
        timeline: Timeline,
        presses: Sequence[tuple[Seconds, Press]] = (),
        make_deck: Callable[[Cut], Deck] = file_deck,
    ) -> None:
        self.moments: list[Moment] = []
        self._engine = Rehearsal(room, timeline, presses)
        self._events: list[Event] = []
        self._closers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decks")
        self._make_deck = make_deck
        self._mixer = Mixer(room, self._events.append, self._patient, _at_once)

    @property
    def channels(self) -> int:
        """Number of channels of the room's devices."""
        return self._mixer.channels

    @property
    def underruns(self) -> int:
        """Number of times that a decoder ran dry inside a track."""
        return self._mixer.underruns

    def blocks(self) -> Iterator[Block]:
        """Yield the devices' sound from start to end, in blocks of shape (frames, channels).

        Raises:
            RefusedError: A press makes no sense at its time.
        """
        frames = 0
        self._perform(self._engine.until(Seconds(0.0)))
        while not self._is_over(frames):
            now = Seconds(frames / RATE)
            self._catch_up(Seconds(now + LEAD))
            yield self._mixer.render(_BLOCK, now)
            frames += _BLOCK

    def close(self) -> None:
        """Close all files."""
        self._mixer.close()
        self._closers.shutdown()

    def _is_over(self, frames: int) -> bool:
        """Return True once the session has ended, and its last fade has begun."""
        last = self.moments[-1].at if self.moments else 0.0
        ended = self._engine.over or frames >= frames_in(LONGEST)
        return ended and frames >= frames_in(last)

    def _patient(self, cut: Cut) -> Deck:
        return PatientDeck(self._make_deck(cut), self._closers.submit)

    def _catch_up(self, until: Seconds) -> None:
        """Pass the last block's events to the engine, and advance it to `until`."""
        before = Seconds(until - _BLOCK / RATE)
        events = self._events.copy()
        self._events.clear()
        for event in events:
            self._perform(self._engine.report(event, before))
        self._perform(self._engine.until(until))

    def _perform(self, moments: Iterable[Moment]) -> None:
        for moment in moments:
            self.moments.append(moment)
            if isinstance(moment.command, AudioCommand):
                self._mixer.perform(moment.command)


class PatientDeck:
    """Deck that waits for its decoder instead of running dry, so that results are reproducible.

    It reads five seconds ahead; its answers depend on the samples, never on their timing.
    """

    def __init__(self, deck: Deck, elsewhere: Callable[[Callable[[], None]], object]) -> None:
        self._deck, self._elsewhere = deck, elsewhere
        self._kept = np.zeros((0, 2), np.float32)
        self._exhausted = self._closed = self._proven = False

    def open(self, cut: Cut) -> None:
        """Start decoding; errors show in `failed`."""
        self._deck.open(cut)

    @property
    def ready(self) -> bool:
        """True if there are samples to read."""
        return self._fill(_AHEAD) > 0

    @property
    def reserve(self) -> int:
        """Number of decoded frames."""
        return self._fill(_AHEAD)

    @property
    def ended_in(self) -> int | None:
        """Number of frames left, once fewer are left than are read ahead; None before."""
        kept = self._fill(_AHEAD)
        over = self._exhausted and self._deck.failed is None
        return kept if over else None

    @property
    def failed(self) -> str | None:
        """Reason why decoding failed, once all frames before are read; None otherwise."""
        self._fill(_AHEAD)
        return self._deck.failed if self._exhausted else None

    def read(self, frames: int) -> Block:
        """Return the next samples, of shape (n, 2); fewer than `frames` only at the end."""
        self._fill(frames + _AHEAD)
        block, self._kept = self._kept[:frames].copy(), self._kept[frames:]
        return block

    def close(self) -> None:
        """Close the file in the background."""
        self._closed = True
        self._elsewhere(self._deck.close)

    def _await_verdict(self) -> None:
        """Wait until the deck has samples, or has failed."""
        while not (self._proven or self._closed):
            failed = self._deck.failed is not None
            self._proven = failed or self._deck.ready or self._deck.ended_in is not None
            self._exhausted = failed
            if not self._proven:
                time.sleep(_NAP)

    def _fill(self, wanted: int) -> int:
        """Wait until `wanted` frames, or all there are, are decoded; return their number."""
        if len(self._kept) >= wanted:
            return len(self._kept)
        self._await_verdict()
        parts, kept = [self._kept], len(self._kept)
        while kept < wanted and not (self._exhausted or self._closed):
            over = self._deck.ended_in == 0 or self._deck.failed is not None
            block = self._deck.read(RATE)
            parts.append(block)
            kept += len(block)
            self._exhausted = over and not len(block)
            if not (len(block) or over):
                time.sleep(_NAP)
        if len(parts) > 1:
            self._kept = np.concatenate(parts)
        return kept


def render(  # noqa: PLR0913 - all but three have defaults
    room: Room,
    timeline: Timeline,
    path: Path,
    presses: Sequence[tuple[Seconds, Press]] = (),
    *,
    output: str | None = None,
    progress: Progress = lambda _: None,
    make_deck: Callable[[Cut], Deck] = file_deck,
) -> Rendered:
    """Write a whole session to `path` as 24-bit FLAC at 48 kHz.

    The file has the channels of the room's devices, one device after the other, or of `output`
    alone. An unfinished file is removed.

    Raises:
        RenderError: There is no such output, there are too many channels, or no writing there.
        RefusedError: A press makes no sense at its time.
    """
    columns = _columns(room, output)
    session = OfflineSession(room, timeline, presses, make_deck)
    try:
        with atomic_write(path, 0o666, draft=f"{path.name}.part") as file:
            length = _write(session, columns, file, progress)
    except (OSError, soundfile.LibsndfileError) as error:
        raise RenderError(f"{path} can't be written ({error}). Give another place.") from error
    finally:
        session.close()
    return Rendered(length, tuple(session.moments), session.underruns)


def _columns(room: Room, name: str | None) -> list[int]:
    """Return the indices of the channels to write."""
    outputs: dict[str, Output] = {output.id: output for output in room.outputs}
    if name is not None and name not in outputs:
        raise RenderError(f"The room has no output {name}; it has {', '.join(outputs)}.")
    if name is not None:
        return output_columns(room.outputs)[name]
    count = sum(len(columns) for columns in device_columns(room.outputs).values())
    if count > _MOST_CHANNELS:
        example = f"--output {room.outputs[0].id}"
        raise RenderError(
            f"A FLAC file holds {_MOST_CHANNELS} channels and this room has {count}. "
            f"Render one output: {example}"
        )
    return list(range(count))


def _write(
    session: OfflineSession, columns: list[int], file: IO[bytes], progress: Progress
) -> Seconds:
    frames, number = 0, file.fileno()
    with soundfile.SoundFile(
        number, "w", RATE, len(columns), "PCM_24", format="FLAC", closefd=False
    ) as sound:
        for block in session.blocks():
            sound.write(block[:, columns])
            frames += len(block)
            progress(Seconds(frames / RATE))
    return Seconds(frames / RATE)


def _at_once(work: Callable[[], None]) -> None:
    work()
