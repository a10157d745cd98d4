"""Files of playlists are found by every reading of their names, and never outside."""

import os
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.locate import FileLocator, LocationError, NoFileError

Form = Literal["NFC", "NFD"]
_listeners: list[list[tuple[str, str]]] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    for events in _listeners or ():  # which is None while Python ends
        if event in {"open", "os.listdir", "os.scandir"} or event.startswith("socket."):
            events.append((event, str(arguments[0]) if arguments else ""))


sys.addaudithook(_watch)  # for good, but it tells only the listeners


@pytest.fixture
def watched() -> Iterator[list[tuple[str, str]]]:
    """What Python opens, lists or connects to."""
    events: list[tuple[str, str]] = []
    _listeners.append(events)
    yield events
    _listeners.remove(events)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of music, with a secret beside it."""
    folder = tmp_path / "music"
    for name in ("a.opus", "calm/a.opus", "a (b).opus", "Calm Music/c.opus", "#1 one.opus"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/a.opus").touch()
    (tmp_path / "secret/only.opus").touch()
    (tmp_path / "secret/Seat A.opus").touch()
    return folder


def find(root: Path, *locations: str, foreign: bool = True) -> str:
    """The place of the file that an entry with these locations leads to."""
    entry = PlaylistEntry(locations[0], "t", "", 1, others=locations[1:], foreign=foreign)
    return FileLocator([root]).find(entry).place


def refused(root: Path, *locations: str, foreign: bool = True) -> str:
    """What is said of an entry that can't be used."""
    with pytest.raises(LocationError) as caught:
        find(root, *locations, foreign=foreign)
    return "; ".join(caught.value.args)


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("a%20%28b%29.opus", "a (b).opus"),
        (r"calm\a.opus", "calm/a.opus"),
        (r"C:\Users\x\Music\calm\a.opus", "calm/a.opus"),
        (r"\\nas\calm\a.opus", "calm/a.opus"),
        ("file:///D:/Calm%20Music/c.opus", "Calm Music/c.opus"),
        ("file:///home/x/Calm%20Music/c.opus", "Calm Music/c.opus"),
        ("file://nas/music/calm/a.opus", "calm/a.opus"),
        ("file:a.opus", "a.opus"),
        ("CALM MUSIC/C.OPUS", "Calm Music/c.opus"),
        ("./calm//a.opus", "./calm//a.opus"),
        ("#1 one.opus", "#1 one.opus"),
        ("../elsewhere/calm/a.opus", "calm/a.opus"),
        ("playlists/calm/a.opus", "calm/a.opus"),
    ],
)
def test_locations_from_elsewhere_lead_to_their_file(root: Path, location: str, place: str) -> None:
    """Where one reading alone leads to a file, that is it."""
    assert find(root, location) == place


def test_kacenvs_own_playlists_are_read_as_written(root: Path) -> None:
    """A path in YAML means itself, to the letter; the other kinds are named instead."""
    assert find(root, "calm/a.opus", foreign=False) == "calm/a.opus"
    for location in ("a%20%28b%29.opus", r"calm\a.opus", "A.opus", "file:a.opus"):
        assert refused(root, location, foreign=False)
    assert "a Windows path" in refused(root, r"calm\a.opus", foreign=False)


