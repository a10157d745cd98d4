"""Music that is lost at a file's end, by the headers that are exact, and by no others."""

import subprocess
from pathlib import Path

import av
import pytest
from support.sounds import tone, write_wav

from kacenv.analysis.missing_end import missing_end, promised_length
from kacenv.core.units import Seconds


def lost(file: Path, decoded: float) -> float:
    """How much is missing of a file of which so many seconds were decoded."""
    with av.open(str(file)) as container:
        return missing_end(promised_length(str(file), container), Seconds(decoded))


def encoded(folder: Path, suffix: str, *options: str) -> Path:
    """Twenty seconds in a format."""
    file = folder / f"a.{suffix}"
    sound = ["-f", "lavfi", "-i", "sine=d=20:r=16000"]
    subprocess.run(["ffmpeg", "-v", "error", *sound, *options, str(file)], check=True)
    return file


def torn(file: Path) -> Path:
    """The first two thirds of it, as a copy that broke off."""
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3])
    return file


@pytest.mark.parametrize("suffix", ["flac", "wav", "mp3"])
def test_an_exact_header_tells_what_is_lost(tmp_path: Path, suffix: str) -> None:
    """FLAC counts samples, WAV bytes, and a Xing header frames."""
    assert lost(encoded(tmp_path, suffix), 20.0) == 0.0
    assert lost(torn(tmp_path / f"a.{suffix}"), 13.0) == pytest.approx(7.0, abs=0.1)


def test_an_estimate_tells_nothing(tmp_path: Path) -> None:
    """An MP3 file without a Xing header is as long as it is."""
    file = encoded(tmp_path, "mp3", "-write_xing", "0")
    assert lost(file, 13.0) == 0.0


@pytest.mark.parametrize("codec", ["adpcm_ms", "libmp3lame"])
def test_a_rate_that_is_an_average_tells_nothing(tmp_path: Path, codec: str) -> None:
    """A WAV file of anything but PCM may state any number of bytes for a second."""
    file = encoded(tmp_path, "wav", "-c:a", codec, "-ar", "44100", "-ac", "2")
    content = file.read_bytes()
    at = content.index(b"fmt ") + 16
    file.write_bytes(content[:at] + (4000).to_bytes(4, "little") + content[at + 4 :])
    assert lost(file, 20.0) == 0.0


def test_a_stream_tells_nothing(tmp_path: Path) -> None:
    """Its times begin anywhere."""
    assert lost(encoded(tmp_path, "ogg"), 13.0) == 0.0


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_header_that_was_never_filled_in_tells_nothing(tmp_path: Path, size: int) -> None:
    """A pipe's WAV file has a size that stands for none."""
    file = write_wav(tmp_path / "a.wav", tone(3, -20))
    content = bytearray(file.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = size.to_bytes(4, "little")
    file.write_bytes(content)
    assert lost(file, 3.0) == 0.0
