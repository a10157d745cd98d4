"""libVLC is handed bytes, from which it can go nowhere else."""

from pathlib import Path

import pytest
from support.ffmpeg import MakeFile
from support.opened_decks import cut_of, opened, read

from kacenv.analysis.sound_file import open_sound
from kacenv.core.errors import DeviceError
from kacenv.devices.audio.decks.libvlc_input import LibvlcInput
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import RATE


def test_only_the_asked_demuxer_reads_the_bytes(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A FLAC file that is handed over as Ogg isn't played as FLAC instead."""
    media = LibvlcInput.media
    monkeypatch.setattr(LibvlcInput, "media", lambda given, _: media(given, "ogg"))
    with opened(VlcDeck(), cut_of(make_file("flac"))) as deck:
        assert deck.failed is not None
        assert not len(deck.read(480))


def test_tags_before_the_sound_are_not_handed_over(make_file: MakeFile, tmp_path: Path) -> None:
    """A file is seen from its first frame on."""
    path = tmp_path / "tagged.mp3"
    path.write_bytes(b"ID3\x04\0\0\0\0\x10\0" + b"#EXTM3U\n" * 256 + make_file("mp3").read_bytes())
    with opened(VlcDeck(), cut_of(path)) as deck:
        assert len(read(deck, 10.0)) / RATE == pytest.approx(2.0, abs=0.06)


def test_a_manifest_is_never_handed_over(tmp_path: Path) -> None:
    """What libVLC's filter for streams would take for a manifest is refused before."""
    path = tmp_path / "manifest.wav"
    junk = b"<manifest xmlns='http://ns.adobe.com/f4m/1.0'>".ljust(0x01010101, b" ")
    path.write_bytes(b"RIFF\x20\x01\x01\x01WAVEabcd\x01\x01\x01\x01" + junk)
    with open_sound(str(path)) as sound, pytest.raises(DeviceError, match="list of addresses"):
        LibvlcInput(sound.parts[0]).media("wav")


def test_what_libvlc_is_not_asked_to_play_fails(tmp_path: Path) -> None:
    """Kinds that FFmpeg alone plays, and files of several links, never get to libVLC."""
    path = tmp_path / "some.mka"
    path.write_bytes(b"\x1aE\xdf\xa3" + bytes(2000))
    with opened(VlcDeck(), cut_of(path)) as deck:
        assert "isn't asked" in (deck.failed or "")
