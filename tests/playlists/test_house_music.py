"""The committed house music, measured as a listener would hear it."""

import math
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import yaml
from mutagen.oggopus import OggOpus
from numpy.typing import NDArray
from support.shared import once

from kacenv.analysis.true_peak import TruePeakMeter

PLAYLISTS = Path(__file__).parents[2] / "playlists"
HOUSE = PLAYLISTS / "house"
PHASES = ("settle", "onset", "build", "peak", "descent", "return", "integration")
NAMES = tuple(sorted(path.stem for path in HOUSE.glob("*.opus")))
LISTS = (*PHASES, "overflow")

RATE = 48_000
SILENT_BLOCK = RATE // 100
FRAME = 8192
DRUM_CHANNEL = 9
VOCAL_PROGRAMS = {52, 53, 54, 85}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """What was measured of one piece."""

    seconds: float
    integrated: float
    true_peak: float
    short_term: Floats
    longest_silence: float
    centroid: float
    colour: Floats


def hear(path: Path, report: Path) -> Heard:
    """Decode a file once and measure it; loudness by ffmpeg's `ebur128` (EBU R 128).

    Its own true peak takes most of its time; kacenv's is held against that elsewhere.
    """
    raw = report.with_suffix(".raw")
    chain = f"ebur128=metadata=1,ametadata=mode=print:file={report}"
    form = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", str(raw)]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostats", "-i", str(path), "-af", chain, *form], check=True
    )
    samples = np.fromfile(raw, "<f4").reshape(-1, 2)
    raw.unlink()
    power = long_term_power((samples[:, 0] + samples[:, 1]) / 2)
    return Heard(
        seconds=len(samples) / RATE,
        integrated=logged(report, "I")[-1],
        true_peak=true_peak(samples),
        short_term=logged(report, "S")[29:],
        longest_silence=longest_silence(samples),
        centroid=centroid(power),
        colour=colour(power),
    )


def logged(report: Path, key: str) -> Floats:
    """One value each 100 ms; the thirtieth is the first with a full short-term window."""
    found = re.findall(rf"lavfi\.r128\.{key}=(\S+)", report.read_text())
    return np.array([float(value) for value in found])


def true_peak(samples: NDArray[np.float32]) -> float:
    """The greatest amplitude, between samples too, in dBTP."""
    meter = TruePeakMeter(RATE, 2)
    for begin in range(0, len(samples), RATE):
        meter.add(samples[begin : begin + RATE].T)
    return 20 * math.log10(meter.result())


def longest_silence(samples: NDArray[np.float32]) -> float:
    """Seconds of the longest run of 10 ms blocks below -60 dBFS."""
    blocks = samples[: len(samples) // SILENT_BLOCK * SILENT_BLOCK].reshape(-1, SILENT_BLOCK * 2)
    quiet = np.sqrt((blocks**2).mean(axis=1)) < 10 ** (-60 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]])))
    return float(np.diff(edges)[::2].max(initial=0)) / 100


def long_term_power(mono: NDArray[np.float32]) -> Floats:
    """Mean power spectrum of windows half a second apart."""
    frames = np.lib.stride_tricks.sliding_window_view(mono, FRAME)[:: RATE // 2]
    spectra = np.fft.rfft(frames * np.hanning(FRAME).astype(np.float32), axis=1)
    return np.asarray((np.abs(spectra) ** 2).mean(axis=0), dtype=np.float64)


def centroid(power: Floats) -> float:
    """Spectral centroid of the mean amplitude spectrum, in hertz."""
    amplitude = np.sqrt(power)
    return float((amplitude * np.fft.rfftfreq(FRAME, 1 / RATE)).sum() / amplitude.sum())


def colour(power: Floats) -> Floats:
    """Levels of third-octave bands from 50 Hz to 8 kHz, in decibels about their mean."""
    hertz = np.fft.rfftfreq(FRAME, 1 / RATE)
    edges = 50.0 * 2.0 ** (np.arange(23) / 3)
    bands = [power[(hertz >= low) & (hertz < high)].sum() for low, high in pairwise(edges)]
    levels = 10 * np.log10(np.array(bands) + 1e-12)
    return np.asarray(levels - levels.mean())


def apart(first: Heard, second: Heard) -> float:
    """How differently two pieces are coloured: root mean square over bands, in decibels."""
    return float(np.sqrt(((first.colour - second.colour) ** 2).mean()))


def playlist(name: str) -> dict[str, Any]:
    """A playlist as its file reads."""
    loaded: dict[str, Any] = yaml.safe_load((PLAYLISTS / f"{name}.yaml").read_text())
    return loaded


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Heard]:
    """Every committed piece, decoded and measured once."""
    return once(tmp_path_factory, "loudness", hear_all)


