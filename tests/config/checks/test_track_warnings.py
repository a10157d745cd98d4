import shutil
import subprocess
from pathlib import Path

import pytest
from support.measurements import a_measurement, a_verdict
from support.sounds import RATE, rest, tone, write_wav
from support.typed import measure_here

from kacenv.analysis import MeasurementCache
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.analysis.scan import scan
from kacenv.analysis.silence_gaps import GapFrames, packed
from kacenv.analysis.verdict import Verdict
from kacenv.config import House, LintWarning, check_house, house_music, load_session, warnings_of
from kacenv.config.checks.track_warnings import WarningRule
from kacenv.core.units import Decibels, Seconds

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def measured_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Music is measured without processes of its own."""
    measure_here(monkeypatch)


def scanned(house: House) -> list[str]:
    """What is said of a house after all its music was scanned."""
    with MeasurementCache() as cache:
        list(scan(house_music(house, []).files, cache))
    return [str(caution) for caution in heard(house)]


def heard(house: House) -> list[LintWarning]:
    """What is said of a house's music, not of files that nothing uses or of long crossfades."""
    others = (WarningRule.UNUSED, WarningRule.CROSSFADE)
    return [caution for caution in warnings_of(house) if caution.rule not in others]


def music(house: House, name: str) -> Path:
    """Where a track of the house lies."""
    return house.playlist_folder / "music" / f"{name}.wav"


def test_unscanned_music_is_told_once_a_playlist(house: House) -> None:
    """One line a playlist says what to run; it is no problem."""
    assert check_house(house) == []
    assert [str(caution) for caution in heard(house)] == [
        f"playlists/{name}.yaml:1:1: its music hasn't been measured, and plays as loud as the"
        f" files are; run: kacenv music scan {name}"
        for name in ("brief", "calm")
    ]


def test_partly_scanned_playlist_is_told(house: House) -> None:
    """New tracks are counted."""
    write_wav(music(house, "evening"), tone(30, -30))
    with MeasurementCache() as cache:
        list(scan([music(house, "evening")], cache))
    texts = [caution.text for caution in heard(house)]
    assert sum("1 of 2 tracks haven't been measured" in text for text in texts) == 2


def test_music_that_an_older_kacenv_measured_is_told(house: House) -> None:
    """It plays at its level, and nobody knows yet whether all of it plays."""
    with MeasurementCache() as cache:
        for number, name in enumerate(("evening", "morning")):
            sound = a_measurement(duration=Seconds(600.0 - number))
            file = music(house, name)
            cache.keep(file, FileStamp.of(file), name.encode(), Verdict(sound))
    texts = [caution.text for caution in heard(house)]
    assert len(texts) == 2
    assert all("its music was measured by an older kacenv" in text for text in texts)


def test_a_place_that_cannot_be_entered_is_told(house: House) -> None:
    """A cue_in counts on it; a track that is played from its beginning doesn't."""
    for number, name in enumerate(("evening", "morning")):
        file = music(house, name)
        verdict = a_verdict(a_measurement(duration=Seconds(600.0 - number)), seeks=False)
        with MeasurementCache() as cache:
            cache.keep(file, FileStamp.of(file), name.encode(), verdict)
    assert heard(house) == []
    cue(house, "cue_in: 44s")
    assert {caution.text for caution in heard(house)} == {
        "evening.wav can't be entered exactly at 0:44, its cue_in; convert it to FLAC"
    }


def test_quiet_house_says_nothing(house: House) -> None:
    """Scanned music without surprises needs no word."""
    for seconds, name in ((12, "evening"), (13, "morning")):
        write_wav(music(house, name), rest(1), tone(seconds, -30))
    assert scanned(house) == []


def test_startling_track_is_told_with_its_place(house: House) -> None:
    """A blow in soft music is named by file and time, at the line that lists it."""
    write_wav(music(house, "evening"), tone(20, -40), tone(0.5, -12), tone(9, -40))
    write_wav(music(house, "morning"), tone(9, -30))
    told = scanned(house)
    assert [line.split(": ")[0] for line in told] == [
        "playlists/brief.yaml:3:12",
        "playlists/calm.yaml:4:12",
    ]
    assert all("evening.wav may startle: at 0:20 it becomes" in line for line in told)


