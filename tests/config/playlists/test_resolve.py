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
from kacenv.model.playlist import Cut, Queue

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


def test_a_piece_without_a_title_is_called_as_its_file(house: House) -> None:
    """The name is that of the file found, not that of the way it was written."""
    write_silence(house.playlist_folder / "A b/Ö (1).wav", 60)
    path = playlist(house, "C:\\a%20B\\%D6%20(1).WAV\n", "new.m3u8")
    assert [cut.title for cut in load_queue(path, "new.m3u8").cuts] == ["Ö (1)"]


def test_titles_are_in_the_encoding_that_finds_the_file(house: House) -> None:
    """A list of an old Mac is read by the encoding in which its files are there."""
    write_silence(house.playlist_folder / "Été.wav", 60)
    path = house.playlist_folder / "new.m3u"
    path.write_bytes("#EXTINF:60,Nadège - Soirée\rÉté.wav\r".encode("mac_roman"))
    (cut,) = load_queue(path, "new.m3u").cuts
    assert (cut.artist, cut.title) == ("Nadège", "Soirée")


def test_a_file_that_begins_with_a_hash_is_played_and_a_comment_is_not(house: House) -> None:
    """A line after # is a file if there is one; if only a title stands for it, that is told."""
    write_silence(house.playlist_folder / "#1 one.wav", 60)
    text = "#1 one.wav\n#EXTINF:60,Two\nmusic/evening.wav\n#music/morning.wav\n"
    path = playlist(house, text, "new.m3u8")
    assert [cut.title for cut in load_queue(path, "new.m3u8").cuts] == ["#1 one", "Two"]
    (house.playlist_folder / "#1 one.wav").unlink()
    assert [cut.title for cut in load_queue(path, "new.m3u8").cuts] == ["Two"]
    path.write_text(f"#EXTINF:60,One\n{text}")
    with pytest.raises(LoadError, match=r"no file #1 one\.wav"):
        load_queue(path, "new.m3u8")


def test_a_damaged_file_behind_a_hash_is_told(house: House) -> None:
    """A line after # that names a file is no comment, whatever is in the file."""
    (house.playlist_folder / "#1 one.wav").write_text("torn")
    path = playlist(house, "#1 one.wav\nmusic/evening.wav\n", "new.m3u8")
    with pytest.raises(LoadError, match="it is text, not music"):
        load_queue(path, "new.m3u8")


def test_a_list_of_comments_alone_has_no_tracks(house: House) -> None:
    """A list in which every file is taken out has nothing to play."""
    with pytest.raises(LoadError, match="no tracks"):
        load_queue(playlist(house, "#music/evening.wav\n#gone.wav\n", "new.m3u8"), "new.m3u8")


def test_a_list_of_another_program_gets_no_example_in_yaml(house: House) -> None:
    """A part that isn't in its file is told without a key that such a list can't have."""
    text = 'FILE "music/evening.wav" WAVE\nTRACK 01 AUDIO\nINDEX 01 90:00:00\n'
    with pytest.raises(LoadError, match="but it ends at") as caught:
        load_queue(playlist(house, text, "new.cue"), "new.cue")
    assert [one.example for one in caught.value.problems] == [""]


def test_a_cue_sheet_plays_parts_of_one_file(house: House) -> None:
    """Each track of the sheet is a piece, from its place to the next one's."""
    tracks = "".join(f"TRACK 0{number} AUDIO\nINDEX 01 0{number}:30:00\n" for number in range(1, 4))
    path = playlist(house, f'FILE "EVENING.WAV" WAVE\n{tracks}', "new.cue")
    (house.playlist_folder / "music/evening.wav").rename(house.playlist_folder / "evening.wav")
    cuts = load_queue(path, "new.cue").cuts
    assert [float(cut.cue_in) for cut in cuts] == [90.0, 150.0, 210.0]
    assert [float(cut.length) for cut in cuts] == [60.0, 60.0, 390.0]


