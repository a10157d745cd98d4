from pathlib import Path

import pytest

from kacenv.config import House, house_music
from kacenv.core.errors import LoadError


def test_every_file_is_listed_once(house: House) -> None:
    """Two playlists of the same two tracks are two files to measure."""
    found = house_music(house, [])
    assert [path.name for path in found.files] == ["evening.wav", "morning.wav"]
    assert (found.missing, found.problems) == ([], [])


def test_only_the_named_playlists(house: House) -> None:
    """A playlist by name, also one of another program."""
    (house.playlist_folder / "one.m3u8").write_text("music/morning.wav\n")
    assert [path.name for path in house_music(house, ["one.m3u8"]).files] == ["morning.wav"]


def test_what_is_missing_is_told_beside_what_is_there(house: House) -> None:
    """A line without a file, and a broken playlist, don't keep the rest from being measured."""
    (house.playlist_folder / "one.m3u8").write_text("music/morning.wav\nmusic/away.wav\n")
    (house.playlist_folder / "torn.yaml").write_text("tracks: [\n")
    found = house_music(house, [])
    assert len(found.files) == 2
    assert [problem.file for problem in found.missing] == ["playlists/one.m3u8"]
    assert [problem.file for problem in found.problems] == ["playlists/torn.yaml"]


def test_a_playlist_that_nobody_has_listened_to_names_its_files(house: House) -> None:
    """Its music is found and missed like any other; that it waits for ears is another matter."""
    track = "  - {{file: music/{}.wav, title: x, artist: x, licence: x, instrumental: no}}\n"
    text = "title: New\ntracks:\n" + track.format("morning") + track.format("away")
    (house.playlist_folder / "new.yaml").write_text(text)
    found = house_music(house, ["new"])
    assert [path.name for path in found.files] == ["morning.wav"]
    assert [(one.line, one.where) for one in found.missing] == [(4, "track 2 (x)")]
    assert [one.found for one in found.problems] == ["instrumental: no"] * 2


def test_a_folder_of_playlists_that_is_away_is_told(tmp_path: Path) -> None:
    """A link to a disk that isn't there is no house without playlists."""
    (tmp_path / "playlists").symlink_to(tmp_path / "disk")
    (problem,) = house_music(House(tmp_path), []).problems
    assert problem.found.startswith("a folder that can't be read")


def test_music_of_the_rooms_is_found(house: House) -> None:
    """A room's own folder is searched as it is when playing."""
    room = house.root / "rooms" / "rosewood.yaml"
    room.write_text(room.read_text() + "music_root: ../private\n")
    (house.playlist_folder / "one.m3u8").write_text("secret.wav\n")
    assert [path.name for path in house_music(house, ["one.m3u8"]).files] == ["secret.wav"]


def test_unknown_playlist_is_refused(house: House) -> None:
    """A wrong name is answered with the nearest right one."""
    with pytest.raises(LoadError, match="calm") as caught:
        house_music(house, ["clam"])
    assert caught.value.problems[0].example == "calm"


def test_a_playlist_elsewhere_is_named_by_its_path(house: House, tmp_path: Path) -> None:
    """A playlist outside the house is scanned; a path to nothing is refused by that path."""
    path = tmp_path / "mine.m3u8"
    path.write_text("house/playlists/music/evening.wav\n")
    found = house_music(house, [str(path)])
    assert [file.name for file in found.files] == ["evening.wav"]
    assert (found.missing, found.problems) == ([], [])
    with pytest.raises(LoadError, match="no such file"):
        house_music(house, [str(tmp_path / "gone.m3u8")])
