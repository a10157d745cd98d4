"""Renderer of the house music: `python playlists/house/render.py [NAME ...]`.

The versions are pinned to Debian 12: FluidSynth 2.3.1 plays each committed score with the
FluidR3 GM soundfont (package fluid-soundfont-gm), `shaping` sets tone, reverberation and even
loudness, and ffmpeg 5.1 encodes Opus. Other versions may sound a little different.
"""

import hashlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loudness import RATE, Loudness, Samples, measure
from piece import Piece
from scores import PIECES
from shaping import darken, gathered, in_room, levelled, ridden, with_ends

HERE = Path(__file__).parent
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
SOUNDFONT_SHA256 = "74594e8f4250680adf590507a306655a299935343583256f3b722c48a1bc1cb0"
PINNED = {"fluidsynth": "2.3.1", "ffmpeg": "5.1"}
TARGET = -20.0
TOLERANCE = 0.3
HIGHEST_PEAK = -2.0
BIT_RATE = "64k"


@dataclass(frozen=True)
class Tone:
    """Tone of a phase: low-pass in hertz, reverberation in seconds and as a share of energy."""

    cutoff: float
    room: float
    wet: float


TONES = {
    "settle": Tone(cutoff=1900, room=3.5, wet=0.25),
    "onset": Tone(cutoff=2600, room=4.5, wet=0.35),
    "build": Tone(cutoff=4200, room=4.5, wet=0.30),
    "peak": Tone(cutoff=850, room=6.5, wet=0.45),
    "descent": Tone(cutoff=3200, room=5.0, wet=0.35),
    "return": Tone(cutoff=6500, room=3.5, wet=0.25),
    "integration": Tone(cutoff=16000, room=2.8, wet=0.18),
}


def render(piece: Piece) -> Path:
    """Synthesize, shape, normalize and encode one piece; return the path of the Opus file."""
    tone = TONES[piece.phase]
    sound = darken(_played(piece), tone.cutoff)
    sound = gathered(in_room(sound, seconds=tone.room, share=tone.wet))
    sound = with_ends(ridden(sound))
    return _encoded(levelled(sound, TARGET), piece)


def _played(piece: Piece) -> Samples:
    score = HERE / f"{piece.name}.mid"
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "sound.raw"
        plain = ["-ni", "-q", "-R", "0", "-C", "0", "-g", "1.0", "-r", str(RATE)]
        output = ["-O", "float", "-E", "little", "-T", "raw", "-F", str(raw)]
        subprocess.run(
            ["fluidsynth", *plain, *output, str(SOUNDFONT), str(score)],
            check=True,
            capture_output=True,
        )
        sound = np.fromfile(raw, "<f4").reshape(-1, 2)
    return sound[: round(_seconds(piece) * RATE)]


def _seconds(piece: Piece) -> float:
    return 60.0 * piece.beats / piece.tempo


def _encoded(sound: Samples, piece: Piece) -> Path:
    path = HERE / f"{piece.name}.opus"
    source = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "-"]
    codec = ["-c:a", "libopus", "-b:a", BIT_RATE, "-vbr", "on", "-application", "audio"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *source, *codec, *_tags(piece), str(path)],
        input=sound.astype("<f4").tobytes(),
        check=True,
    )
    return path


def _tags(piece: Piece) -> list[str]:
    tags = {
        "title": piece.title,
        "artist": "kacenv house music",
        "album": f"House music, {piece.phase}",
        "license": "CC0-1.0",
    }
    exact = ["-fflags", "+bitexact", "-flags:a", "+bitexact"]
    return exact + [item for key, value in tags.items() for item in ("-metadata", f"{key}={value}")]


def decoded(path: Path) -> Samples:
    """Decode a file to 48 kHz stereo, of shape (frames, 2)."""
    form = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-"]
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), *form], capture_output=True, check=True
    )
    return np.frombuffer(done.stdout, "<f4").reshape(-1, 2)


def _report(path: Path) -> None:
    sound = decoded(path)
    result = measure(sound)
    print(
        f"  {len(sound) / RATE:5.1f} s  {path.stat().st_size / 1e6:4.2f} MB"
        f"  {result.integrated:6.2f} LUFS  {result.true_peak:5.1f} dBTP"
        f"  {result.steepest:4.2f} LU within a second",
        flush=True,
    )
    _require_level(result, path)


def _require_level(result: Loudness, path: Path) -> None:
    if abs(result.integrated - TARGET) > TOLERANCE or result.true_peak > HIGHEST_PEAK:
        msg = (
            f"{path.name}: expected {TARGET} LUFS (within {TOLERANCE}) and a true peak of at most"
            f" {HIGHEST_PEAK} dBTP, found {result.integrated:.2f} and {result.true_peak:.1f}"
        )
        raise SystemExit(msg)


def _check_tools() -> None:
    for tool, pinned in PINNED.items():
        flag = "--version" if tool == "fluidsynth" else "-version"
        answer = subprocess.run([tool, flag], capture_output=True, text=True, check=True).stdout
        if f"version {pinned}" not in answer:
            print(f"{tool}: pinned to {pinned}, found {answer.splitlines()[0]!r}")
    if hashlib.sha256(SOUNDFONT.read_bytes()).hexdigest() != SOUNDFONT_SHA256:
        print(f"{SOUNDFONT}: not the FluidR3 of Debian 12; the music will sound different")


def main() -> None:
    """Render the pieces named on the command line, or all."""
    _check_tools()
    wanted = set(sys.argv[1:]) or {piece.name for piece in PIECES}
    unknown = wanted - {piece.name for piece in PIECES}
    if unknown:
        known = ", ".join(piece.name for piece in PIECES)
        raise SystemExit(f"no piece called {', '.join(sorted(unknown))}; there are {known}")
    for piece in PIECES:
        if piece.name in wanted:
            print(f"{piece.name}: {piece.title}", flush=True)
            _report(render(piece))


if __name__ == "__main__":
    main()
