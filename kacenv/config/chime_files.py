"""Reader of a room's own chimes: MIDI files, within bounds, as notes."""

import io
from pathlib import Path
from typing import Any

import mido

from kacenv.config.yaml.document import Document
from kacenv.config.yaml.text_files import any_of, near, siblings
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Seconds
from kacenv.model.chime import HIGHEST, LONGEST, LOWEST, MOST_NOTES, Stroke, pitch_name
from kacenv.model.room import Room

MAX_BYTES = 65_536
_MIDO: Any = mido
"""mido, untyped."""
_EXPORT = "a MIDI file as a music program exports it; export it again"


class _FileError(Exception):
    """Fault of a MIDI file: found, expected, and an example."""


def with_chimes(room: Room, document: Document, folder: Path) -> Room:
    """Return the room with the notes of its chimes' MIDI files, relative to `folder`.

    Raises:
        LoadError: With every file that can't be used, at its line of `document`.
    """
    problems: list[FileProblem] = []
    chimes = dict(room.chimes)
    for name, own in room.chimes.items():
        if own.file is not None:
            try:
                notes = read_notes(folder, own.file)
                chimes[name] = own.model_copy(update={"notes": notes})
            except _FileError as refused:
                found, expected, example = (*refused.args, "")[:3]
                found = f"file: {own.file[:60]}, {found}"
                problems.append(
                    document.problem(("chimes", name, "file"), found, expected, example)
                )
    if problems:
        raise LoadError(tuple(problems))
    return room.model_copy(update={"chimes": chimes})


def read_notes(folder: Path, name: str) -> tuple[Stroke, ...]:
    """Return the notes of all channels of a MIDI file in order, timed from the first one."""
    midi = _parsed(_read(folder, name))
    if midi.type == 2:
        raise _FileError("which holds several pieces (format 2)", "a MIDI file of format 0 or 1")
    if midi.ticks_per_beat <= 0:
        raise _FileError("which is timed in film frames", "a MIDI file timed in beats")
    return _strokes(_struck(midi))


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        if not path.exists():
            raise _missing(path, name)
        if not path.is_file():
            found = "which is a folder" if path.is_dir() else "which is a device or a pipe"
            raise _FileError(found, "a MIDI file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a name that no file can have"
        raise _FileError(f"which can't be read: {reason}", "a MIDI file to read") from error
    if len(data) > MAX_BYTES:
        raise _FileError("which has more than 64 kB", f"a chime of at most {MOST_NOTES} notes")
    return data


def _missing(path: Path, name: str) -> _FileError:
    there = [one for one in siblings(path) if Path(one).suffix.lower() in {".mid", ".midi"}]
    if not there:
        expected = "the path of a MIDI file, as seen from this file, or `notes` instead"
        return _FileError("which isn't there", expected, "notes: [E4, B4]")
    like = near(path.name, there)
    example = f"file: {name[: len(name) - len(path.name)]}{like}" if like else ""
    return _FileError("which isn't there", f"one of the MIDI files there: {any_of(there)}", example)


def _parsed(data: bytes) -> Any:
    try:
        return _MIDO.MidiFile(file=io.BytesIO(data))
    except Exception as error:  # whatever a damaged byte leads mido to
        raise _FileError("which isn't a whole MIDI file", _EXPORT) from error


def _struck(midi: Any) -> dict[tuple[float, int], int]:
    """Return the velocity of each note by time (s) and pitch; the greater one of duplicates."""
    now, struck = 0.0, dict[tuple[float, int], int]()
    try:
        for message in midi:
            now += message.time
            if message.type == "note_on" and message.velocity:
                key = now, message.note
                struck[key] = max(message.velocity, struck.get(key, 0))
    except (ArithmeticError, ValueError) as error:
        raise _FileError("whose times make no sense", _EXPORT) from error
    return struck


def _strokes(struck: dict[tuple[float, int], int]) -> tuple[Stroke, ...]:
    times = sorted(struck)
    if not times:
        raise _FileError("in which no note is struck", "a MIDI file with notes")
    if len(times) > MOST_NOTES:
        raise _FileError(f"which has {len(times)} notes", f"a chime of at most {MOST_NOTES} notes")
    span = times[-1][0] - times[0][0]
    if span > LONGEST:
        raise _FileError(
            f"whose last note comes {span:.3g}s after the first",
            f"a chime whose last note comes at most {LONGEST:g}s after the first",
        )
    odd = [pitch for _, pitch in times if not LOWEST <= pitch <= HIGHEST]
    if odd:
        raise _FileError(
            f"with the note {pitch_name(odd[0])} (MIDI number {odd[0]})",
            f"notes from {pitch_name(LOWEST)} to {pitch_name(HIGHEST)}, from {LOWEST} to {HIGHEST}",
        )
    before = [times[0][0], *(at for at, _ in times)]
    return tuple(
        Stroke.model_construct(note=pitch, after=Seconds(at - last), velocity=struck[at, pitch])
        for (at, pitch), last in zip(times, before, strict=False)
    )
