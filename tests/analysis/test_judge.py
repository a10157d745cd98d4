"""A verdict holds what was decoded, whatever headers and names say."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from support.made_kinds import made_kind
from support.sound_kinds import FAILS, PLAYS
from support.sounds import rest, tone, write_wav
from support.telling import ffmpeg

from kacenv.analysis.judge import judge
from kacenv.analysis.sound_file import SoundPart
from kacenv.analysis.verdict import Verdict
from kacenv.core.errors import DeviceError

VerdictOn = Callable[[str], Verdict]


pytestmark = pytest.mark.real
"""FFmpeg's program makes the files."""
KINDS = {kind.name: kind for kind in (*PLAYS, *FAILS)}


@pytest.fixture(name="verdict_on")
def judging(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Verdict]:
    """Return what judges a file of a kind."""
    return lambda name: judge(str(made_kind(tmp_path_factory, KINDS[name])))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("plain.flac", ("flac", "44100", "2")),
        ("plain.opus", ("opus", "48000", "2")),
        ("surround.ogg", ("vorbis", "44100", "6")),
        ("rate.mp3", ("mp3float", "44100 22050", "2 1")),
        ("mono.mp3", ("mp3float", "44100", "2 1")),
    ],
)
def test_the_form_is_what_was_decoded(
    verdict_on: VerdictOn, name: str, form: tuple[str, str, str]
) -> None:
    """Codec, rates and channels in the order in which they come."""
    found = verdict_on(name).form
    assert (found.codec, found.rates, found.channels) == form
    assert found.changes is (" " in "".join(form))


@pytest.mark.parametrize("name", ["plain.flac", "plain.ogg", "aac.m4a", "vbr.mp3", "opus.mka"])
def test_ordinary_files_can_be_entered(verdict_on: VerdictOn, name: str) -> None:
    """Their first sample is at the beginning, and a seek arrives where it should."""
    found = verdict_on(name)
    assert found.form.seeks
    assert found.form.starts_at == pytest.approx(0.0, abs=0.1)


def test_a_stream_s_own_time_is_no_length(verdict_on: VerdictOn) -> None:
    """Cut from a stream, it begins hours into its own time, and is as long as it is."""
    found = verdict_on("cut.ogg")
    assert found.sound
    assert found.sound.duration == pytest.approx(32.0, abs=0.1)
    assert found.form.starts_at == pytest.approx(32400.0, abs=0.1)
    assert found.form.seeks
    assert found.form.missing == 0.0


def test_what_broke_off_is_told_by_an_exact_header(tmp_path: Path) -> None:
    """How much is missing, beside how long it plays."""
    file = write_wav(tmp_path / "a.wav", tone(10, -20))
    file.write_bytes(file.read_bytes()[: 4 * 48_000 * 4])
    found = judge(str(file))
    assert found.sound
    assert found.sound.duration == pytest.approx(4.0, abs=0.1)
    assert found.form.missing == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize("name", [kind.name for kind in FAILS if kind.name != "silent.wav"])
def test_a_fault_is_all_there_is_of_what_does_not_play(verdict_on: VerdictOn, name: str) -> None:
    """Neither a measurement nor a form, and the reason ends in no full stop."""
    found = verdict_on(name)
    assert found == Verdict(fault=found.fault)
    assert found.whole
    assert not found.fault.endswith(".")


def test_silence_is_decoded_as_anything_else(tmp_path: Path) -> None:
    """It has no landmarks by which a seek could be told wrong."""
    found = judge(str(write_wav(tmp_path / "a.wav", rest(8))))
    assert found.sound
    assert found.sound.silent
    assert found.form.seeks


def test_a_disk_that_fails_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict is kept for good, so none is made of what can't be read today."""

    def unreadable(*_: object) -> None:
        raise DeviceError("it can't be decoded") from OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("kacenv.analysis.judge.measure", unreadable)
    with pytest.raises(OSError, match="its disk doesn't give it"):
        judge(str(write_wav(tmp_path / "a.wav", tone(2, -20))))


@pytest.mark.parametrize("begin", [0, 200_000])
def test_a_read_that_fails_is_no_fault_of_the_file(
    begin: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the beginning, or only from the middle on; the decoder hands the disk's error on."""
    read_at = SoundPart.read_at

    def failing(part: SoundPart, at: int, length: int) -> bytes:
        if at >= begin:
            raise OSError(errno.EIO, "Input/output error")
        return read_at(part, at, length)

    monkeypatch.setattr(SoundPart, "read_at", failing)
    with pytest.raises(OSError, match="its disk doesn't give it"):
        judge(str(write_wav(tmp_path / "a.wav", tone(4, -20))))


def test_a_beginning_alone_is_no_fault_of_the_disk(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of Matroska cut off in its head, FFmpeg says what it says of a broken disk."""
    path = tmp_path / "a.mka"
    path.write_bytes(made_kind(tmp_path_factory, KINDS["opus.mka"]).read_bytes()[:101])
    assert "can't be decoded" in judge(str(path)).fault


def test_sound_on_eight_channels_is_judged(tmp_path: Path) -> None:
    """Music on 7.1 channels in planes, such as AAC, is measured and entered like other music."""
    path = tmp_path / "wide.m4a"
    noise = "-f", "lavfi", "-i", "anoisesrc=d=12:a=0.2:r=24000"
    ffmpeg(*noise, "-ac", "8", "-c:a", "aac", path)
    found = judge(str(path))
    assert found.sound
    assert found.sound.duration == pytest.approx(12.0, abs=0.1)
    assert (found.form.channels, found.form.seeks) == ("8", True)


def test_a_damaged_file_is_entered_at_many_places(tmp_path: Path) -> None:
    """Where two pages of an Ogg have changed places, seeks go wrong near them alone: it is told."""
    path = tmp_path / "swapped.ogg"
    ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=22:a=0.2:r=16000", "-c:a", "libvorbis", path)
    head, *pages = path.read_bytes().split(b"OggS")
    assert judge(str(path)).form.seeks
    pages[9], pages[12] = pages[12], pages[9]
    path.write_bytes(b"OggS".join([head, *pages]))
    found = judge(str(path))
    assert (found.fault, found.form.seeks) == ("", False)
    assert found.sound
    assert found.sound.damaged_at
