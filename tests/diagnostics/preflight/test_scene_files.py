"""Room and scenes, held against each other."""

from pathlib import Path

import pytest
from support.houses import write_house, write_silence

from kacenv.analysis import KnownMeasurements
from kacenv.config import House
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.scene_files import choose, files

ROOM = "name: {name}\noutputs:\n  - {{id: speakers, role: speakers}}\n"
SCENE = """title: One
phases:
  - {name: onset, duration: 10m, playlist: quiet}
overflow: calm
"""
LIST = """title: Quiet
repeat: yes
tracks:
  - {file: quiet.wav, title: Quiet, artist: Nobody, licence: CC0, instrumental: yes}
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Two rooms, and a scene that plays in both."""
    rooms = {f"rooms__{name}": ROOM.format(name=name) for name in ("one", "two")}
    lists = {"playlists__quiet": LIST, "playlists__calm": LIST}
    root = write_house(tmp_path, scenes__one=SCENE, **rooms, **lists)
    write_silence(root / "playlists/quiet.wav", 60.0)
    return House(root)


def found(house: House, *scenes: str) -> list[Finding]:
    """What there is to say of the first room."""
    said = files(house, "one", scenes or house.scenes(), KnownMeasurements())
    return [one for one in said if isinstance(one, Finding)]


def test_files_that_can_be_used(house: House) -> None:
    """Go; the pieces of every playlist are chosen, the overflow's, too."""
    assert found(house) == [Finding("files", "the room and 1 scene can be used")]
    tracks = choose(house, "one", ["one"], KnownMeasurements()).tracks
    assert [Path(track.file).name for track in tracks] == ["quiet.yaml", "calm.yaml"]


def test_a_problem_is_no_go(house: House) -> None:
    """A look that this room lacks, with the way to see it; another scene's doesn't count."""
    bad = SCENE.replace("playlist: quiet", "playlist: quiet, light: dusk, light_fade: 1m")
    write_house(house.root, scenes__bad=bad)
    (wrong,) = found(house, "bad")
    assert wrong.mark is Severity.WRONG
    assert wrong.found.startswith("1 problem; ")
    assert "light: dusk" in wrong.found
    assert wrong.todo == "See them all: kacenv check one bad"
    assert [one.mark for one in found(house, "one")] == [Severity.FINE]


def test_another_rooms_faults_are_not_ours(house: House) -> None:
    """What is wrong with the other room is no reason not to begin in this one."""
    (house.root / "rooms/two.yaml").write_text("name: two\n")
    assert [one.mark for one in found(house)] == [Severity.FINE]


def test_a_warning_is_a_note(house: House) -> None:
    """One that concerns the scene or its playlists."""
    text = LIST.replace("quiet.wav", "./quiet.wav")
    (house.root / "playlists/quiet.yaml").write_text(LIST + text.partition("tracks:\n")[2])
    fine, note = found(house)
    assert (fine.mark, note.mark) == (Severity.FINE, Severity.NOTE)
    assert note.found.endswith("warning")
    assert "in this playlist already" in note.lines[0]


def test_a_scene_from_elsewhere_is_held_against_the_house(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A scene that lies outside the house has its warnings told as any other."""
    scene = tmp_path_factory.mktemp("post") / "draft.yaml"
    scene.write_text(SCENE)
    text = LIST.replace("quiet.wav", "./quiet.wav")
    (house.root / "playlists/quiet.yaml").write_text(LIST + text.partition("tracks:\n")[2])
    fine, note = found(house, str(scene))
    assert (fine.mark, note.mark) == (Severity.FINE, Severity.NOTE)
    assert "in this playlist already" in note.lines[0]


def test_a_missing_piece_is_no_go(house: House) -> None:
    """And the others can still be listened to."""
    (house.root / "playlists/calm.yaml").write_text(LIST.replace("quiet.wav", "away.wav"))
    (wrong,) = found(house)
    assert "no file away.wav" in wrong.found
    assert len(choose(house, "one", ["one"], KnownMeasurements()).tracks) == 1


def test_a_house_without_scenes(tmp_path: Path) -> None:
    """There is nothing to begin."""
    house = House(write_house(tmp_path / "empty", rooms__one=ROOM.format(name="one")))
    (wrong,) = found(house)
    assert (wrong.mark, wrong.todo) == (Severity.WRONG, "Write one: kacenv init")