def test_blow_outside_the_cues_is_not_told(house: House) -> None:
    """What isn't played startles nobody."""
    write_wav(music(house, "evening"), tone(20, -40), tone(0.5, -12), tone(9, -40))
    write_wav(music(house, "morning"), tone(9, -30))
    for name in ("brief", "calm"):
        path = house.playlist_folder / f"{name}.yaml"
        path.write_text(path.read_text().replace("evening.wav,", "evening.wav, cue_out: 19s,"))
    assert scanned(house) == []


def test_silence_in_the_middle_is_told_with_its_place(house: House) -> None:
    """Long enough for another piece to take over, and within what is played of it."""
    write_wav(music(house, "evening"), tone(61, -30), rest(12), tone(9, -30))
    write_wav(music(house, "morning"), tone(9, -30), rest(1.5), tone(9, -30))
    told = [line for line in scanned(house) if "is silent for" in line]
    assert len(told) == 2
    words = "evening.wav is silent for 12s at 1:01; there another piece takes over"
    assert all(words in line and "cue_out: 1m1s" in line for line in told)
    for name in ("brief", "calm"):
        path = house.playlist_folder / f"{name}.yaml"
        path.write_text(path.read_text().replace("evening.wav,", "evening.wav, cue_out: 1m1s,"))
    assert not any("is silent for" in line for line in scanned(house))


def cue(house: House, cues: str) -> None:
    """Have both playlists play only this of their first track."""
    for name in ("brief", "calm"):
        path = house.playlist_folder / f"{name}.yaml"
        path.write_text(path.read_text().replace("evening.wav,", f"evening.wav, {cues},"))


def test_the_first_silence_of_what_is_played_is_told(house: House) -> None:
    """Whichever is the longest; and none is left when each advice was followed."""
    parts = tone(40, -30), rest(4), tone(40, -30), rest(8), tone(40, -30)
    write_wav(music(house, "evening"), *parts)
    write_wav(music(house, "morning"), tone(9, -30))
    told = [line for line in scanned(house) if "evening.wav is silent for 4s at 0:40" in line]
    assert len(told) == 2
    assert all("cue_out: 40s, or begin after it: cue_in: 44s" in line for line in told)
    cue(house, "cue_in: 44s")
    told = [line for line in scanned(house) if "evening.wav is silent for 8s at 1:24" in line]
    assert len(told) == 2
    assert all("cue_out: 1m24s, or begin after it: cue_in: 1m32s" in line for line in told)
    cue(house, "cue_out: 1m24s")
    assert not any("is silent for" in line for line in scanned(house))


@pytest.mark.parametrize(
    ("spans", "advice"),
    [
        ((0.6, 4, 60), "so begin after it: cue_in: 5s"),
        ((60, 4, 0.6), "so cut before it: cue_out: 1m"),
        ((9, 4, 5), "so cut before it: cue_out: 9s"),
        ((0.6, 4, 0.7), "so take another track"),
    ],
)
def test_advice_on_a_silence_can_be_followed(
    house: House, spans: tuple[float, int, float], advice: str
) -> None:
    """What is left is music of some length: from the silence on where there is none before it."""
    before, gap, after = spans
    file = write_wav(music(house, "evening"), rest(before + gap + after))
    measured = a_measurement(
        loudness=-30.0,
        true_peak=Decibels(-27.0),
        duration=Seconds(float(before + gap + after)),
        gaps=packed([GapFrames(round(before * RATE), gap * RATE)], RATE),
    )
    with MeasurementCache() as cache:
        cache.keep(file, FileStamp.of(file), b"evening", a_verdict(measured))
    told = [str(caution) for caution in heard(house) if "is silent for 4s" in caution.text]
    assert len(told) == 2
    assert all(line.endswith(advice) for line in told)
    if "cue_" in advice:
        cue(house, advice.split(": ", 1)[1])
        assert check_house(house) == []
        assert not any("is silent for" in caution.text for caution in heard(house))


