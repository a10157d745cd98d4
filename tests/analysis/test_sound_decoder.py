import struct
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.sounds import RATE, tone, write_wav

from kacenv.analysis.judge import judge
from kacenv.analysis.sound_decoder import BROKEN, decoded, seconds_of
from kacenv.analysis.sound_file import open_sound
from kacenv.core.errors import DeviceError


def places(path: Path, begin: float = 0.0) -> tuple[float, float]:
    """Return where decoding begins and ends (s)."""
    with open_sound(str(path)) as sound:
        found = list(decoded(sound, begin))
    return found[0].place, found[-1].place + seconds_of(found[-1].frame)


def test_a_whole_file_is_decoded_from_its_beginning(tmp_path: Path) -> None:
    """Places begin with 0 and end with the file's length."""
    assert places(write_wav(tmp_path / "a.wav", tone(2.0, -20))) == pytest.approx((0.0, 2.0))


def test_decoding_begins_a_little_before_a_place(tmp_path: Path) -> None:
    """Far inside the file it is sought, near the beginning all is decoded."""
    path = write_wav(tmp_path / "a.wav", tone(40.0, -20))
    begin, end = places(path, 30.0)
    assert 28.0 < begin <= 29.0
    assert end == pytest.approx(40.0)
    assert places(path, 5.0)[0] == 0.0


def test_behind_the_end_nothing_of_the_place_is_there(tmp_path: Path) -> None:
    """What is decoded ends before the place that was asked for."""
    assert places(write_wav(tmp_path / "a.wav", tone(12.0, -20)), 60.0)[1] == pytest.approx(12.0)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_length_of_nothing_or_of_too_much_is_not_believed(tmp_path: Path, size: int) -> None:
    """A WAV file's header may promise anything: what is there is decoded."""
    path = write_wav(tmp_path / "a.wav", tone(2.0, -20))
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = struct.pack("<I", size)
    path.write_bytes(content)
    assert places(path)[1] == pytest.approx(2.0)


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    """A WAV file whose sound has a codec that isn't reached is called silent."""
    path = write_wav(tmp_path / "a.wav", tone(1.0, -20))
    content = bytearray(path.read_bytes())
    content[20:22] = struct.pack("<H", 0x0022)  # TrueSpeech
    path.write_bytes(content)
    with open_sound(str(path)) as sound, pytest.raises(DeviceError, match="no sound"):
        list(decoded(sound))


def test_samples_are_those_of_the_file(tmp_path: Path) -> None:
    """Nothing is lost, added or changed on the way."""
    path = write_wav(tmp_path / "a.wav", tone(1.0, -20))
    with open_sound(str(path)) as sound:
        parts = [one.frame.to_ndarray().ravel() for one in decoded(sound) if one.frame]
    with wave.open(str(path)) as file:
        whole = np.frombuffer(file.readframes(RATE), np.int16)
    assert (np.concatenate(parts) == whole).all()


def floats(path: Path, *parts: "np.typing.NDArray[np.float64]") -> Path:
    """A mono WAV file of 32-bit floats."""
    soundfile.write(path, np.concatenate(parts), RATE, subtype="FLOAT")
    return path


@pytest.mark.parametrize("one", [np.nan, np.inf, -1e30, 17.0])
def test_an_absurd_sample_is_damage(one: float, tmp_path: Path) -> None:
    """The frame around it is missing, and the others are as they were."""
    wild = tone(0.1, -20)
    wild[100] = one
    path = floats(tmp_path / "a.wav", tone(1.0, -20), wild, tone(1.0, -20))
    with open_sound(str(path)) as sound:
        found = list(decoded(sound))
    assert [one.frame is None for one in found].count(True) == 1
    assert found[-1].place + seconds_of(found[-1].frame) == pytest.approx(2.1, abs=0.1)
    assert all(np.abs(one.frame.to_ndarray()).max() < 0.11 for one in found if one.frame)


def test_a_second_of_absurd_samples_is_the_end(tmp_path: Path) -> None:
    """Samples whose bytes are out of step from somewhere on end the sound there."""
    path = floats(tmp_path / "a.wav", tone(2.0, -20), 1e9 * tone(2.0, 0), tone(2.0, -20))
    with open_sound(str(path)) as sound:
        *heard, last = decoded(sound)
    assert last.frame is None
    assert sum(seconds_of(one.frame) for one in heard) == pytest.approx(2.0, abs=0.1)


def test_a_file_of_absurd_samples_alone_is_refused(tmp_path: Path) -> None:
    """Such as whole numbers that are kept as floats; the words say what to do."""
    path = floats(tmp_path / "a.wav", 32767 * tone(0.5, -3))
    with open_sound(str(path)) as sound, pytest.raises(DeviceError, match="far beyond full scale"):
        list(decoded(sound))


def test_peaks_above_full_scale_are_decoded_as_they_are(tmp_path: Path) -> None:
    """A mix in floats may go 12 dB above it."""
    path = floats(tmp_path / "a.wav", tone(1.0, 12))
    with open_sound(str(path)) as sound:
        found = [one.frame for one in decoded(sound)]
    assert max(np.abs(frame.to_ndarray()).max() for frame in found if frame) > 3.9


def chained(path: Path, *behind: str) -> Path:
    """An Opus file of 2 s on two channels, and behind it a link of 2 s made otherwise."""
    noise = ["-f", "u8", "-ar", "24000", "-i", "-", "-t", "2"]
    raw = bytes(range(256)) * 4000
    for name, how in (("one", ("-ac", "2")), ("two", behind)):
        words = [*how[:2], *noise, "-c:a", "libopus", *how[2:], str(path.with_stem(name))]
        subprocess.run(["ffmpeg", "-v", "error", *words], check=True, input=raw)
    return path


@pytest.mark.parametrize("change", ["as it is", "torn"])
def test_a_link_that_cannot_be_played_is_damage(change: str, tmp_path: Path) -> None:
    """On nine channels of which nobody knows where they are, or with a torn head."""
    path = chained(tmp_path / "a.opus", "-ac", "9", "-mapping_family", "255")
    one, two = (path.with_stem(name).read_bytes() for name in ("one", "two"))
    path.write_bytes(one + (two if change == "as it is" else two.replace(b"OpusHead", b"OpusXxxx")))
    with open_sound(str(path)) as sound:
        found = list(decoded(sound))
    assert found[-1].frame is None
    assert sum(seconds_of(one.frame) for one in found) == pytest.approx(2.0, abs=0.05)
    verdict = judge(str(path))
    assert verdict.sound
    assert verdict.sound.damaged_at == pytest.approx(2.0, abs=0.05)


def test_a_first_link_that_cannot_be_played_is_refused(tmp_path: Path) -> None:
    """Nothing was heard before it, and its head is the file's."""
    path = chained(tmp_path / "a.opus", "-ac", "2")
    one, two = (path.with_stem(name).read_bytes() for name in ("one", "two"))
    path.write_bytes(one.replace(b"OpusHead", b"OpusXxxx") + two)
    assert judge(str(path)).fault
    with open_sound(str(path)) as sound, pytest.raises((DeviceError, *BROKEN)):
        list(decoded(sound))
