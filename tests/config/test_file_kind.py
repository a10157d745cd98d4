"""A file's kind is told by its place, else by its keys."""

from pathlib import Path

import pytest

from kacenv.config.file_kind import kind_of
from kacenv.config.house import FileKind
from kacenv.core.errors import LoadError


def write(path: Path, text: str) -> Path:
    """Write a file into a folder that may be new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("name: r\noutputs: []\n", FileKind.ROOM),
        ("looks: {}\nsafe_light: {}\n", FileKind.ROOM),
        ("title: t\nphases: []\n", FileKind.SCENE),
        ("title: t\noverflow: calm\n", FileKind.SCENE),
        ("title: t\ntracks: []\n", FileKind.PLAYLIST),
        ("title: t\nphase:\n", FileKind.SCENE),
        ("title: t\ntrakcs:\n", FileKind.PLAYLIST),
    ],
)
def test_keys_tell(tmp_path: Path, text: str, kind: FileKind) -> None:
    """Keys that one kind alone has tell it, even when the foremost is mistyped."""
    assert kind_of(write(tmp_path / "draft.yaml", text)) is kind


@pytest.mark.parametrize("kind", FileKind)
def test_the_folder_comes_first(tmp_path: Path, kind: FileKind) -> None:
    """A folder called as in a house tells it, whatever is written."""
    assert kind_of(write(tmp_path / kind / "odd.yml", "phases: []\ntracks: []\n")) is kind


@pytest.mark.parametrize("ending", [".m3u8", ".M3U", ".xspf", ".pls", ".cue", ".XML"])
def test_the_ending_tells_a_playlist(tmp_path: Path, ending: str) -> None:
    """What other players write is a playlist, in any folder."""
    assert kind_of(write(tmp_path / "rooms" / f"x{ending}", "")) is FileKind.PLAYLIST


@pytest.mark.parametrize("text", ["title: t\n", "foo: 1\n", "phases: []\ntracks: []\n"])
def test_what_cannot_be_told_is_said(tmp_path: Path, text: str) -> None:
    """Keys of no kind, or of two, are answered with what to do."""
    with pytest.raises(LoadError, match="or move the file into a folder called rooms, scenes or"):
        kind_of(write(tmp_path / "odd.yaml", text))


@pytest.mark.parametrize("ending", [".fpl", ".RAM", ".nml", ".crate"])
def test_a_playlist_that_cannot_be_read_is_named(tmp_path: Path, ending: str) -> None:
    """A list of a program that keeps its format to itself is called that, with the way out."""
    with pytest.raises(LoadError, match="export it there as M3U8 or XSPF"):
        kind_of(write(tmp_path / f"x{ending}", ""))


def test_broken_yaml_is_told_before_the_kind(tmp_path: Path) -> None:
    """Where YAML itself is broken and no key tells the kind, the broken line is told."""
    with pytest.raises(LoadError, match=r"odd.yaml:2:1"):
        kind_of(write(tmp_path / "odd.yaml", "a: 1\na: 2\n"))


@pytest.mark.parametrize("name", ["song.flac", "song.MP3"])
def test_a_sound_file_is_called_that(tmp_path: Path, name: str) -> None:
    """Music isn't renamed to YAML; the way to a playlist is shown."""
    with pytest.raises(LoadError, match="a sound file") as caught:
        kind_of(write(tmp_path / name, ""))
    assert caught.value.problems[0].example.startswith("kacenv music import ")


@pytest.mark.parametrize("name", ["calm.m3u8.txt", "Calm.YAML.txt"])
def test_an_ending_that_windows_hides_is_told(tmp_path: Path, name: str) -> None:
    """A list that was saved as text gets its own ending back."""
    with pytest.raises(LoadError, match=r"a file that ends in \.txt") as caught:
        kind_of(write(tmp_path / name, ""))
    assert caught.value.problems[0].example == name.removesuffix(".txt")


@pytest.mark.parametrize("name", ["notes.txt", "scene", "A.YAML"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    """Only the endings that a house reads are read."""
    with pytest.raises(LoadError, match="a room or scene in a file that ends in"):
        kind_of(write(tmp_path / name, "phases: []\n"))