@pytest.mark.parametrize("foreign", [True, False])
@pytest.mark.parametrize(("written", "named"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_both_forms_of_accents_are_one_name(
    root: Path, written: Form, named: Form, *, foreign: bool
) -> None:
    """A file is found whether a Mac or another system has put its accents together."""
    there = unicodedata.normalize(named, "Été/Ägäis.opus")
    (root / there).parent.mkdir()
    (root / there).touch()
    assert find(root, unicodedata.normalize(written, "Été/Ägäis.opus"), foreign=foreign) == there


def test_the_exact_name_comes_before_its_other_form(root: Path) -> None:
    """Two files whose names differ only in form are told apart by who is written."""
    forms: tuple[Form, ...] = ("NFC", "NFD")
    for form in forms:
        name = unicodedata.normalize(form, "é.opus")
        (root / name).touch()
        assert find(root, name) == name


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_names_in_old_encodings_lead_to_their_file(root: Path, encoding: str) -> None:
    """Bytes of an old encoding are read by the one that leads to a file, which is told."""
    (root / "Été.opus").touch()
    location = "Été.opus".encode(encoding).decode("utf-8", "surrogateescape")
    located = FileLocator([root]).find(PlaylistEntry(location, "t", "", 1, foreign=True))
    assert (located.path.name, located.encoding) == ("Été.opus", encoding)


def test_a_file_whose_name_is_no_unicode_is_to_be_renamed(root: Path) -> None:
    """A name that no record could hold is refused, also behind a link."""
    odd = root / os.fsdecode(b"caf\xe9.opus")
    odd.touch()
    (root / "link.opus").symlink_to(odd)
    for location in (odd.name, "caf%E9.opus", "link.opus"):
        assert "isn't UTF-8 text; a name that can be shown; rename" in refused(root, location)


@pytest.mark.parametrize(
    ("location", "files"),
    [
        ("a%20b.opus", ("a%20b.opus", "a b.opus")),
        (r"x\y.opus", (r"x\y.opus", "x/y.opus")),
        (r"C:\x\y\z.opus", ("x/y/z.opus", "y/z.opus")),
        ("LOUD.opus", ("loud.opus", "Loud.opus")),
        ("caf\udc8e.opus", ("café.opus", "cafŽ.opus")),
    ],
)
def test_two_readings_that_lead_to_two_files_are_told(
    root: Path, location: str, files: tuple[str, str]
) -> None:
    """Nothing is guessed: both files are named, and what to do; one alone is found."""
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    said = refused(root, location)
    assert "which may be any of" in said
    assert all(Path(name).name in said for name in files)
    (root / files[0]).unlink()
    assert find(root, location) == files[1]


def test_one_file_by_two_readings_is_one_file(root: Path) -> None:
    """A link beside the file it leads to makes nothing doubtful."""
    (root / "a%20b.opus").symlink_to(root / "a.opus")
    (root / "a b.opus").symlink_to(root / "a.opus")
    assert FileLocator([root]).find(PlaylistEntry("a%20b.opus", "t", "", 1, foreign=True)).path == (
        root / "a.opus"
    )


def test_the_first_location_that_leads_to_a_file_is_taken(root: Path) -> None:
    """Of several locations, those that lead nowhere, or to the network, are passed over."""
    assert find(root, "file:///D:/x.opus", "https://x.example/a", "calm/a.opus", "a.opus") == (
        "calm/a.opus"
    )
    assert find(root, "../secret/only.opus", "a.opus") == "a.opus"
    assert "a Windows path" in refused(root, r"C:\x.opus", "nowhere.opus")


def test_a_path_that_other_machines_have_is_preferred(root: Path) -> None:
    """The whole path of a file here is told from the folder of music, to be carried elsewhere."""
    assert find(root, f"{root}/calm/a.opus") == "calm/a.opus"
    assert find(root, f"{root}/calm/a.opus", foreign=False) == f"{root}/calm/a.opus"


def test_a_path_that_leads_to_a_file_as_it_is_needs_no_other(root: Path) -> None:
    """Where the whole path leads to a file, a file at its end's place makes nothing doubtful."""
    (root / "x/calm").mkdir(parents=True)
    (root / "x/calm/a.opus").touch()
    for location in ("x/calm/a.opus", f"{root}/x/calm/a.opus"):
        assert find(root, location) == "x/calm/a.opus"
    (root / "x/calm/a.opus").unlink()
    assert find(root, "x/calm/a.opus") == "calm/a.opus"


def test_moved_folders_that_lead_to_one_file_are_told(root: Path) -> None:
    """Two files of another machine can't both be the one that is here."""
    locator = FileLocator([root])
    first, second = (
        PlaylistEntry(rf"D:\{disc}\calm\a.opus", "t", "", 1, foreign=True) for disc in "12"
    )
    assert locator.find(first).place == locator.find(first).place == "calm/a.opus"
    with pytest.raises(LocationError, match="leads to the same file here as"):
        locator.find(second)


@pytest.mark.parametrize(
    ("location", "example"),
    [(r"C:\Music\A.opus", "file: a.opus"), (r"C:\Music\z.opus", "file: z.opus")],
)
def test_what_to_write_instead_is_shown(root: Path, location: str, example: str) -> None:
    """A file of the same name here is proposed, never taken."""
    assert refused(root, location).endswith(f"copy the music there; {example}")


@pytest.mark.parametrize(
    "location",
    [
        "../secret/a.opus",
        "../secret/only.opus",
        "../secret/nothing.opus",
        "{secret}/nothing.opus",
        "linked/nothing.opus",
        "%2e%2e/secret/only.opus",
        "%2E%2E%2Fsecret%2Fonly.opus",
        r"..\secret\only.opus",
        "..%5Csecret%5Conly.opus",
        "calm/../../secret/only.opus",
        "{secret}/only.opus",
        "file://{secret}/only.opus",
        "file://localhost{secret}/only.opus",
        "file:{secret}/only.opus",
        "FILE:../secret/only.opus",
        "smb://nas/../secret/only.opus",
        "link.opus",
        "LINK.OPUS",
        "linked/only.opus",
        "Linked/ONLY.opus",
        "C:/linked/only.opus",
        "/proc/self/environ",
        "/dev/zero",
        "dev",
        "loop.opus",
    ],
)
def test_nothing_outside_is_reached(
    root: Path, location: str, watched: list[tuple[str, str]]
) -> None:
    """However a location climbs, escapes or follows links: no file or folder outside is opened."""
    secret = root.parent / "secret"
    (root / "link.opus").symlink_to(secret / "only.opus")
    (root / "linked").symlink_to(secret)
    (root / "dev").symlink_to("/dev/zero")
    (root / "loop.opus").symlink_to(root / "loop.opus")
    for foreign in (True, False):
        said = refused(root, location.format(secret=secret), foreign=foreign)
        assert "Seat A" not in said
    opened = [
        str(Path(path).resolve()) for event, path in watched if not event.startswith("socket")
    ]
    assert not [path for path in opened if path.startswith((str(secret), "/dev", "/proc"))]


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:9/a", "//127.0.0.1/a", r"\\127.0.0.1\a\b", "smb://127.0.0.1/a/b",
     "file://127.0.0.1/a/b", "spotify:track:1", "rtsp://127.0.0.1/a", "data:,a"],
)  # fmt: skip
def test_nothing_is_connected_to(root: Path, location: str, watched: list[tuple[str, str]]) -> None:
    """An address on the network is named, and never asked."""
    with pytest.raises(NoFileError):
        find(root, location)
    assert not [event for event, _ in watched if event.startswith("socket.")]


