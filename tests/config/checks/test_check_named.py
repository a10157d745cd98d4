"""Files are checked wherever they lie, against the house that is theirs."""

from pathlib import Path

import pytest
from support.houses import write_house

from kacenv.config import House, HouseReport, check_named
from kacenv.config.checks.track_warnings import WarningRule

SCENE = """title: Draft
phases:
  - {name: settle, duration: 5m, playlist: clam, light: dsuk}
check_ins:
  - {at: 2m, prompt: Look, chime: gong}
"""
ROOM = "name: draft\noutputs:\n  - {id: speakers, role: speakers}\n"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A scene in no house, whose playlist, look and chime nobody has."""
    path = tmp_path / "post" / "draft.yaml"
    path.parent.mkdir()
    path.write_text(SCENE)
    return path


@pytest.fixture
def nowhere(tmp_path: Path) -> House:
    """A house that isn't there."""
    return House(tmp_path / "nowhere")


def found(survey: HouseReport) -> list[str]:
    """What was found wrong."""
    return [problem.found for problem in survey.problems]


def unchecked(survey: HouseReport) -> list[str]:
    """What is said not to have been checked."""
    return [one.text for one in survey.cautions if one.rule is WarningRule.UNCHECKED]


def test_a_file_elsewhere_is_held_against_the_house(house: House, draft: Path) -> None:
    """A scene outside is tried with the playlists and rooms of the usual house, which is named."""
    survey = check_named(house, [str(draft)])
    assert found(survey) == [
        "playlist: clam, which isn't there",
        "light: dsuk, which the room rosewood doesn't have",
        "chime: gong, which the room rosewood doesn't have",
    ]
    assert {problem.file for problem in survey.problems} == {str(draft)}
    assert survey.held_against == (house.root,)
    assert unchecked(survey) == []


def test_without_a_house_it_is_said_once(nowhere: House, draft: Path) -> None:
    """What can't be checked without a house is one warning; nothing is invented."""
    survey = check_named(nowhere, [str(draft)])
    assert (found(survey), survey.held_against) == ([], ())
    (text,) = unchecked(survey)
    assert text.startswith("no house to hold it against, so its playlists, looks and chimes aren't")


def test_a_room_beside_it_is_a_room_to_try(nowhere: House, draft: Path) -> None:
    """Files that are named together are held against one another."""
    room = draft.with_name("room.yaml")
    room.write_text(ROOM)
    survey = check_named(nowhere, [str(draft), str(room)])
    assert found(survey) == [
        "light: dsuk, which the room draft doesn't have",
        "chime: gong, which the room draft doesn't have",
    ]
    (text,) = unchecked(survey)
    assert "so its playlists aren't checked" in text


def test_a_house_without_rooms_is_said(tmp_path: Path, draft: Path) -> None:
    """Looks and chimes need a room, playlists don't."""
    survey = check_named(House(write_house(tmp_path / "bare")), [str(draft)])
    assert found(survey) == ["playlist: clam, which isn't there"]
    (text,) = unchecked(survey)
    assert text.startswith("no room to hold it against, so its looks and chimes aren't checked")


def test_its_own_house_comes_before_the_usual_one(
    tmp_path: Path, house: House, nowhere: House
) -> None:
    """A file in another house is held against that one, unless a house was chosen."""
    other = write_house(tmp_path / "other", rooms__oak=ROOM, scenes__draft=SCENE)
    path = str(other / "scenes" / "draft.yaml")
    assert "light: dsuk, which the room draft doesn't have" in found(check_named(house, [path]))
    assert "light: dsuk, which the room rosewood doesn't have" in found(
        check_named(house, [path], chosen=True)
    )
    assert check_named(nowhere, [path]).held_against == ()


def test_a_file_in_a_subfolder_belongs_to_the_house_above(house: House, nowhere: House) -> None:
    """The nearest folder above that holds rooms, scenes or playlists is the house."""
    path = house.root / "scenes" / "drafts" / "draft.yaml"
    path.parent.mkdir()
    path.write_text(SCENE)
    survey = check_named(nowhere, [str(path)])
    assert "playlist: clam, which isn't there" in found(survey)
    assert survey.held_against == (house.root,)


def test_one_file_however_it_is_written(house: House) -> None:
    """A name, a path and a path by detours are one file, surveyed with its playlists."""
    ways = [
        "evening",
        "scenes/evening.yaml",
        str(house.root / "rooms" / ".." / "scenes/evening.yaml"),
    ]
    whole = check_named(house, ways[:1])
    assert list(whole.files) == ["scenes/evening.yaml", "playlists/calm.yaml"]
    for names in (ways[1:2], ways[2:], ways):
        assert check_named(house, names) == whole


def test_a_playlist_says_where_music_was_looked_for(nowhere: House, tmp_path: Path) -> None:
    """Without a house, music may only be missing because no room's folder is known."""
    path = tmp_path / "calm.m3u8"
    path.write_text("gone.opus\n")
    survey = check_named(nowhere, [str(path)])
    assert found(survey) == ["no file gone.opus"]
    (text,) = unchecked(survey)
    assert text.startswith("no house, so its music is looked for beside this file alone")


def test_a_playlist_elsewhere_has_the_rooms_music(house: House, tmp_path: Path) -> None:
    """A room's music folder counts for a playlist outside the house as for those in it."""
    room = house.room("rosewood")
    room.write_text(f"music_root: ../playlists/music\n{room.read_text()}")
    path = tmp_path / "mine.m3u8"
    path.write_text("evening.wav\n")
    assert found(check_named(house, [str(path)])) == []
    path.write_text("evenig.wav\n")
    assert found(check_named(house, [str(path)])) == ["no file evenig.wav"]


def test_what_is_no_file_is_a_problem_beside_the_others(house: House, draft: Path) -> None:
    """Names and paths of nothing don't keep the rest from being checked."""
    names = [str(draft), "evning", "./gone.yaml", "scenes", f"./{'x' * 300}.yaml", "x" * 300]
    survey = check_named(house, names)
    said = " ".join(map(str, survey.problems))
    for words in ("clam", "nothing of this name", "no such file", "a folder", "File name too long"):
        assert words in said
    assert said.count("nothing of this name") == 2
    assert "kacenv check --house ." in said
