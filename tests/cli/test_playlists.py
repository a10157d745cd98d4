"""`kacenv music import`, `list`, `missing`, `export`, `pack`, `unpack` as somebody types them."""

import json
import os
import shutil
from pathlib import Path

import pytest
from support.houses import FOREIGN_MUSIC, write_house
from support.sounds import tone, write_wav
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


def music(house: Path, *words: str, keys: str = "") -> Said:
    """Type `kacenv music WORDS` in the house, then `keys` where it asks."""
    own = {"KACENV_HOUSE": str(house), "KACENV_CACHE": str(house / "cache")}
    return typed(*words, env=own, cwd=house, keys=keys)


def test_from_a_folder_to_another_machine(house: Path, tmp_path: Path) -> None:
    """Import, check, list, export, pack and unpack follow each other without a hand on a file."""
    done = imported(house, "--listened --startling keep")
    assert done.stdout.splitlines()[:3] == [
        "playlists/calm.yaml: 2 pieces, 1m32s.",
        "Left out: 1 file.",
        "  1  shorter than 30s: victory.ogg (5s)",
    ]
    assert (done.returncode, done.stderr) == (0, "")
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
    imported(house, "--listened --startling keep")
    words = "music import playlists/calm --scene new --listened --startling keep --name dusk"
    again = words.split()
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


def imported(house: Path, more: str = "", keys: str = "") -> Said:
    """Type `kacenv music import playlists/calm MORE`, then `keys` where it asks."""
    return music(house, "music", "import", "playlists/calm", *more.split(), keys=keys)


def loud_at_once(house: Path) -> None:
    """Let a piece in the folder be one that becomes much louder in its middle."""
    (house / "playlists/calm/sad.ogg").unlink()
    write_wav(house / "playlists/calm/jump.wav", tone(20.0, -50.0), tone(20.0, -6.0))


def test_a_piece_that_would_startle_is_left_out_and_told(house: Path) -> None:
    """A script leaves such pieces out, with the word that keeps them; with it, they are kept."""
    loud_at_once(house)
    done = imported(house, "--listened")
    assert "may startle; keep with --startling keep: jump.wav (at 0:20 it becomes" in done.stdout
    assert "jump.wav" not in (house / "playlists/calm.yaml").read_text()
    kept = imported(house, "--startling keep --name loud")
    assert "startle" not in kept.stdout
    assert "jump.wav" in (house / "playlists/loud.yaml").read_text()


