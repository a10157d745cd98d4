import math
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from support.ffmpeg import beginning, ebur128_of_all
from support.houses import foreign_pieces
from support.sounds import RATE, rest, tone, write_wav

from kacenv.analysis.loudness_meter import measure
from kacenv.core.errors import DeviceError

HOUSE = Path(__file__).parents[2] / "playlists" / "house"
ODD = {
    "nothing.wav": b"",
    "text.mp3": b"This is not music.\n" * 100,
    "head-only.flac": b"fLaC",
    "noise.flac": b"fLaC" + np.random.default_rng(1).bytes(50_000),
    "zeros.mp3": b"ID3" + bytes(50_000),
    "playlist.m3u8": b"#EXTM3U\nhttp://127.0.0.1:9/music.ogg\n",
    "avi.wav": b"RIFF\0\0\0\0AVI LIST" + bytes(5_000),
}


def test_agrees_with_ffmpeg_on_real_music(tmp_path: Path) -> None:
    """Parts of some real tracks, and the shortest one, measure as by FFmpeg's program.

    All of them are compared by `make bench RUNS=loudness`.
    """
    music = foreign_pieces()[::8]
    assert len(music) == 5
    files = [beginning(file, tmp_path, 15.0) for file in (*music, HOUSE / "peak-1.opus")]
    files.append(min(foreign_pieces(), key=lambda file: file.stat().st_size))
    for file, theirs in zip(files, ebur128_of_all(files), strict=True):
        ours = measure(str(file))
        assert ours.loudness == pytest.approx(theirs.loudness, abs=0.1), file
        assert ours.true_peak == pytest.approx(theirs.true_peak, abs=0.2), file
        assert ours.loudness_range == pytest.approx(theirs.loudness_range, abs=0.2), file


def test_reference_tone_measures_as_the_standard_says(tmp_path: Path) -> None:
    """A stereo 1 kHz sine at -23 dBFS is -23 LUFS (EBU Tech 3341, case 1)."""
    sound = measure(str(write_wav(tmp_path / "a.wav", tone(20, -23.0, 1000.0))))
    assert sound.loudness == pytest.approx(-23.0, abs=0.1)
    assert sound.true_peak == pytest.approx(-23.0, abs=0.2)
    assert sound.loudness_range == pytest.approx(0.0, abs=0.1)
    assert sound.head == pytest.approx(0.0, abs=0.001)
    assert sound.tail == pytest.approx(0.0, abs=0.001)


def test_true_peak_lies_between_the_samples(tmp_path: Path) -> None:
    """A sine whose samples miss its crests by 3 dB is measured at its crests."""
    count = np.arange(5 * RATE)
    swell = np.sin(np.pi * count / len(count))
    missed = 0.5 * swell * np.sin(2 * np.pi * count / 4 + np.pi / 4)
    sound = measure(str(write_wav(tmp_path / "a.wav", missed)))
    assert 20 * math.log10(np.abs(missed).max()) == pytest.approx(-9.03, abs=0.01)
    assert sound.true_peak == pytest.approx(-6.02, abs=0.2)


def test_mono_measures_as_it_is_played(tmp_path: Path) -> None:
    """A mono file plays from both sides, so it is as loud as its stereo copy."""
    one = measure(str(write_wav(tmp_path / "1.wav", tone(5, -20), channels=1)))
    two = measure(str(write_wav(tmp_path / "2.wav", tone(5, -20), channels=2)))
    assert one.loudness == pytest.approx(two.loudness, abs=0.05)


def test_silent_ends_are_found_to_the_sample(tmp_path: Path) -> None:
    """Head and tail end where something can be heard, not at the next tenth of a second."""
    file = write_wav(tmp_path / "a.wav", rest(2.345), tone(5, -20), rest(1.234))
    sound = measure(str(file))
    assert sound.head == pytest.approx(2.345, abs=0.0005)
    assert sound.tail == pytest.approx(1.234, abs=0.0005)
    assert sound.duration == pytest.approx(8.579, abs=0.0005)


def test_silence_has_no_loudness(tmp_path: Path) -> None:
    """A silent file is told as such, and a blip too short to measure has no loudness either."""
    silent = measure(str(write_wav(tmp_path / "a.wav", rest(3))))
    assert (silent.loudness, silent.silent, silent.true_peak) == (None, True, -120.0)
    blip = measure(str(write_wav(tmp_path / "b.wav", tone(0.2, -20))))
    assert (blip.loudness, blip.silent) == (None, False)


def test_peak_in_the_last_moment_counts(tmp_path: Path) -> None:
    """A click in a file's last hundredth is part of its peak."""
    file = write_wav(tmp_path / "a.wav", tone(5.0, -40), tone(0.01, -3))
    assert measure(str(file)).true_peak == pytest.approx(-3.0, abs=0.2)


def test_strike_after_soft_music_is_sudden(tmp_path: Path) -> None:
    """A blow of half a second is a rise of momentary loudness, told where it is."""
    soft = tone(10, -40), tone(0.5, -15), tone(10, -40)
    sound = measure(str(write_wav(tmp_path / "a.wav", *soft)))
    assert sound.sudden > 10.0
    assert sound.sudden > sound.rise
    assert sound.sudden_at == pytest.approx(10.5, abs=0.2)


