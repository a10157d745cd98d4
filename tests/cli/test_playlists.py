"""`kacenv music import`, `list`, `missing`, `export`, `pack`, `unpack` as somebody types them."""

import json
import shutil
from pathlib import Path

import pytest
from support.houses import FOREIGN_MUSIC, write_house
from support.typed import Said, typed

ROOM = "name: r\noutputs:\n  - {id: speakers, role: speakers}\n"
SCENE = "title: New\nphases:\n  - {name: return, duration: 2m, playlist: calm}\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with a scene, into which somebody has dropped real music."""
    folder = write_house(tmp_path / "house", rooms__r=ROOM, scenes__new=SCENE)
    (folder / "playlists/calm").mkdir()
    for name in ("transience", "sad", "victory"):
        shutil.copy(FOREIGN_MUSIC / f"{name}.ogg", folder / "playlists/calm")
    return folder


def music(house: Path, *words: str) -> Said:
    """Type `kacenv music WORDS` in the house."""
    own = {"KACENV_HOUSE": str(house), "KACENV_CACHE": str(house / "cache")}
    return typed(*words, env=own, cwd=house)


def test_from_a_folder_to_another_machine(house: Path, tmp_path: Path) -> None:
    """Import, check, list, export, pack and unpack follow each other without a hand on a file."""
    imported = music(house, "music", "import", "playlists/calm", "--listened")
    assert imported.stdout.splitlines()[:2] == [
        "playlists/calm.yaml: 2 pieces, 1m32s.",
        "  left out: playlists/calm/victory.ogg: it lasts 5s, less than 30s",
    ]
    assert (imported.returncode, imported.stderr) == (0, "")
    assert music(house, "check").returncode == 0
    assert music(house, "music", "list").stdout == "calm  2 pieces, 1m32s\n"
    (row,) = json.loads(music(house, "music", "list", "--json").stdout)
    assert (row["name"], row["pieces"], row["measured"]) == ("calm", 2, 2)
    assert music(house, "music", "export", "calm", "out.m3u8").returncode == 0
    packed = music(house, "music", "pack", "new", str(tmp_path / "new.tar"))
    assert packed.stdout.startswith("new is in ")
    other = write_house(tmp_path / "other", rooms__r=ROOM)
    unpacked = music(other, "music", "unpack", str(tmp_path / "new.tar"))
    assert unpacked.stdout.startswith("new is here, whole: 4 new files.\n")
    assert "“Sad”" in music(other, "rehearse", "new", "--room", "r").stdout


def test_a_folder_becomes_a_scene_that_plays_it(house: Path) -> None:
    """With --scene, each phase of it has a playlist, and a new scene can be rehearsed at once."""
    music(house, "music", "import", "playlists/calm", "--listened")
    again = ("music", "import", "playlists/calm", "--scene", "new", "--listened", "--name", "dusk")
    done = music(house, *again)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-5:] == [
        "Written: scenes/new-dusk.yaml, which plays 1 playlist:",
        "  playlists/dusk-calm.yaml: 2 pieces",
        "What now:",
        "  kacenv check",
        "  kacenv rehearse new-dusk --room ROOM",
    ]
    assert "“Sad”" in music(house, "rehearse", "new-dusk", "--room", "r").stdout
    refused = music(house, *again)
    assert refused.returncode == 1
    assert "--name dusk-2" in refused.stderr


def test_a_scene_that_the_music_cannot_fill_is_told(house: Path) -> None:
    """Too little music for a phase is said plainly; too few pieces, before any is measured."""
    scene = house / "scenes/new.yaml"
    scene.write_text(SCENE.replace("2m", "1h"))
    words = ("music", "import", "playlists/calm", "--scene", "new", "--no-scan")
    short = "  calm-calm has 1m32s of music for 1h, and will repeat; add to it.\n"
    assert music(house, *words).stdout.endswith(short)
    more = (f"  - {{name: p{number}, duration: 2m, playlist: p{number}}}\n" for number in range(3))
    scene.write_text(SCENE + "".join(more))
    refused = music(house, *words[:-1], "--name", "other")
    assert refused.returncode == 1
    assert "3 pieces that can be played" in refused.stderr
    assert not (house / "cache").exists()


def test_an_import_that_nobody_has_listened_to_waits_for_ears(house: Path) -> None:
    """Without a scan there is no guess; without ears the playlist isn't ready, as check says."""
    done = music(house, "music", "import", "playlists/calm", "--name", "Quiet Ones", "--no-scan")
    assert "Listen to every piece" in done.stdout
    text = (house / "playlists/quiet-ones.yaml").read_text()
    assert "energy" not in text
    checked = music(house, "check")
    assert checked.returncode == 1
    assert "once someone has listened to the whole track" in checked.stdout
    assert music(house, "music", "list").stdout == "quiet-ones  2 problems; see: kacenv check\n"


def test_what_waited_for_ears_is_ready_once_it_is_imported_again(house: Path) -> None:
    """The same with --listened takes the place of what nobody has edited, and of nothing else."""
    words = ("music", "import", "playlists/calm", "--scene", "new", "--no-scan")
    assert "the same again with --listened" in music(house, *words).stdout
    assert "2 problems" in music(house, "music", "list").stdout
    assert music(house, *words, "--listened").returncode == 0
    assert "problems" not in music(house, "music", "list").stdout
    edited = house / "playlists/calm-calm.yaml"
    edited.write_text("mine")
    refused = music(house, *words, "--listened")
    assert (refused.returncode, edited.read_text()) == (1, "mine")
    assert "--name calm-2" in refused.stderr


def test_a_second_import_overwrites_nothing(house: Path) -> None:
    """The playlist that is there stays as it is, and another name is proposed."""
    mine = house / "playlists/calm.yaml"
    mine.write_text("mine")
    done = music(house, "music", "import", "playlists/calm", "--no-scan")
    assert done.returncode == 1
    assert "--name calm-2" in done.stderr
    assert mine.read_text() == "mine"


def test_missing_files_are_named(house: Path) -> None:
    """Each line without its file is named, and the command fails; with all there it doesn't."""
    music(house, "music", "import", "playlists/calm", "--listened", "--no-scan")
    assert music(house, "music", "missing").stdout == "2 files found, none missing.\n"
    (house / "playlists/calm/sad.ogg").unlink()
    done = music(house, "music", "missing")
    assert done.returncode == 1
    assert "no file calm/sad.ogg" in done.stdout
    assert done.stdout.endswith("1 file found, 1 missing.\n")
    found = json.loads(music(house, "music", "missing", "--json").stdout)
    assert (found["found"], len(found["missing"])) == (1, 1)
    assert "sad.ogg" in found["missing"][0]["found"]


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        ("import playlists/nowhere", "no such folder"),
        ("import rooms", "no music"),
        ("export calm out.m3u8", "no such playlist"),
        ("pack old out.tar", "one of: new"),
        ("pack new out.tar", "which isn't there"),
        ("unpack out.tar", "a readable archive"),
    ],
)
def test_mistakes_get_the_way_out(house: Path, words: str, way_out: str) -> None:
    """A mistake ends with 1 and one clear error, and leaves no file behind."""
    done = music(house, "music", *words.split())
    assert done.returncode == 1
    assert way_out in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(house.glob("out.*"))


def test_an_empty_house_says_how_to_begin(tmp_path: Path) -> None:
    """Where there is no playlist, the way to one is named."""
    done = music(write_house(tmp_path), "music", "list")
    assert done.stdout == "There is no playlist yet. Make one: kacenv music import FOLDER\n"