def test_a_short_track_takes_nothing_from_the_others(house: House) -> None:
    """The crossfade of a playlist is what it says, however short one of its tracks is."""
    write_silence(house.playlist_folder / "music" / "short.wav", 10)
    path = playlist(house, "music/evening.wav\nmusic/short.wav\n", "new.m3u8")
    queue = load_queue(path, "new.m3u8")
    assert (queue.crossfade, queue.crossfade_between(*queue.cuts)) == (12.0, 5.0)


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
    """Half of what is heard of a track is the most that its crossfades take."""
    file = write_silence(house.playlist_folder / "music" / "short.wav", 20)
    track = f"{{file: music/short.wav, {TRACK}}}"
    path = playlist(house, f"title: x\ncrossfade: 10s\nrepeat: yes\ntracks:\n  - {track}\n")
    queue = load_queue(path, "new", known=known(file, duration=20.0, sudden_at=0.0))
    assert (queue.cuts[0].length, queue.crossfade_between(*queue.cuts * 2)) == (15.0, 7.5)


def album(house: House, known: KnownMeasurements, *keys: str, order: str = "as listed") -> Queue:
    """A playlist without crossfades of the evening and the morning."""
    names = ("evening", "morning")
    tracks = "".join(
        f"  - {{file: music/{name}.wav, {TRACK}{more}}}\n"
        for name, more in zip(names, keys or ("", ""), strict=True)
    )
    text = f"title: x\norder: {order}\ncrossfade: 0s\ntracks:\n{tracks}"
    return load_queue(playlist(house, text), "new", known=known)


def both_known(
    house: House, evening: dict[str, float], morning: dict[str, float]
) -> KnownMeasurements:
    """A scan's measurements of both tracks, which are music all through but for the changes."""
    usual = {"loudness": -20.0, "true_peak": -9.0, "duration": 600.0}
    files = (house.playlist_folder / "music" / f"{name}.wav" for name in ("evening", "morning"))
    return KnownMeasurements(
        {
            os.fsencode(file): (FileStamp.of(file), a_verdict(a_measurement(**usual | changes)))
            for file, changes in zip(files, (evening, morning), strict=True)
        }
    )


def test_an_album_is_levelled_as_one(house: House) -> None:
    """Two pieces of one loudness together, a loud and a quiet one, get one gain."""
    measured = both_known(house, {"loudness": -14.0}, {"loudness": -24.0})
    gains = [cut.gain for cut in album(house, measured).cuts]
    assert gains[0] == gains[1] == pytest.approx(-20.0 + 16.6, abs=0.01)


def test_an_albums_gain_keeps_its_loudest_peak_in_bounds(house: House) -> None:
    """The highest true peak of any piece bounds the gain of all; each has its own beside it."""
    peaks = {"loudness": -40.0, "true_peak": -30.0}, {"loudness": -40.0, "true_peak": -9.0}
    cuts = album(house, both_known(house, *peaks), ", gain: -3 dB", ", gain: 2 dB").cuts
    assert [cut.gain for cut in cuts] == [5.0, 8.0]


def test_an_album_keeps_its_rests(house: House) -> None:
    """What is silent between two pieces for a moment belongs there; what is dead air doesn't."""
    measured = both_known(house, {"head": 0.4, "tail": 1.9}, {"head": 0.4, "tail": 3.0})
    cuts = album(house, measured).cuts
    assert [(cut.cue_in, cut.length) for cut in cuts] == [(0.0, 600.0), (0.0, 597.0)]


def test_only_an_albums_pieces_are_decoded_to_the_sample(house: House) -> None:
    """In another order nothing joins, and each piece is levelled by itself."""
    measured = both_known(house, {"loudness": -14.0}, {"loudness": -24.0})
    assert all(cut.gapless for cut in album(house, measured).cuts)
    shuffled = album(house, measured, order="shuffled").cuts
    assert not any(cut.gapless for cut in shuffled)
    assert [cut.gain for cut in shuffled] == [-6.0, 4.0]


def test_energy_and_order_reach_the_queue(house: House) -> None:
    """What the music is like, and that it is to be fitted, is passed on."""
    head = "title: x\norder: fit\ntracks:\n"
    path = playlist(house, f"{head}  - {{file: music/evening.wav, energy: 4, {TRACK}}}\n")
    queue = load_queue(path, "new")
    assert (queue.fit, queue.shuffle_seed, queue.cuts[0].energy) == (True, None, 4)
