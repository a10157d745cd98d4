"""Pieces that decode to their last second, and pieces that don't."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from support.houses import musical_house
from support.sounds import tone, write_wav

from kacenv.analysis import KnownMeasurements, MeasurementCache
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.analysis.scan import scan
from kacenv.config import House
from kacenv.core.units import Seconds
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.decoding import music
from kacenv.diagnostics.preflight.scene_files import choose
from kacenv.diagnostics.probe_messages import Progress


@pytest.fixture
def pieces(tmp_path: Path) -> list[Path]:
    """Two pieces of 20 s, FLAC and WAV."""
    wav = write_wav(tmp_path / "music/a.wav", tone(20.0, -20.0))
    samples, rate = soundfile.read(wav)
    flac = wav.with_name("b.flac")
    soundfile.write(flac, samples, rate)
    return [wav, flac]


def heard(tmp_path: Path, pieces: list[Path], known: KnownMeasurements) -> list[Finding]:
    """What the probe finds in a house that plays them."""
    house = House(musical_house(tmp_path / "house", pieces))
    said = list(music(choose(house, "bench", ["bench"], known).tracks, known))
    assert [one for one in said if isinstance(one, Progress)][-1] == Progress(f"{len(pieces)} of 2")
    return [one for one in said if isinstance(one, Finding)]


def measured(tmp_path: Path, pieces: list[Path]) -> KnownMeasurements:
    """What a scan knows of them."""
    with MeasurementCache(tmp_path / "cache") as cache:
        assert len(list(scan(pieces, cache))) == len(pieces)
        return cache.known()


def cut(path: Path, share: float) -> None:
    """Lose the end of a file, as a copy that broke off does."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])


def test_whole_pieces_are_go(tmp_path: Path, pieces: list[Path]) -> None:
    """Measured, there is nothing to say but how much there is; new ones are told."""
    (whole,) = heard(tmp_path, pieces, measured(tmp_path, pieces))
    assert whole.mark is Severity.FINE
    assert whole.found == "2 of 2 pieces decode to their last second (0:40)"
    _, fresh = heard(tmp_path, pieces, KnownMeasurements())
    assert (fresh.mark, fresh.found) == (Severity.NOTE, "not measured yet: a.wav and 1 more")


def test_a_piece_that_breaks_off_is_no_go(tmp_path: Path, pieces: list[Path]) -> None:
    """Its header still promises 20 s, and nobody has measured it."""
    cut(pieces[1], 0.9)
    good, bad = [
        one for one in heard(tmp_path, pieces, KnownMeasurements()) if one.mark is not Severity.NOTE
    ]
    assert good.found.startswith("1 of 2 pieces")
    assert (bad.what, bad.mark) == ("piece b.flac", Severity.WRONG)
    assert "missing" in bad.found or "breaks off" in bad.found
    assert "Copy it again" in bad.todo


def test_a_piece_that_has_become_shorter_is_no_go(tmp_path: Path, pieces: list[Path]) -> None:
    """Its header tells the new length, but it was longer when it was measured."""
    known = measured(tmp_path, pieces)
    write_wav(pieces[0], tone(15.0, -20.0))
    _, bad = heard(tmp_path, pieces, known)
    assert (bad.what, bad.mark) == ("piece a.wav", Severity.WRONG)
    assert bad.found == "0:05 shorter than when it was measured"


def test_a_piece_that_has_changed_is_told(tmp_path: Path, pieces: list[Path]) -> None:
    """Of the same length, but nobody has measured it anew."""
    known = measured(tmp_path, pieces)
    write_wav(pieces[0], tone(20.5, -26.0))
    _, changed = heard(tmp_path, pieces, known)
    assert (changed.mark, changed.found) == (Severity.NOTE, "changed since it was measured: a.wav")


def test_damage_in_what_is_played_is_no_go(tmp_path: Path, pieces: list[Path]) -> None:
    """The verdict knows of it, wherever it lies; damage outside of the cues is nobody's concern."""
    content = bytearray(pieces[1].read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = bytes(range(250)) * 80
    pieces[1].write_bytes(content)
    known = measured(tmp_path, pieces)
    _, bad = heard(tmp_path, pieces, known)
    assert (bad.what, bad.mark) == ("piece b.flac", Severity.WRONG)
    assert bad.found.startswith("is damaged at 0:")
    house = House(tmp_path / "house")
    playlist = house.playlist_folder / "bench.yaml"
    text = playlist.read_text().replace("title: 'b'", "title: 'b', cue_out: 7s")
    playlist.write_text(text.replace("crossfade: 6s", "crossfade: 2s"))
    tracks = choose(house, "bench", ["bench"], known).tracks
    found = [one for one in music(tracks, known) if isinstance(one, Finding)]
    assert [one.mark for one in found] == [Severity.FINE]


def test_what_changes_inside_is_decoded_as_a_whole(tmp_path: Path, pieces: list[Path]) -> None:
    """A decoder that stops where the rate changes is found out."""
    known = measured(tmp_path, pieces)
    verdict = known.verdict(pieces[0])
    assert verdict
    assert verdict.sound
    changing = replace(verdict, form=replace(verdict.form, rates="48000 44100"))
    stamp = FileStamp.of(pieces[0])
    known = KnownMeasurements({os.fsencode(pieces[0]): (stamp, changing)})
    house = House(musical_house(tmp_path / "house", pieces[:1]))
    tracks = choose(house, "bench", ["bench"], known).tracks
    cut_short = replace(verdict.sound, duration=Seconds(26.0))
    tracks = [replace(tracks[0], end=Seconds(26.0), verdict=replace(changing, sound=cut_short))]
    (bad,) = [one for one in music(tracks, known) if isinstance(one, Finding)]
    assert bad.mark is Severity.WRONG
    assert bad.found.startswith("breaks off: 6.")


def test_a_file_that_is_no_music_is_no_go(tmp_path: Path, pieces: list[Path]) -> None:
    """Whatever it was, its sound is gone."""
    known = measured(tmp_path, pieces)
    house = House(musical_house(tmp_path / "house", pieces))
    tracks = choose(house, "bench", ["bench"], known).tracks
    pieces[0].write_bytes(bytes(pieces[0].stat().st_size))
    found = [one for one in music(tracks, known) if isinstance(one, Finding)]
    assert [one.mark for one in found if one.what == "piece a.wav"] == [Severity.WRONG]
