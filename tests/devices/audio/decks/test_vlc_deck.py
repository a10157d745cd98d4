"""The deck on libVLC: every format to its end, and plain words for every bad file."""

import gc
import socket
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from support.ffmpeg import MakeFile
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.playlist import Cut

FORMATS = ("wav", "flac", "mp3", "ogg", "opus", "m4a")


def cut(path: Path, length: float = 1000.0, cue_in: float = 0.0) -> Cut:
    """Return a cut of a file."""
    return Cut(str(path), "title", "artist", Seconds(length), Seconds(cue_in))


@contextmanager
def opened(piece: Cut) -> Iterator[VlcDeck]:
    """Return a deck that is ready or has failed."""
    deck = VlcDeck()
    deck.open(piece)
    try:
        settle(deck)
        yield deck
    finally:
        deck.close()


def settle(deck: VlcDeck) -> None:
    """Wait until a deck knows whether it can play."""
    wait_until(lambda: deck.ready or deck.failed or deck.ended_in is not None)


def read_all(deck: VlcDeck) -> Block:
    """Read to the end."""
    blocks = [deck.read(480)]
    deadline = time.monotonic() + 30
    while deck.ended_in != 0:
        assert time.monotonic() < deadline
        block = deck.read(4800)
        blocks.append(block)
        if not len(block):
            time.sleep(0.001)
    return np.concatenate(blocks)


def seconds(sound: Block) -> float:
    """Return the duration (s)."""
    return len(sound) / RATE


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_plays_to_its_length(kind: str, make_file: MakeFile) -> None:
    """All of a file is heard; of Opus, libVLC leaves out the first 80 ms."""
    allowed = 0.085 if kind == "opus" else 0.06
    with opened(cut(make_file(kind, span=3.0))) as deck:
        sound = read_all(deck)
    assert seconds(sound) == pytest.approx(3.0, abs=allowed)
    middle = sound[RATE : 2 * RATE]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.0625, rel=0.06)  # LAME takes 5 %


