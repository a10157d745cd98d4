"""The deck on FFmpeg: cuts, damage, silence, and what it keeps.

That it begins at the right place in every format is shown in `test_places.py`.
"""

import gc
import threading
import weakref
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.ffmpeg import MakeFile, convert, encode
from support.opened_decks import cut_of, opened, read
from support.played_pieces import kept_after

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.playlist import Cut

LENGTH, BEGIN = 40.0, 23.456
KINDS = ("wav", "flac", "ogg", "mp3")


@pytest.fixture(scope="module")
def noise() -> Block:
    """Return noise in which every second is identifiable."""
    random = np.random.default_rng(1)
    return (0.1 * random.standard_normal((round(LENGTH * RATE), 2))).astype(np.float32)


@pytest.fixture(scope="module")
def files(noise: Block, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Encode the noise in every format; return the paths by format."""
    folder = tmp_path_factory.mktemp("noise")
    soundfile.write(folder / "noise.wav", noise, RATE)
    return {kind: str(convert(folder / "noise.wav", kind)) for kind in KINDS}


def cut(path: str | Path, begin: float, length: float = 10.0) -> Cut:
    """Return a cut of a file."""
    return cut_of(path, begin, length)


def test_a_mono_file_is_as_loud_as_from_its_beginning(noise: Block, tmp_path: Path) -> None:
    """A piece on one channel sounds the same on both, and at the level the room's deck gives it."""
    path = tmp_path / "mono.wav"
    soundfile.write(path, noise[:, 0], RATE)
    with opened(FfmpegDeck(), cut(str(path), BEGIN)) as deck:
        heard = deck.read(RATE // 4)
    start = round(BEGIN * RATE)
    assert np.abs(heard - noise[start : start + len(heard), :1]).max() < 1e-4


def test_it_ends_with_its_cut(files: dict[str, str]) -> None:
    """It gives as many samples as the cut is long, and then says so."""
    with opened(FfmpegDeck(), cut(files["ogg"], BEGIN, 2.0)) as deck:
        heard = 0
        while deck.ended_in != 0:
            heard += len(deck.read(4800))
    assert heard == 2 * RATE


def test_it_can_be_closed_while_it_opens(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever closes it in the midst of opening leaves no decoder behind."""
    deck, start = FfmpegDeck(), threading.Thread.start
    closing = ThreadPoolExecutor()

    def closed_by_another(thread: threading.Thread) -> None:
        monkeypatch.undo()
        closed.append(closing.submit(deck.close))
        wait(closed, 0.1)
        start(thread)
        started.append(thread)

    closed, started = list[Future[None]](), list[threading.Thread]()
    monkeypatch.setattr(threading.Thread, "start", closed_by_another)
    deck.open(cut(files["ogg"], BEGIN))
    closed[0].result()
    assert [thread.is_alive() for thread in started] == [False]
    closing.shutdown()


def test_beyond_the_end_it_fails(files: dict[str, str]) -> None:
    """A file that has been cut short since is passed over with a reason."""
    with opened(FfmpegDeck(), cut(files["flac"], LENGTH + 5)) as deck:
        assert deck.failed is not None


def test_a_damaged_stretch_is_left_out(files: dict[str, str], tmp_path: Path) -> None:
    """Three thousand bad bytes in an MP3 cost a moment of it, not the rest."""
    whole = bytearray(Path(files["mp3"]).read_bytes())
    middle = len(whole) * 3 // 4
    whole[middle : middle + 3000] = bytes(3000)
    path = tmp_path / "damaged.mp3"
    path.write_bytes(whole)
    with opened(FfmpegDeck(), cut(str(path), 10.0, 28.0)) as deck:
        heard = 0
        while deck.ended_in != 0:
            heard += len(deck.read(48000))
    assert heard > 26 * RATE


def test_what_is_no_music_fails(tmp_path: Path) -> None:
    """A text called music is refused before any decoder sees it."""
    path = tmp_path / "song.mp3"
    path.write_text("https://example.org/stream")
    with opened(FfmpegDeck(), cut(str(path), 5.0)) as deck:
        assert "isn't music" in (deck.failed or "")


def test_a_deck_closed_before_it_opens_stays_shut(files: dict[str, str]) -> None:
    """Closing wins over an opening that comes late."""
    deck = FfmpegDeck()
    deck.close()
    deck.open(Cut(files["wav"], "Noise", "Nobody", Seconds(1.0)))
    assert not deck.ready
    deck.close()


def test_pieces_leave_nothing_behind(make_file: MakeFile) -> None:
    """Ten more pieces of four megabytes leave a process no memory, threads or files."""
    piece = make_file("wav", "anoisesrc=seed=5:color=pink", 22.0, RATE)
    few, more = kept_after([piece], 2, 10)
    assert more.played - few.played == pytest.approx(10 * 22.0, abs=1.0)
    assert more.memory - few.memory < 4.0
    assert more.threads - few.threads < 5  # some rest a while before they end
    assert more.files <= few.files


def test_a_deck_that_must_sound_fails_in_silence(make_file: MakeFile) -> None:
    """Where nothing can be heard in all of a cut, or in its first 6 s, the deck says so."""
    late = make_file("flac", "aevalsrc='if(lt(t,7),0,0.1*sin(2765*t))':s=48000", 9.0)
    with opened(FfmpegDeck(audible=True), cut(late, 0.0, 5.0)) as deck:
        assert deck.failed == "nothing can be heard in it; listen to it elsewhere"
    with opened(FfmpegDeck(audible=True), cut(late, 0.0)) as deck:
        assert "nothing can be heard in its first 6 s" in (deck.failed or "")
    with opened(FfmpegDeck(audible=True), cut(late, 6.5)) as deck:
        assert deck.ready
    with opened(FfmpegDeck(), cut(late, 0.0)) as deck:
        assert deck.ready


def test_a_closed_deck_is_freed_at_once(make_file: MakeFile) -> None:
    """Nothing keeps a closed deck and its megabyte of samples until garbage is collected."""
    deck = FfmpegDeck()
    freed = weakref.ref(deck)
    with opened(deck, cut(make_file("flac"), 0.0)):
        gc.disable()
    try:
        del deck
        assert freed() is None
    finally:
        gc.enable()


def test_a_locked_file_is_called_that(make_file: MakeFile, tmp_path: Path) -> None:
    """A file of a shop that locks its music is refused with the reason."""
    path = tmp_path / "locked.m4a"
    path.write_bytes(make_file("m4a").read_bytes().replace(b"mp4a", b"drms"))
    with opened(FfmpegDeck(), cut(path, 0.0)) as deck:
        assert deck.failed == "it is locked (DRM); use a copy without a lock"


@pytest.mark.real
@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_all_of_its_music(tmp_path: Path, kind: str, rate: int) -> None:
    """From the first sample to the last: no delay of an encoder, and nothing left in a resampler.

    The files of AAC at 8,000 Hz, whose encoder FFmpeg itself starts late, are off by more.
    """
    count = 2 * rate + 617
    wave = 0.3 * np.cos(2 * np.pi * 437.3 * np.arange(count) / rate)
    soundfile.write(tmp_path / "tone.wav", np.stack((wave, wave), axis=1), rate, "PCM_24")
    with opened(FfmpegDeck(), cut_of(encode(tmp_path / "tone.wav", kind))) as deck:
        heard = read(deck, 60.0)
    assert len(heard) == pytest.approx(count * RATE / rate, abs=1)
    middle = np.arange(RATE // 2, RATE * 3 // 2)
    turns = np.exp(-2j * np.pi * 437.3 * middle / RATE)
    late = -np.angle(np.mean(heard[middle, 0] * turns)) / (2 * np.pi * 437.3)
    assert abs(late) < 1e-5
