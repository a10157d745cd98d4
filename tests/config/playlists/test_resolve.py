import os
from pathlib import Path
from typing import Any

import pytest
from support.houses import write_silence
from support.measurements import a_measurement, a_verdict

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.measurement_cache import FileStamp
from kacenv.config import House
from kacenv.config.playlists.resolve import load_queue
from kacenv.core.errors import LoadError
from kacenv.model.playlist import Cut

TRACK = "title: Evening, artist: Clara Vale, licence: CC0, instrumental: yes"


def playlist(house: House, text: str, name: str = "new.yaml") -> Path:
    """A playlist file in the house."""
    path = house.playlist_folder / name
    path.write_text(text)
    return path


def test_queue_of_measured_cuts(house: House) -> None:
    """Files are found, measured, and cut to their cues."""
    track = f"{{file: music/evening.wav, cue_in: 5s, cue_out: 9m, gain: -3 dB, {TRACK}}}"
    path = playlist(house, f"title: x\ncrossfade: 8s\ntracks:\n  - {track}\n")
    queue = load_queue(path, "new")
    (cut,) = queue.cuts
    assert cut.path == str(house.playlist_folder / "music" / "evening.wav")
    assert (cut.cue_in, cut.length, cut.gain) == (5.0, 535.0, -3.0)
    assert (queue.name, queue.crossfade) == ("new", 8.0)
    assert (queue.shuffle_seed, queue.repeat) == (None, False)


def test_shuffled_queue_has_its_seed(house: House) -> None:
    """Only a shuffled playlist has a seed."""
    head = "title: x\norder: shuffled\nseed: 7\nrepeat: yes\n"
    path = playlist(house, f"{head}tracks:\n  - {{file: music/evening.wav, {TRACK}}}\n")
    queue = load_queue(path, "new")
    assert (queue.shuffle_seed, queue.repeat) == (7, True)


def test_music_root_is_a_second_folder(house: House) -> None:
    """Music may lie in the room's music root as well, and nowhere else."""
    root = house.root / "private"
    path = playlist(house, f"title: x\ntracks:\n  - {{file: secret.wav, {TRACK}}}\n")
    with pytest.raises(LoadError, match=r"no file secret\.wav"):
        load_queue(path, "new")
    assert load_queue(path, "new", root).cuts[0].path == str(root / "secret.wav")


def test_symlink_into_the_music_root_is_fine(house: House) -> None:
    """A link is judged by where it leads."""
    path = playlist(house, f"title: x\ntracks:\n  - {{file: music/link.wav, {TRACK}}}\n")
    cut = load_queue(path, "new", house.root / "private").cuts[0]
    assert cut.path == str(house.root / "private" / "secret.wav")


def test_folder_with_a_similar_name_is_outside(house: House) -> None:
    """`playlists-old` isn't inside `playlists`."""
    write_silence(house.root / "playlists-old" / "a.wav", 60)
    path = playlist(house, f"title: x\ntracks:\n  - {{file: ../playlists-old/a.wav, {TRACK}}}\n")
    with pytest.raises(LoadError, match="outside"):
        load_queue(path, "new")


@pytest.mark.parametrize("file", ["a" * 5000, "music/\\0"])
def test_impossible_names_are_explained(house: House, file: str) -> None:
    """Names that no file system takes are told at the track's line."""
    path = playlist(house, f"title: x\ntracks:\n  - {{file: {file}, {TRACK}}}\n")
    with pytest.raises(LoadError) as caught:
        load_queue(path, "new")
    assert caught.value.problems[0].line == 3


def test_symlink_loop_is_explained(house: House) -> None:
    """A link that leads to itself is told, not followed."""
    loop = house.playlist_folder / "loop.wav"
    loop.symlink_to(loop)
    path = playlist(house, f"title: x\ntracks:\n  - {{file: loop.wav, {TRACK}}}\n")
    with pytest.raises(LoadError):
        load_queue(path, "new")


def test_m3u8_and_xspf_become_queues(house: House) -> None:
    """Playlists of other programs play in order with the usual crossfade."""
    m3u8 = playlist(house, "#EXTM3U\nmusic/evening.wav\nmusic/morning.wav\n", "new.m3u8")
    location = "<location>music/evening.wav</location>"
    body = f"<trackList><track>{location}</track></trackList>"
    head = '<playlist version="1" xmlns="http://xspf.org/ns/0/">'
    xspf = playlist(house, f"{head}{body}</playlist>", "new.xspf")
    assert load_queue(m3u8, "new.m3u8").length == 1200 - 12.0
    assert [cut.title for cut in load_queue(xspf, "new.xspf").cuts] == ["evening"]