@pytest.mark.parametrize("answer", ["", "n"])
def test_somebody_who_is_there_is_asked(
    house: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """In a terminal, pieces that would startle are asked about; the import goes on either way."""
    monkeypatch.setattr("kacenv.cli.questions.in_terminal", lambda: True)
    loud_at_once(house)
    done = imported(house, keys=f"{answer}\n")
    assert "1 piece may startle somebody who lies there:" in done.stdout
    assert "calm/jump.wav: at 0:20 it becomes" in done.stdout
    text = (house / "playlists/calm.yaml").read_text()
    assert ("jump.wav" in text) is (answer == "n")
    # The answer holds when all has been listened to.
    again = imported(house, "--listened")
    assert (again.returncode, "Leave them out" in again.stdout) == (0, False)
    heard = (house / "playlists/calm.yaml").read_text()
    assert ("jump.wav" in heard, "instrumental: no" in heard) == (answer == "n", False)


@pytest.mark.parametrize("answer", ["", "y"])
def test_a_claim_is_asked_for_once_more(
    house: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """Who says to have heard all of it is told how much that is; without a yes, it isn't marked."""
    monkeypatch.setattr("kacenv.cli.questions.in_terminal", lambda: True)
    done = imported(house, "--no-scan --listened", keys=f"{answer}\n")
    assert "Have you heard all of it (2 pieces, 1m32s), and no words in any?" in done.stdout
    text = (house / "playlists/calm.yaml").read_text()
    assert text.count("instrumental: yes") == (2 if answer else 0)
    assert ("Listen to every piece" in done.stdout) is not bool(answer)


def test_what_came_after_the_list_is_not_taken_for_heard(house: Path) -> None:
    """A file that is newer than the list from which somebody listened waits for ears again."""
    imported(house, "--no-scan")
    later = (house / "playlists/calm.yaml").stat().st_mtime + 60
    os.utime(house / "playlists/calm/sad.ogg", (later, later))
    done = imported(house, "--no-scan --listened")
    assert "calm/sad.ogg is newer than the list; listen to it" in done.stdout
    text = (house / "playlists/calm.yaml").read_text()
    assert (text.count("instrumental: yes"), text.count("instrumental: no")) == (1, 1)


def test_nothing_comes_back_from_the_trash(house: Path) -> None:
    """Deleted music is neither imported nor called heard, and the trash is told."""
    for name in (".Trash-1000/files", "#recycle"):
        (house / "playlists/calm" / name).mkdir(parents=True)
        shutil.copy(FOREIGN_MUSIC / "sad.ogg", house / "playlists/calm" / name)
    done = imported(house, "--no-scan --listened")
    assert "  2  in the trash: " in done.stdout
    text = (house / "playlists/calm.yaml").read_text()
    assert text.count("- file:") == text.count("file: calm/") == 2


def test_programs_hear_of_every_file(house: Path) -> None:
    """JSON names all that was written, taken and left out; also where nothing can be taken."""
    for number in range(5):
        (house / "playlists/calm" / f"{number}.wma").write_bytes(b"")
    done = imported(house, "--no-scan --listened --json")
    found = json.loads(done.stdout)
    assert [Path(one).name for one in found["written"]] == ["calm.yaml"]
    assert [one["file"] for one in found["pieces"]] == ["calm/sad.ogg", "calm/transience.ogg"]
    assert all(one["instrumental"] for one in found["pieces"])
    kinds = [one["kind"] for one in found["left_out"]]
    assert (kinds.count("empty"), kinds.count("short")) == (5, 1)
    assert found["left_out"][0]["reason"] == "empty; copy again"
    shutil.rmtree(house / "playlists/calm")
    (house / "playlists/calm").mkdir()
    (house / "playlists/calm/a.shn").write_bytes(b"ajkg")
    none = imported(house, "--json --name none")
    assert json.loads(none.stdout)["left_out"][0]["kind"] == "format"
    assert "no music that can be played" in none.stderr


def test_a_name_that_is_no_unicode_is_told(house: Path) -> None:
    """A name in an old encoding is named as far as can be, and is to be changed."""
    shutil.copy(FOREIGN_MUSIC / "sad.ogg", house / "playlists/calm" / os.fsdecode(b"caf\xe9.ogg"))
    done = imported(house, "--no-scan --listened")
    assert (done.returncode, done.stderr) == (0, "")
    assert "  1  names that no playlist can hold; rename: caf" in done.stdout
    assert music(house, "check").returncode == 0


def test_too_few_pieces_for_a_scene_are_told_with_the_reasons(house: Path) -> None:
    """Where a scene needs more, what was left out is told first."""
    (house / "scenes/new.yaml").write_text(
        SCENE + "".join(f"  - {{name: p{n}, duration: 2m, playlist: p{n}}}\n" for n in range(2))
    )
    done = imported(house, "--scene new --no-scan --name x")
    assert done.returncode == 1
    assert "  1  shorter than 30s: victory.ogg (5s)" in done.stdout
    assert "2 pieces that can be played" in done.stderr


def test_a_playlist_that_check_would_find_too_long_is_not_written(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More music than one file can list is refused, and nothing is written."""
    monkeypatch.setattr("kacenv.config.yaml.text_files.MAX_BYTES", 300)
    done = imported(house, "--no-scan --name x")
    assert "more music than one playlist can list" in done.stderr
    assert not (house / "playlists/x.yaml").exists()


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


def test_other_problems_are_not_counted_as_missing(house: Path) -> None:
    """A playlist that waits for ears lacks no file; that it can't be used is told by its name."""
    music(house, "music", "import", "playlists/calm", "--no-scan")
    done = music(house, "music", "missing")
    assert done.returncode == 1
    told = "Other problems in playlists/calm.yaml; see: kacenv check\n"
    assert done.stdout == f"2 files found, none missing.\n{told}"
    found = json.loads(music(house, "music", "missing", "--json").stdout)
    assert (found["missing"], len(found["problems"])) == ([], 2)


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        ("import playlists/nowhere", "no such folder"),
        ("import rooms", "a folder outside the music's folders"),
        ("import playlists", "no music that can be played"),
        ("import playlists/.Trash-1000", "a folder in the trash"),
        ("export calm out.m3u8", "no such playlist"),
        ("pack old out.tar", "one of: new"),
        ("pack new out.tar", "which isn't there"),
        ("unpack out.tar", "a readable archive"),
    ],
)
def test_mistakes_get_the_way_out(house: Path, words: str, way_out: str) -> None:
    """A mistake ends with 1 and one clear error, and leaves no file behind."""
    shutil.rmtree(house / "playlists/calm")
    (house / "playlists/.Trash-1000").mkdir()
    done = music(house, "music", *words.split())
    assert done.returncode == 1
    assert way_out in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(house.glob("out.*"))


def test_an_empty_house_says_how_to_begin(tmp_path: Path) -> None:
    """Where there is no playlist, the way to one is named."""
    done = music(write_house(tmp_path), "music", "list")
    assert done.stdout == "There is no playlist yet. Make one: kacenv music import FOLDER\n"
