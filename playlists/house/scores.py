"""Write the scores of the house music: `python scores.py [DIRECTORY]`.

The same programme writes the same bytes each time; the scores beside it were written by it.
"""

# mido ships no types of its own.
# mypy: disable-error-code="no-untyped-call"

import math
import sys
import zlib
from pathlib import Path
from typing import Any

import mido

from homeward import HOMEWARD
from layers import Layer, Note
from outward import OUTWARD
from piece import Piece

PIECES = (*OUTWARD, *HOMEWARD)
TICKS_PER_BEAT = 480
CURVE_STEP = 1 / 12
DRUM_CHANNEL = 9
RUBATO = 0.025
RUBATO_BEATS = 32

Event = tuple[float, Any]


def write(piece: Piece, directory: Path) -> Path:
    """Write one piece as a MIDI file of format 1; the path written."""
    score = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    score.tracks.append(_conductor(piece))
    for index, layer in enumerate(piece.layers):
        channel = index if index < DRUM_CHANNEL else index + 1
        score.tracks.append(_part(layer, channel, piece.beats))
    path = directory / f"{piece.name}.mid"
    score.save(path)
    return path


def _conductor(piece: Piece) -> mido.MidiTrack:
    tempi: list[Event] = [
        (float(beat), mido.MetaMessage("set_tempo", tempo=_tempo(piece, beat)))
        for beat in range(0, round(piece.beats), 2)
    ]
    title = mido.MetaMessage("track_name", name=piece.title)
    return _track([(0.0, title), *tempi], piece.beats)


def _tempo(piece: Piece, beat: float) -> int:
    """Microseconds a beat: the tempo leans forward and back a little with each long phrase."""
    lean = RUBATO * math.sin(2 * math.pi * beat / RUBATO_BEATS)
    return round(60_000_000 / (piece.tempo * (1.0 + lean)))


def _part(layer: Layer, channel: int, beats: float) -> mido.MidiTrack:
    setup = [
        mido.Message("program_change", channel=channel, program=layer.voice.program),
        _control(channel, 7, _share(layer.level + layer.voice.trim)),
        _control(channel, 10, (1.0 + layer.pan) / 2),
        _control(channel, 91, 0.0),
        _control(channel, 93, 0.0),
    ]
    events: list[Event] = [(0.0, message) for message in setup]
    events += _expression(layer, channel, beats)
    events += [event for note in layer.notes for event in _sounding(note, channel)]
    return _track(events, beats)


def _share(decibels: float) -> float:
    """Controller share for a gain: FluidSynth's volume curve is 40 dB a decade."""
    return float(10.0 ** (decibels / 40.0))


def _control(channel: int, control: int, share: float) -> mido.Message:
    value = min(127, max(0, round(127 * share)))
    return mido.Message("control_change", channel=channel, control=control, value=value)


def _expression(layer: Layer, channel: int, beats: float) -> list[Event]:
    curve: list[Event] = []
    for index in range(round(beats / CURVE_STEP)):
        message = _control(channel, 11, layer.swell.at(index * CURVE_STEP))
        if not curve or curve[-1][1] != message:
            curve.append((index * CURVE_STEP, message))
    return curve


def _sounding(note: Note, channel: int) -> list[Event]:
    common = {"channel": channel, "note": note.pitch}
    return [
        (note.start, mido.Message("note_on", velocity=note.velocity, **common)),
        (note.start + note.beats, mido.Message("note_off", velocity=0, **common)),
    ]


def _track(events: list[Event], beats: float) -> mido.MidiTrack:
    track = mido.MidiTrack()
    last = round(beats * TICKS_PER_BEAT)
    now = 0
    for beat, message in sorted(events, key=lambda event: (event[0], event[1].type == "note_on")):
        tick = min(last, round(beat * TICKS_PER_BEAT))
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=last - now))
    return track


def main() -> None:
    """Write every score into the directory named, or beside this file."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for piece in PIECES:
        written = write(piece, directory)
        print(f"{written.name}  {zlib.crc32(written.read_bytes()):08x}  {piece.title}")


if __name__ == "__main__":
    main()
