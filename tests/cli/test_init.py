"""`kacenv init` as somebody types it, and what it leaves behind."""

import json
import os
from pathlib import Path

import pytest
import yaml
from support.typed import Said, typed


def kacenv(home: Path, *words: str, answers: str = "") -> Said:
    """Type `kacenv WORDS` in an empty home, as somebody who isn't root would."""
    own: dict[str, str | None] = dict.fromkeys(
        name for name in os.environ if name.startswith(("KACENV", "XDG"))
    )
    own |= {"HOME": str(home), "KACENV_CACHE": str(home / "cache"), "PULSE_SERVER": "none"}
    return typed(*words, env=own, cwd=home, keys=answers)


def files(folder: Path) -> dict[Path, bytes]:
    """Every file and what is in it."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def all_right(home: Path, clinic: str) -> bool:
    """Whether check has nothing to say but that nobody has measured the music yet.

    That nothing startles in the house music is tested beside the measuring.
    """
    found = json.loads(
        kacenv(home, "check", "--no-measure", "--format", "json", "--house", clinic).stdout
    )
    return not found["problems"] and {one["rule"] for one in found["warnings"]} == {"unmeasured"}


def test_from_nothing_to_a_session_in_order(tmp_path: Path) -> None:
    """What init writes passes check without a word, and can be rehearsed at once."""
    done = kacenv(tmp_path, "init", "clinic", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    clinic = tmp_path / "clinic"
    assert sorted(path.name for path in (clinic / "scenes").iterdir()) == [
        "couple-injection.yaml",
        "couple-lozenge.yaml",
        "integration.yaml",
    ]
    assert all_right(tmp_path, "clinic")
    for scene in ("couple-lozenge", "integration"):
        where = ("--room", "garden", "--house", "clinic")
        rehearsed = kacenv(tmp_path, "rehearse", scene, *where)
        assert "the session has ended" in rehearsed.stdout


def test_options_make_the_room(tmp_path: Path) -> None:
    """Headphones, an earpiece, lamps and a MIDI port land in the room file as they should."""
    lamps = (
        "--lamp",
        "desk:wled:wled/desk:task",
        "--lamp",
        "left:zigbee2mqtt:zigbee2mqtt/a b:seats",
    )
    options = ("--listen", "headphones", "--staff", "--device", "UMC: 1820", "--broker", "10.0.0.2")
    done = kacenv(
        tmp_path, "init", "c", "-y", "--room", "rose", "--midi", "Digital Piano", *options, *lamps
    )
    assert done.returncode == 0
    room = yaml.safe_load((tmp_path / "c" / "rooms" / "rose.yaml").read_text())
    assert [(one["role"], one["channels"]) for one in room["outputs"]] == [
        ("seat-a", [1, 2]),
        ("seat-b", [3, 4]),
        ("staff", [5]),
    ]
    assert {one["device"] for one in room["outputs"]} == {"UMC: 1820"}
    assert [(one["dialect"], one["topic"]) for one in room["lights"]] == [
        ("wled", "wled/desk"),
        ("zigbee2mqtt", "zigbee2mqtt/a b"),
    ]
    assert set(room["safe_light"]) == {"seats", "task"}
    assert room["midi"] == {"chimes": "Digital Piano"}
    assert all_right(tmp_path, "c")


def test_questions_make_the_same_room(tmp_path: Path) -> None:
    """Typed answers do what options do; Enter takes what is usual."""
    answers = "rose\nboth\ny\n\n10.0.0.2\ny\ndesk\nplain\nroom/desk\ntask\nn\n\n"
    done = kacenv(tmp_path, "init", "asked", answers=answers)
    assert done.returncode == 0, done.stderr
    lamp = ("--lamp", "desk:plain:room/desk:task", "--broker", "10.0.0.2")
    kacenv(tmp_path, "init", "told", "-y", "--room", "rose", "--listen", "both", "--staff", *lamp)
    rooms = [(tmp_path / name / "rooms" / "rose.yaml").read_text() for name in ("asked", "told")]
    assert rooms[0] == rooms[1]


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    """Whatever is there stays as it was, and nothing is written beside it."""
    (tmp_path / "clinic" / "schema").mkdir(parents=True)
    (tmp_path / "clinic" / "schema" / "room.json").write_text("mine")
    before = files(tmp_path)
    done = kacenv(tmp_path, "init", "clinic", "--yes")
    assert done.returncode == 1
    assert "nothing in it was touched: schema/room.json" in done.stderr
    assert files(tmp_path) == before
    assert kacenv(tmp_path, "init", "other", "--yes").returncode == 0
    before = files(tmp_path)
    done = kacenv(tmp_path, "init", "other")
    assert "nothing in it was touched: rooms/, scenes/, playlists/." in done.stderr
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--room", "Garden Room"], "found     name: Garden Room"),
        (["--listen", "trumpets"], "There is no 'trumpets' to choose"),
        (["--lamp", "desk:wled:wled/desk:task"], "Lamps need a broker"),
        (["--broker", "b", "--lamp", "desk:wled"], "A lamp is written ID:DIALECT:TOPIC:ZONE"),
        (["--broker", "b", "--lamp", "a:wled:t:attic"], "Zones: seats, task, path"),
    ],
)
def test_wrong_answers_write_nothing(tmp_path: Path, options: list[str], said: str) -> None:
    """A wrong answer is explained before anything is written."""
    done = kacenv(tmp_path, "init", "clinic", "--yes", *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