def test_samples_are_faithful(make_file: MakeFile) -> None:
    """At our own rate a file comes out as it went in, but for a delay of about 1 ms."""
    path = make_file("flac", "anoisesrc=seed=3:color=pink:r=48000", 2.0, RATE)
    command = ["ffmpeg", "-loglevel", "error", "-i", str(path), "-f", "s16le", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    expected = np.frombuffer(raw, np.int16).reshape(-1, 2)[:, 0] / 32768
    with opened(cut(path)) as deck:
        sound = read_all(deck)[:, 0]
    spectra = np.fft.rfft(expected, 1 << 18).conj() * np.fft.rfft(sound, 1 << 18)
    delay = int(np.fft.irfft(spectra).argmax())
    assert delay < 60
    late, early = sound[delay:], expected[: len(sound) - delay]
    assert np.corrcoef(late, early)[0, 1] > 0.99


def test_other_rates_are_resampled_cleanly(make_file: MakeFile) -> None:
    """A high tone at 44.1 kHz brings no other tones along, down to -70 dB."""
    path = make_file("wav", "aevalsrc=0.5*sin(2*PI*9000*t):s=44100", 3.0)
    with opened(cut(path)) as deck:
        sound = read_all(deck)[RATE : RATE + 65536, 0]
    power = np.abs(np.fft.rfft(sound * np.blackman(len(sound)))) ** 2
    peak = int(power.argmax())
    assert peak * RATE / len(sound) == pytest.approx(9000, abs=1)
    others = power.sum() - power[peak - 8 : peak + 9].sum()
    assert 10 * np.log10(others / power.sum()) < -70


@pytest.mark.parametrize("kind", FORMATS)
def test_a_waiting_deck_loses_nothing(kind: str, make_file: MakeFile) -> None:
    """A deck read after a pause gives the same samples as one read at once."""
    path = make_file(kind, "anoisesrc=seed=5:color=pink", 3.0)
    with opened(cut(path)) as deck:
        at_once = read_all(deck)
    with opened(cut(path)) as deck:
        beginning = deck.read(RATE // 2)
        threading.Event().wait(0.5)  # libVLC's own callbacks would drop samples after 60 ms
        np.testing.assert_array_equal(np.concatenate((beginning, read_all(deck))), at_once)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_cue_in_is_exact(kind: str, make_file: MakeFile) -> None:
    """A cut that begins late in its file gives just the samples from there on."""
    path = make_file(kind, "anoisesrc=seed=5:color=pink", 3.0)
    with opened(cut(path)) as deck:
        whole = read_all(deck)
    with opened(cut(path, length=1.0, cue_in=1.25)) as deck:
        part = read_all(deck)
    np.testing.assert_array_equal(part, whole[60000:108000])


def test_the_length_bounds_playing(make_file: MakeFile) -> None:
    """A cut ends at its length although the file goes on."""
    with opened(cut(make_file("mp3", span=3.0), length=0.75)) as deck:
        assert len(read_all(deck)) == 36000


def test_the_end_is_known_before_it_is_heard(make_file: MakeFile) -> None:
    """While the last four seconds still wait to be read, the deck knows that they are the last."""
    with opened(cut(make_file("flac", span=9.0))) as deck:
        heard = 0
        while heard < 5 * RATE:
            heard += len(deck.read(4800))
            time.sleep(0.01)
        wait_until(lambda: deck.ended_in is not None)
        assert deck.ended_in == pytest.approx(9 * RATE - heard, abs=60)


def test_a_truncated_file_ends_early(make_file: MakeFile, tmp_path: Path) -> None:
    """What is there is played, and then the end is told."""
    whole = make_file("flac", "anoisesrc=seed=5", 3.0).read_bytes()
    path = tmp_path / "half.flac"
    path.write_bytes(whole[: len(whole) // 2])
    with opened(cut(path)) as deck:
        assert seconds(read_all(deck)) == pytest.approx(1.5, abs=0.25)
        assert deck.failed is None


BAD_FILES = {
    "text.mp3": b"hello world\n" * 100,
    "empty.mp3": b"",
    "list.mp3": b"#EXTM3U\nfile:///etc/passwd\n",
    "noise.mp3": bytes(range(200)) * 100,
    "head.wav": b"RIFF\x00\x00\x00\x00WAVE",
    "head.mp3": b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"no music" * 1000,
    "head.flac": b"fLaC" + bytes(5000),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_no_music_fails_in_plain_words(name: str, tmp_path: Path) -> None:
    """A file that holds no music fails with a reason and gives no samples."""
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name])
    with opened(cut(path)) as deck:
        assert deck.failed
        assert len(deck.read(480)) == 0


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/nowhere/gone.mp3", "isn't there"),
        *((name, "") for name in ("/", "song.mp3", "/dev/zero")),
    ],
)
def test_only_real_files_are_opened(path: str, says: str) -> None:
    """Missing files, folders, relative paths and devices are refused with a reason."""
    with opened(cut(Path(path))) as deck:
        assert deck.failed
        assert says in deck.failed


def test_a_cue_in_after_the_end_fails(make_file: MakeFile) -> None:
    """The reason points at the cue point."""
    with opened(cut(make_file("mp3"), cue_in=9.0)) as deck:
        assert "cue" in (deck.failed or "")


def test_a_file_that_vanishes_while_it_plays_goes_on(make_file: MakeFile, tmp_path: Path) -> None:
    """A file deleted after opening plays to its end."""
    path = tmp_path / "short-lived.flac"
    path.write_bytes(make_file("flac", span=3.0).read_bytes())
    with opened(cut(path)) as deck:
        path.unlink()
        assert seconds(read_all(deck)) == pytest.approx(3.0, abs=0.06)


def test_a_stream_list_never_reaches_the_network(tmp_path: Path) -> None:
    """A list of streams that calls itself music is refused, and nobody is called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        path = tmp_path / "stream.mp3"
        path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n")
        with opened(cut(path)) as deck:
            assert deck.failed
            with pytest.raises(TimeoutError):
                server.accept()


def test_closing_lets_a_held_up_decoder_go(make_file: MakeFile) -> None:
    """A deck whose buffer is full closes, twice, and leaves no thread behind."""
    path, before = make_file("flac", span=9.0), threading.enumerate()
    deck = VlcDeck()
    deck.open(cut(path))
    settle(deck)
    deck.close()
    deck.close()
    assert not [one for one in threading.enumerate() if one not in before]
    deck.open(cut(make_file("flac", span=9.0)))
    assert not deck.ready


def test_a_closed_deck_is_freed_at_once(make_file: MakeFile) -> None:
    """Nothing keeps a closed deck and its megabyte of samples until garbage is collected."""
    deck = VlcDeck()
    freed = weakref.ref(deck)
    deck.open(cut(make_file("flac")))
    settle(deck)
    gc.disable()
    try:
        deck.close()
        del deck
        assert freed() is None
    finally:
        gc.enable()


def test_a_closed_deck_plays_what_it_has_and_says_so(make_file: MakeFile) -> None:
    """A decoder that is gone leaves what it has decoded, and the deck has failed."""
    with opened(cut(make_file("flac", span=9.0))) as deck:
        kept = deck.reserve
        deck.close()
        assert deck.failed == "its decoder stopped"
        assert kept >= 0.4 * RATE
        assert len(deck.read(kept)) == kept


def test_a_silent_file_is_refused(make_file: MakeFile) -> None:
    """Where nothing can be heard in all of a file, or in its first 6 s, the deck says so."""
    silence = "aevalsrc=0:s=48000"
    with opened(cut(make_file("flac", silence, 3.0))) as deck:
        assert deck.failed == "nothing can be heard in it; listen to it elsewhere"
    late = "aevalsrc='if(lt(t,7),0,0.1*sin(2765*t))':s=48000"
    with opened(cut(make_file("flac", late, 9.0))) as deck:
        assert "nothing can be heard in its first 6 s" in (deck.failed or "")
    with opened(cut(make_file("flac", late, 9.0), cue_in=6.5)) as deck:
        assert deck.failed is None
        assert deck.ready


def test_a_rest_at_the_beginning_is_music(make_file: MakeFile) -> None:
    """A deck whose first three seconds are silent is ready once it has found what follows."""
    late = "aevalsrc='if(lt(t,3),0,0.1*sin(2765*t))':s=48000"
    with opened(cut(make_file("flac", late, 9.0))) as deck:
        assert deck.ready
        assert deck.reserve > 2.9 * RATE
        assert not deck.read(RATE).any()


def test_sound_beside_pictures_is_found(make_file: MakeFile, tmp_path: Path) -> None:
    """A film, and music with a cover, play their sound alone."""
    path = tmp_path / "film.m4a"
    command = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=d=2"]
    command += ["-i", str(make_file("m4a")), "-c:v", "mpeg4", "-c:a", "copy", "-f", "mp4"]
    subprocess.run([*command, str(path)], check=True)
    with opened(cut(path)) as deck:
        assert seconds(read_all(deck)) == pytest.approx(2.0, abs=0.06)


def test_of_several_sound_tracks_one_is_played(make_file: MakeFile, tmp_path: Path) -> None:
    """Two sound tracks in one file don't mix and don't take turns."""
    path = tmp_path / "two.m4a"
    command = ["ffmpeg", "-loglevel", "error", "-i", str(make_file("flac"))]
    command += ["-i", str(make_file("m4a")), "-map", "0", "-map", "1", "-c:a", "aac"]
    subprocess.run([*command, str(path)], check=True)
    with opened(cut(path)) as deck:
        assert seconds(read_all(deck)) == pytest.approx(2.0, abs=0.06)