def test_silence_inside_is_told_with_its_place(tmp_path: Path) -> None:
    """The longer of two; silence at the ends is none, and hiss that nobody hears is."""
    hiss = 10 ** (-70 / 20) * np.random.default_rng(1).standard_normal(12 * RATE)
    parts = rest(20), tone(7, -20), rest(5), tone(10, -20), hiss, tone(3, -20), rest(30)
    sound = measure(str(write_wav(tmp_path / "a.wav", *parts)))
    assert sound.gap == pytest.approx(12.0, abs=0.25)
    assert sound.gap_at == pytest.approx(42.0, abs=0.15)
    told = [number for silence in sound.silences for number in silence]
    assert told == pytest.approx([27.0, 5.0, 42.0, 12.0], abs=0.25)
    assert measure(str(write_wav(tmp_path / "b.wav", tone(5, -20)))).gap == 0.0


def test_slow_swell_is_not_sudden(tmp_path: Path) -> None:
    """The same 25 dB over a minute startle nobody."""
    swell = 10 ** (np.linspace(-40, -15, 60 * RATE) / 20) * tone(60, 0.0)
    assert measure(str(write_wav(tmp_path / "a.wav", swell))).sudden < 3.0


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_music_is_refused(tmp_path: Path, name: str) -> None:
    """Files that only look like music are refused in plain words."""
    file = tmp_path / name
    file.write_bytes(ODD[name])
    with pytest.raises(DeviceError, match=r"music|copy it again"):
        measure(str(file))


@pytest.mark.parametrize("make", ["testsrc=d=1", "sine=d=1"])
def test_video_is_measured_by_its_sound(tmp_path: Path, make: str) -> None:
    """A video without sound is refused; its sound alone is measured."""
    file = tmp_path / "video.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", make, str(file)], check=True)
    if make.startswith("testsrc"):
        with pytest.raises(DeviceError, match="no sound"):
            measure(str(file))
    else:
        assert measure(str(file)).loudness is not None


@pytest.mark.parametrize(("channels", "rate"), [(8, 192_000), (6, 44_100), (1, 8_000)])
def test_odd_forms_are_measured(tmp_path: Path, channels: int, rate: int) -> None:
    """Many channels, high and low rates are measured like any other."""
    file = tmp_path / "odd.flac"
    form = ["-ac", str(channels), "-ar", str(rate), str(file)]
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=3", *form], check=True)
    sound = measure(str(file))
    assert sound.duration == pytest.approx(3.0, abs=0.01)
    assert sound.loudness is not None


def test_damaged_stretch_is_told(tmp_path: Path) -> None:
    """A FLAC file with bytes overwritten is measured around the damage, which is named."""
    whole = write_wav(tmp_path / "a.wav", tone(10, -20) + tone(10, -30, 313.0))
    file = tmp_path / "a.flac"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(whole), str(file)], check=True)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = bytes(range(250)) * 80
    file.write_bytes(content)
    sound = measure(str(file))
    assert sound.damaged_at == pytest.approx(5.0, abs=1.0)


@pytest.mark.parametrize("form", [["-ar", "22050"], ["-ac", "1"], ["-ar", "44100"]])
def test_joined_files_are_measured_as_a_whole(tmp_path: Path, form: list[str]) -> None:
    """Where MP3 files are joined, tags and another form are no damage."""
    whole = write_wav(tmp_path / "a.wav", tone(10, -20))
    parts = [tmp_path / "1.mp3", tmp_path / "2.mp3"]
    for part, words in zip(parts, (["-ar", "44100"], form), strict=True):
        command = ["ffmpeg", "-v", "error", "-i", str(whole), *words, str(part)]
        subprocess.run(command, check=True)
    file = tmp_path / "joined.mp3"
    file.write_bytes(b"".join(part.read_bytes() for part in parts))
    sound, alone = measure(str(file)), measure(str(parts[0]))
    assert sound.damaged_at is None
    assert sound.duration == pytest.approx(20.0, abs=0.2)
    assert sound.loudness == pytest.approx(alone.loudness, abs=0.2)


def test_truncated_file_is_as_long_as_it_plays(tmp_path: Path) -> None:
    """A file cut short is measured by what is left, not by its header."""
    file = write_wav(tmp_path / "a.wav", tone(10, -20))
    file.write_bytes(file.read_bytes()[: 4 * RATE * 4])
    with wave.open(str(file)) as header:
        assert header.getnframes() == 10 * RATE
    assert measure(str(file)).duration == pytest.approx(4.0, abs=0.1)


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """Neither a relative path nor a URL gets as far as a decoder."""
    for path in ("music.ogg", "http://127.0.0.1:9/music.ogg", "concat:/etc/passwd"):
        with pytest.raises(DeviceError, match="absolute"):
            measure(path)
    with pytest.raises(DeviceError, match="isn't there"):
        measure(str(tmp_path / "away.ogg"))
