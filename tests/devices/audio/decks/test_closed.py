"""No file, whatever it holds, has a decoder open a connection or another file."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import pytest
from support.disguises import Bait, disguised, manifests, outside_data
from support.ffmpeg import MakeFile
from support.opened_decks import cut_of, opened
from support.waiting import wait_until
from support.watched_file import WatchedFile, watched

from kacenv.analysis.file_type import FILE_TYPES, FileType
from kacenv.analysis.loudness_meter import measure
from kacenv.analysis.sound_decoder import BROKEN, CODECS, open_container
from kacenv.analysis.sound_file import SoundPart
from kacenv.core.errors import DeviceError
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.libvlc import instance
from kacenv.devices.audio.decks.vlc_deck import VlcDeck

MUSIC = ("wav", "flac", "ogg", "opus", "mp3", "m4a")
DEVICES = {
    *("alsa", "fbdev", "jack", "kmsgrab", "lavfi", "libcdio", "libdc1394", "openal", "oss"),
    *("pulse", "sndio", "video4linux2", "v4l2", "x11grab", "xcbgrab"),
}
"""Demuxers that open hardware or make sound of their own; none of them reads a file."""
NAMES = sorted(manifests(Bait("http://127.0.0.1", Path("/x"))))


class Trap:
    """Server and file that nobody may open."""

    def __init__(self, server: socket.socket, canary: WatchedFile) -> None:
        self.server, self.canary = server, canary
        self.bait = Bait(f"http://127.0.0.1:{server.getsockname()[1]}/a", canary.path)

    @property
    def is_sprung(self) -> bool:
        """Tell if somebody has called the server or opened the file."""
        with suppress(BlockingIOError):
            self.server.accept()[0].close()
            return True
        return self.canary.was_opened


@pytest.fixture
def trap(make_file: MakeFile, tmp_path: Path) -> Iterator[Trap]:
    """Set up a server that listens, and a file of music that is watched."""
    path = tmp_path / "canary.flac"
    path.write_bytes(make_file("flac").read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as server, watched(path) as canary:
        server.setblocking(False)
        yield Trap(server, canary)


@pytest.fixture
def music(make_file: MakeFile) -> dict[str, bytes]:
    """Return real music of some kinds."""
    return {kind: make_file(kind, span=0.5).read_bytes() for kind in MUSIC}


def test_the_trap_springs(trap: Trap, tmp_path: Path) -> None:
    """Opening the file is seen, and a list that libVLC opens by its path leads to the server."""
    trap.canary.path.read_bytes()
    assert trap.is_sprung
    assert not trap.is_sprung
    path = tmp_path / "list.m3u8"
    path.write_bytes(manifests(trap.bait)["hls"])
    player = instance().media_player_new()
    player.set_media(instance().media_new_path(str(path)))
    player.play()
    wait_until(lambda: trap.is_sprung)
    player.stop()
    player.release()


@pytest.mark.parametrize("name", NAMES)
def test_no_demuxer_of_ffmpeg_leads_elsewhere(name: str, trap: Trap, tmp_path: Path) -> None:
    """Even if all that the library knows could be reached: they have nothing to open by."""
    path = tmp_path / "file"
    path.write_bytes(manifests(trap.bait)[name])
    for demuxer in _demuxers():
        with path.open("rb") as file, suppress(*BROKEN):
            part = SoundPart(file, 0, path.stat().st_size)
            open_container(FileType(demuxer, demuxer), part).close()
    assert not trap.is_sprung


def _demuxers() -> list[str]:
    """Return every demuxer of the library that isn't a device."""
    names = sorted(name for name in av.formats_available if av.ContainerFormat(name).is_input)
    found = [name.split(",")[0] for name in names if name.split(",")[0] not in DEVICES]
    assert {"hls", "concat", "sdp"} < set(found)
    return found


def test_only_demuxers_and_decoders_of_sound_can_be_reached() -> None:
    """Each kind's demuxer reads bytes, and each decoder is one of sound that the library has."""
    assert {kind.ffmpeg for kind in FILE_TYPES.values()} <= set(_demuxers())
    for name in CODECS & av.codecs_available:
        assert av.Codec(name, "r").type == "audio"


@pytest.mark.parametrize("name", NAMES)
def test_no_disguise_leads_elsewhere(
    name: str, trap: Trap, music: dict[str, bytes], tmp_path: Path
) -> None:
    """Behind every kind's first bytes, beside and inside real music: for meter and both decks."""
    manifest = manifests(trap.bait)[name]
    for file, content in disguised(manifest, music):
        path = tmp_path / file
        path.write_bytes(content)
        with suppress(DeviceError):
            measure(str(path))
        for deck in (FfmpegDeck(), VlcDeck()):
            _try(deck, path)
        assert not trap.is_sprung, file
        path.unlink()


def _try(deck: Deck, path: Path) -> None:
    with opened(deck, cut_of(path)):
        pass


def test_sound_that_is_said_to_lie_elsewhere_is_not_fetched(
    trap: Trap, music: dict[str, bytes], tmp_path: Path
) -> None:
    """An MP4 file's data reference is never followed."""
    path = tmp_path / "reference.m4a"
    for content in outside_data(music["m4a"], trap.bait):
        assert content != music["m4a"]
        path.write_bytes(content)
        with suppress(DeviceError):
            measure(str(path))
        for deck in (FfmpegDeck(), VlcDeck()):
            _try(deck, path)
    assert not trap.is_sprung
