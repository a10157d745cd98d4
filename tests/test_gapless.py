"""An album without gaps is heard as one: rendered by the whole product, held against its tone."""

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from support.ffmpeg import encode
from support.houses import write_house
from support.typed import measure_here

from kacenv.analysis import MeasurementCache
from kacenv.analysis.scan import scan
from kacenv.config import House, load_room, load_session
from kacenv.rehearsal.offline_render import render

pytestmark = pytest.mark.real
PITCH: Final = 437.3
SPLIT: Final = 3.0
"""About where the tone is cut in two (s), and how long the rest of it is."""
BEFORE, AFTER = 1.5, 4.9
"""When its first fade is over, and before the last one begins (s)."""
WINDOW: Final = 480
"""Frames of 10 ms."""
Wave = NDArray[np.float64]


class Kind(NamedTuple):
    """A kind of file at a rate, and by how much its joins may differ from the tone (dB).

    Lossless files at the room's rate differ by their last bits. At another rate the second file
    begins up to half a sample of the room's beside its place. What is lossy rings where it is cut;
    FFmpeg's encoder of AAC spoils its second frame, which is so in the file, and isn't looked at.
    """

    ending: str
    rate: int
    differs: float
    spoilt: tuple[float, float] = (0.0, 0.0)
    """Span after the join that the encoder has spoilt (s)."""


KINDS: Final = (
    Kind("flac", 48_000, -75.0),
    Kind("wav", 48_000, -75.0),
    Kind("flac", 44_100, -30.0),
    Kind("flac", 8_000, -30.0),
    Kind("mp3", 44_100, -28.0),
    Kind("mp3", 48_000, -38.0),
    Kind("m4a", 44_100, -25.0, (0.008, 0.03)),
    Kind("opus", 48_000, -33.0),
    Kind("ogg", 44_100, -24.0),
)


def album(folder: Path, kind: Kind) -> Path:
    """A house with one tone, cut in two files of a kind, and a scene that plays both."""
    first = round(SPLIT * kind.rate) + 617
    tone = 0.2 * np.sin(2 * np.pi * PITCH * np.arange(2 * first) / kind.rate + 0.3)
    house = write_house(
        folder,
        rooms__bench="name: bench\noutputs:\n  - {id: speakers, role: speakers}\n",
        scenes__bench=SCENE,
        playlists__album=PLAYLIST.replace("ENDING", kind.ending),
    )
    for number, part in enumerate((tone[:first], tone[first:]), 1):
        path = house / f"playlists/part-{number}.wav"
        soundfile.write(path, np.stack((part, part), axis=1), kind.rate, "PCM_24")
        encode(path, kind.ending, name=f"album-{number}")
    return house


PLAYLIST: Final = """title: Album
crossfade: 0s
tracks:
  - {file: album-1.ENDING, title: One, artist: x, licence: x, instrumental: yes}
  - {file: album-2.ENDING, title: Two, artist: x, licence: x, instrumental: yes}
"""
SCENE: Final = """title: Bench
phases:
  - {name: peak, duration: 5s, playlist: album, crossfade: 1s}
"""


@pytest.fixture(
    scope="module",
    params=KINDS,
    ids=lambda kind: f"{kind.ending} at {kind.rate}",
    name="heard",
)
def heard_album(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Kind, Wave]:
    """The left channel of the rendered album, until its last fade, scanned as a clinic does."""
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp("album")
    house = House(album(folder / "house", kind))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KACENV_CACHE", str(folder / "cache"))
        measure_here(patch)
        with MeasurementCache() as cache:
            list(scan(sorted(house.playlist_folder.glob(f"album-?.{kind.ending}")), cache))
        room, timeline = load_room(house, "bench"), load_session(house, "bench", "bench")
        render(room, timeline, folder / "heard.flac")
    sound, rate = soundfile.read(folder / "heard.flac")
    return kind, np.asarray(sound[: 5 * rate, 0], np.float64)


def test_the_second_piece_goes_on_with_the_tone_of_the_first(heard: tuple[Kind, Wave]) -> None:
    """What is heard at the join, and after it, is the unbroken tone: no gap, overlap or click."""
    kind, sound = heard
    tone = continued(sound, kind)
    power = np.sqrt(np.mean(np.square(tone)))
    spans = ((sound - tone)[at : at + WINDOW] for at in looked_at(kind))
    worst = max(20 * np.log10(np.sqrt(np.mean(np.square(span))) / power + 1e-9) for span in spans)
    assert worst < kind.differs


def looked_at(kind: Kind) -> list[int]:
    """Return the beginnings of windows from the first fade's end to the last one's beginning."""
    join = round((SPLIT + 617 / kind.rate) * 48_000)
    spoilt = [join + round(48_000 * after) for after in kind.spoilt]
    every = range(join % WINDOW + round(BEFORE * 100) * WINDOW, round(AFTER * 48_000), WINDOW)
    return [at for at in every if not spoilt[0] <= at < spoilt[1]]


def test_the_level_is_one(heard: tuple[Kind, Wave]) -> None:
    """The tone is as loud after the join as before it."""
    kind, sound = heard
    before, after = (np.hypot(*parts(sound[at : at + 48_000])) for at in (72_000, 168_000))
    assert abs(20 * np.log10(after / before)) < 0.05, kind


def parts(sound: Wave, begin: int = 0) -> tuple[float, float]:
    """Return the amplitudes of the tone's sine and cosine in a stretch of sound."""
    turns = 2 * np.pi * PITCH * (begin + np.arange(len(sound))) / 48_000
    waves = np.stack((np.sin(turns), np.cos(turns)), axis=1)
    (sine, cosine), *_ = np.linalg.lstsq(waves, sound, rcond=None)
    return float(sine), float(cosine)


def continued(sound: Wave, kind: Kind) -> Wave:
    """Return the tone that sounds before the join, as it would go on."""
    first = round(BEFORE * 48_000)
    last = round((SPLIT + 617 / kind.rate - 0.05) * 48_000)
    sine, cosine = parts(sound[first:last], first)
    turns = 2 * np.pi * PITCH * np.arange(len(sound)) / 48_000
    tone: Wave = sine * np.sin(turns) + cosine * np.cos(turns)
    return tone