def test_a_silent_file_is_a_problem(house: House) -> None:
    """The room passes it over, so its playlist can't be used."""
    write_wav(music(house, "evening"), rest(12))
    write_wav(music(house, "morning"), tone(12, -30))
    assert scanned(house) == []
    (found,) = {problem.found for problem in check_house(house)}
    assert found.startswith("evening.wav, which the room can't play: nothing can be heard in it")


def test_a_copy_that_broke_off_is_told(house: House) -> None:
    """Where it breaks off, and how much is lost by a header that is exact."""
    write_wav(music(house, "evening"), tone(12, -30))
    cut = write_wav(music(house, "morning"), tone(20, -30))
    cut.write_bytes(cut.read_bytes()[: 15 * RATE * 4])
    told = "\n".join(scanned(house))
    assert "morning.wav breaks off at 0:15, and 5s of it are lost; copy it again" in told


def test_words_by_tag_are_told_without_a_scan(house: House, tmp_path: Path) -> None:
    """Tags that speak of words are passed on, at the track's line."""
    sung = house.playlist_folder / "music" / "sung.flac"
    source = write_wav(tmp_path / "a.wav", tone(12, -30))
    tag = ["-metadata", "lyricist=Jane Doe", str(sung)]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), *tag], check=True)
    path = house.playlist_folder / "calm.yaml"
    path.write_text(path.read_text().replace("music/evening.wav", "music/sung.flac"))
    (caution,) = [one for one in heard(house) if "words" in one.text]
    assert (caution.file, caution.line) == ("playlists/calm.yaml", 4)
    assert "(lyricist: Jane Doe)" in caution.text


def test_wrong_playlist_is_left_to_check(house: House) -> None:
    """A playlist with problems isn't warned about as well."""
    (house.playlist_folder / "brief.yaml").write_text("title: x\n")
    assert {caution.file for caution in heard(house)} == {"playlists/calm.yaml"}


def test_damaged_cache_only_means_unscanned(house: House, tmp_path: Path) -> None:
    """A scan levels the next session; a session loads whatever became of the cache."""
    for seconds, name in ((12, "evening"), (13, "morning")):
        write_wav(music(house, name), tone(seconds, -30))
    assert scanned(house) == []
    cut = load_session(house, "evening", "rosewood").phases[0].queue.cuts[0]
    assert cut.gain == pytest.approx(10.0, abs=0.1)
    (tmp_path / "cache" / "music.sqlite").write_bytes(b"\0" * 9000)
    assert load_session(house, "evening", "rosewood").phases[0].queue.cuts[0].gain == 0.0
    assert len(heard(house)) == 2


def test_house_music_startles_nobody(house: House) -> None:
    """The first pieces of the music that comes with the program, scanned, need no word."""
    shutil.rmtree(house.playlist_folder)
    house.playlist_folder.mkdir()
    names = ["peak-1", "return-1", "settle-2"]
    for name in names:
        shutil.copy(CHECKOUT / "playlists" / "house" / f"{name}.opus", house.playlist_folder)
    (house.playlist_folder / "calm.m3u8").write_text("".join(f"{name}.opus\n" for name in names))
    assert scanned(house) == []


def test_a_gapless_piece_much_louder_than_the_one_before_is_told(house: House) -> None:
    """Pieces that join are levelled together, so a loud one after a soft one would startle."""
    for level, name in ((-40, "evening"), (-25, "morning")):
        write_wav(music(house, name), tone(20, level))
    path = house.playlist_folder / "calm.yaml"
    path.write_text(path.read_text().replace("title:", "crossfade: 0s\ntitle:", 1))
    (said,) = [line for line in scanned(house) if "may startle" in line]
    assert "morning.wav may startle: without a crossfade it follows evening.wav" in said
    assert "is 15 LU louder" in said
    write_wav(music(house, "morning"), tone(20, -32))
    assert not any("may startle" in line for line in scanned(house))