def test_impossible_names_are_explained(root: Path) -> None:
    """A name with a zero in it, or of 5,000 letters, is told; long ones are shortened."""
    assert "a file that can be opened" in refused(root, "a%00b\0.opus")
    assert refused(root, "a%00b.opus").startswith("no file a%00b.opus")
    assert len(refused(root, "a" * 5000).partition(";")[0]) < 250
    assert refused(root, "a/" * 400_000)
    assert refused(root, "a/" * 400_000, foreign=False)


def test_a_folder_is_no_file(root: Path) -> None:
    """What is there, but is no file, is called that."""
    assert "calm, which isn't a file" in refused(root, "calm")


def test_a_folder_that_cannot_be_read_is_told(root: Path) -> None:
    """A file that may well be there isn't called missing."""
    (root / "loop").symlink_to("loop")
    assert "in a folder that can't be read: Too many levels" in refused(root, "loop/a.opus")


def test_the_first_root_comes_first(root: Path) -> None:
    """The playlist's own folder comes before the room's music, for one reading."""
    other = root.parent / "secret"
    entry = PlaylistEntry("a.opus", "t", "", 1, foreign=True)
    assert FileLocator([root, other]).find(entry).path == root / "a.opus"
    assert FileLocator([other, root]).find(entry).path == other / "a.opus"
    capitals = PlaylistEntry("A.opus", "t", "", 1, foreign=True)
    assert FileLocator([other, root]).find(capitals).path == other / "a.opus"