def hear_all(reports: Path) -> dict[str, Heard]:
    """Measure all pieces, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(lambda name: hear(HOUSE / f"{name}.opus", reports / name), NAMES)
        return dict(zip(NAMES, results, strict=True))


def of_phase(heard: dict[str, Heard], phase: str) -> list[Heard]:
    """The pieces of one phase."""
    return [piece for name, piece in heard.items() if name.rsplit("-", 1)[0] == phase]


@pytest.mark.parametrize("phase", PHASES)
def test_each_phase_has_two_long_pieces(heard: dict[str, Heard], phase: str) -> None:
    """A phase can alternate between at least two pieces of two minutes or more."""
    assert sum(piece.seconds >= 120 for piece in of_phase(heard, phase)) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_nothing_clips(heard: dict[str, Heard], name: str) -> None:
    """The true peak leaves at least one decibel of room."""
    assert heard[name].true_peak <= -1.0


@pytest.mark.parametrize("name", NAMES)
def test_music_never_falls_silent(heard: dict[str, Heard], name: str) -> None:
    """From its first moment to its last, a piece is never silent for more than 0.3 s."""
    assert heard[name].longest_silence <= 0.3


@pytest.mark.parametrize("name", NAMES)
def test_loudness_never_jumps(heard: dict[str, Heard], name: str) -> None:
    """Short-term loudness changes by no more than 3 LU within any second."""
    course = heard[name].short_term
    for lag in range(1, 11):
        assert np.abs(course[lag:] - course[:-lag]).max() <= 3.0


@pytest.mark.parametrize("name", NAMES)
def test_all_pieces_are_equally_loud(heard: dict[str, Heard], name: str) -> None:
    """One setting of the volume serves every piece."""
    assert heard[name].integrated == pytest.approx(-20.0, abs=0.5)


def test_peak_is_darker_than_integration(heard: dict[str, Heard]) -> None:
    """Every peak piece is less bright than every integration piece."""
    peak = max(piece.centroid for piece in of_phase(heard, "peak"))
    assert peak < min(piece.centroid for piece in of_phase(heard, "integration"))


def test_brightness_follows_the_session(heard: dict[str, Heard]) -> None:
    """Peak is the darkest phase, integration the brightest, return brighter than settle."""
    mean = {p: np.mean([piece.centroid for piece in of_phase(heard, p)]) for p in PHASES}
    assert min(mean, key=lambda phase: mean[phase]) == "peak"
    assert max(mean, key=lambda phase: mean[phase]) == "integration"
    assert mean["return"] > mean["settle"]


@pytest.mark.parametrize(("first", "second"), tuple(combinations(PHASES, 2)))
def test_phases_sound_distinct(heard: dict[str, Heard], first: str, second: str) -> None:
    """No piece of one phase could be taken for a piece of another by its colour."""
    pairs = [(a, b) for a in of_phase(heard, first) for b in of_phase(heard, second)]
    assert min(apart(a, b) for a, b in pairs) > 2.0


def test_house_music_stays_small() -> None:
    """All the audio together takes no more than 30 MB."""
    assert sum(path.stat().st_size for path in HOUSE.glob("*.opus")) <= 30_000_000


def test_scores_are_written_anew_alike(tmp_path: Path) -> None:
    """The script writes exactly the committed scores, and no others."""
    subprocess.run(
        [sys.executable, str(HOUSE / "scores.py"), str(tmp_path)], check=True, capture_output=True
    )
    written = {path.name: path.read_bytes() for path in tmp_path.glob("*.mid")}
    assert written == {path.name: path.read_bytes() for path in HOUSE.glob("*.mid")}
    assert {Path(name).stem for name in written} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_scores_have_no_drums_and_no_voices(name: str) -> None:
    """No score uses the percussion channel or a vocal program."""
    score = mido.MidiFile(HOUSE / f"{name}.mid")  # type: ignore[no-untyped-call]
    messages = [message for track in score.tracks for message in track]
    assert DRUM_CHANNEL not in {m.channel for m in messages if hasattr(m, "channel")}
    assert not VOCAL_PROGRAMS & {m.program for m in messages if m.type == "program_change"}


@pytest.mark.parametrize("name", LISTS)
def test_playlist_files_exist_and_are_licensed(name: str) -> None:
    """Every track of a playlist is there to be played, instrumental and under a known licence."""
    tracks = playlist(name)["tracks"]
    assert len(tracks) >= 2
    for track in tracks:
        assert (PLAYLISTS / track["file"]).is_file()
        assert track["licence"] == "CC0-1.0"
        assert track["instrumental"] is True
        assert 1 <= track["energy"] <= 5


@pytest.mark.parametrize("name", NAMES)
def test_files_carry_their_title_and_licence(name: str) -> None:
    """A file copied out of the house still says what it is and that it is free."""
    phase, number = name.rsplit("-", 1)
    listed = playlist(phase)["tracks"][int(number) - 1]
    tags = OggOpus(HOUSE / f"{name}.opus")  # type: ignore[no-untyped-call]
    assert tags["title"] == [listed["title"]]
    assert tags["artist"] == [listed["artist"]]
    assert tags["license"] == [listed["licence"]]