def test_usual_crossfade_yields_to_short_tracks(house: House) -> None:
    """Unless the clinic chose it, the crossfade is at most half the shortest track."""
    write_silence(house.playlist_folder / "music" / "short.wav", 10)
    path = playlist(house, "music/evening.wav\nmusic/short.wav\n", "new.m3u8")
    assert load_queue(path, "new.m3u8").crossfade == 5.0


def known(path: Path, **changes: Any) -> KnownMeasurements:
    """A scan's measurement of one ten-minute file, but for `changes`."""
    usual = {"loudness": -14.0, "true_peak": 0.0, "head": 2.0, "tail": 3.0, "duration": 600.0}
    found = a_measurement(**(usual | changes))
    return KnownMeasurements({os.fsencode(path): (FileStamp.of(path), a_verdict(found))})


def evening_cut(house: House, keys: str, **changes: Any) -> Cut:
    """The cut that a track of `keys` becomes once it is scanned."""
    path = playlist(house, f"title: x\ntracks:\n  - {{file: music/evening.wav{keys}, {TRACK}}}\n")
    file = house.playlist_folder / "music" / "evening.wav"
    return load_queue(path, "new", known=known(file, **changes)).cuts[0]


def test_scanned_track_is_levelled_and_without_silence(house: House) -> None:
    """A track of -14 LUFS is turned down by 6 dB; its silent ends aren't played."""
    cut = evening_cut(house, "")
    assert (cut.gain, cut.cue_in, cut.length) == (-6.0, 2.0, 595.0)


def test_gain_of_the_playlist_is_added(house: House) -> None:
    """What the clinic wishes counts from the common loudness, up to the ceiling."""
    assert evening_cut(house, ", gain: -3 dB").gain == -9.0
    assert evening_cut(house, ", gain: +12 dB").gain == -1.0


def test_cues_of_the_playlist_stay(house: House) -> None:
    """Where the clinic has set a cue, silence is music."""
    begins = evening_cut(house, ", cue_in: 0s")
    assert (begins.cue_in, begins.length) == (0.0, 597.0)
    ends = evening_cut(house, ", cue_out: 10m")
    assert (ends.cue_in, ends.length) == (2.0, 598.0)


@pytest.mark.parametrize(
    ("keys", "changes"),
    [
        (", cue_out: 1s", {}),
        (", cue_in: 9m59s", {}),
        (", cue_out: 1s", {"loudness": None}),
    ],
)
def test_silence_that_is_cued_is_played(
    house: House, keys: str, changes: dict[str, float | None]
) -> None:
    """A cut never becomes empty, even if nothing can be heard in it."""
    assert evening_cut(house, keys, **changes).length >= 1.0


def test_scan_knows_the_length_better_than_the_header(house: House) -> None:
    """A file that holds less than its header says is cut to what it holds."""
    assert evening_cut(house, "", duration=300.0).length == 295.0


def test_silence_makes_no_crossfade_too_long(house: House) -> None:
    """A scan doesn't turn a good playlist into a wrong one; the crossfade yields instead."""
    file = write_silence(house.playlist_folder / "music" / "short.wav", 20)
    track = f"{{file: music/short.wav, {TRACK}}}"
    path = playlist(house, f"title: x\ncrossfade: 10s\nrepeat: yes\ntracks:\n  - {track}\n")
    queue = load_queue(path, "new", known=known(file, duration=20.0, sudden_at=0.0))
    assert (queue.cuts[0].length, queue.crossfade) == (15.0, 7.5)


def test_energy_and_order_reach_the_queue(house: House) -> None:
    """What the music is like, and that it is to be fitted, is passed on."""
    head = "title: x\norder: fit\ntracks:\n"
    path = playlist(house, f"{head}  - {{file: music/evening.wav, energy: 4, {TRACK}}}\n")
    queue = load_queue(path, "new")
    assert (queue.fit, queue.shuffle_seed, queue.cuts[0].energy) == (True, None, 4)
