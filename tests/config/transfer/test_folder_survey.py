"""Every file of a folder is music, or is left out with its reason."""

import os
from pathlib import Path

import pytest
from support.houses import write_silence

from kacenv.config.transfer.folder_survey import omitted_folder, survey
from kacenv.config.transfer.left_out import Omission


def reasons(folder: Path) -> dict[str, tuple[str, str]]:
    """Kind and detail of each file that is left out, by its path in the folder."""
    found = survey(folder)
    return {str(one.path.relative_to(folder)): one[1:] for one in found.left_out}


@pytest.mark.parametrize(
    "name",
    [
        *(".Trash-1000", ".Trashes", "#recycle", "$RECYCLE.BIN", "RECYCLER", "@Recycle"),
        *(".recycle", "trashbox", "files_trashbin", "Network Recycle Bin 1", "@sharebin"),
    ],
)
def test_trash_of_every_system_is_left_out(tmp_path: Path, name: str) -> None:
    """Deleted music doesn't come back, however deep it lies in the trash."""
    write_silence(tmp_path / name / "files/Album/a.wav", 1)
    write_silence(tmp_path / "a.wav", 1)
    assert survey(tmp_path).music == [tmp_path / "a.wav"]
    assert reasons(tmp_path) == {f"{name}/files/Album/a.wav": (Omission.TRASH, name)}


@pytest.mark.parametrize(
    "name",
    ["@eaDir", ".AppleDouble", "__MACOSX", "System Volume Information", "lost+found", ".git"],
)
def test_folders_of_systems_are_left_out(tmp_path: Path, name: str) -> None:
    """What systems and disks keep for themselves, and what is hidden, isn't imported."""
    write_silence(tmp_path / f"x/{name}/a.wav", 1)
    assert reasons(tmp_path) == {f"x/{name}/a.wav": (Omission.HIDDEN, name)}


@pytest.mark.parametrize("name", ["a.wav.download", "a.wav.download/x", "Album.part"])
def test_folders_of_downloads_are_left_out(tmp_path: Path, name: str) -> None:
    """A browser keeps what it has of a file in a folder, where it looks like a whole one."""
    write_silence(tmp_path / f"{name}/a.wav", 1)
    folder = name.partition("/")[0]
    assert reasons(tmp_path) == {f"{name}/a.wav": (Omission.UNFINISHED, folder)}


def test_a_freedesktop_trash_is_told_by_its_folders(tmp_path: Path) -> None:
    """A folder called Trash is one if it keeps files and where they came from; else it is music."""
    write_silence(tmp_path / "Trash/files/a.wav", 1)
    (tmp_path / "Trash/info").mkdir()
    write_silence(tmp_path / "Band/Trash/a.wav", 1)
    assert survey(tmp_path).music == [tmp_path / "Band/Trash/a.wav"]
    assert reasons(tmp_path) == {"Trash/files/a.wav": (Omission.TRASH, "Trash")}


@pytest.mark.parametrize("name", ["Calm", "Recycled Moods", "lost and found", "trash", "x.y"])
def test_ordinary_folders_are_taken(name: str) -> None:
    """A name that only sounds like a system's is one of the clinic's own."""
    assert omitted_folder(name) is None


@pytest.mark.parametrize(
    ("name", "content", "kind", "detail"),
    [
        ("._a.mp3", b"\0\5\x16\7", Omission.HIDDEN, "._ of a Mac"),
        (".DS_Store", b"x", Omission.HIDDEN, ".DS_Store"),
        ("Thumbs.db", b"x", Omission.HIDDEN, "Thumbs.db"),
        ("desktop.ini", b"x", Omission.HIDDEN, "desktop.ini"),
        (".Song.mp3.icloud", b"bplist00", Omission.CLOUD, "iCloud"),
        ("a.mp3.part", b"ID3", Omission.UNFINISHED, ""),
        ("a.mp3", b"", Omission.EMPTY, ""),
        ("a.wma", b"", Omission.EMPTY, ""),
        ("a.mp3", b"\xef\xbb\xbf <!DOCTYPE html><html>", Omission.PAGE, ""),
        ("a.mp3", b"#!AMR\n", Omission.FORMAT, "AMR"),
        ("a.SHN", b"\0" * 40, Omission.FORMAT, "Shorten"),
        ("a.shn", b"ajkg", Omission.FORMAT, "Shorten"),
        ("a.m4p", b"\0\0\0\x20ftypM4A ", Omission.LOCKED, "Apple"),
        ("a", b"MThd", Omission.FORMAT, "MIDI notes"),
        ("list.m3u8", b"a.opus\n", Omission.LIST, ""),
        ("list.fpl", b"\1", Omission.LIST, ""),
        ("cover.jpg", b"\xff\xd8\xff\xe0", Omission.OTHER, ".jpg"),
        ("cover.webp", b"RIFF....WEBP", Omission.OTHER, ".webp"),
        ("page.html", b"<html>", Omission.OTHER, ".html"),
        ("README", b"x", Omission.OTHER, "without an ending"),
        ("empty.txt", b"", Omission.OTHER, ".txt"),
    ],
)
def test_each_file_has_its_reason(
    tmp_path: Path, name: str, content: bytes, kind: Omission, detail: str
) -> None:
    """No file is lost without a word."""
    (tmp_path / name).write_bytes(content)
    assert reasons(tmp_path) == {name: (kind, detail)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xfe" * 64, "it isn't music"),
        (b"\0" * 64, "it begins with zeros alone, and isn't music"),
        (b"Bring flowers.\n", "it is text, not music"),
        (b"PK\3\4" + b"\xfe" * 64, "it is a ZIP archive, not music"),
    ],
)
def test_junk_called_music_has_the_words_of_who_judges(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """A file with a music's name that is something else is told with what it is."""
    (tmp_path / "a.mp3").write_bytes(content)
    ((kind, detail),) = reasons(tmp_path).values()
    assert (kind, detail) == (Omission.JUNK, words)


def test_links_are_told_and_not_followed(tmp_path: Path) -> None:
    """Links to music, to folders, to nothing and in a circle are named; none is opened."""
    write_silence(tmp_path / "else/a.wav", 1)
    folder = tmp_path / "music"
    folder.mkdir()
    for name, target in (
        ("song.wav", "../else/a.wav"),
        ("album", "../else"),
        ("gone.mp3", "nowhere"),
        ("loop", "."),
    ):
        (folder / name).symlink_to(target)
    names = ("song.wav", "album", "gone.mp3", "loop")
    assert reasons(folder) == dict.fromkeys(names, (Omission.LINK, ""))
    assert survey(folder).music == []


def test_names_that_are_no_unicode_are_told(tmp_path: Path) -> None:
    """A name in an old encoding can't be written in a playlist, and is to be changed."""
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    write_silence(path, 1)
    assert reasons(tmp_path) == {path.name: (Omission.NAME, "")}


def test_pipes_are_no_files(tmp_path: Path) -> None:
    """What would never end being read isn't read."""
    os.mkfifo(tmp_path / "pipe.mp3")
    assert reasons(tmp_path) == {"pipe.mp3": (Omission.OTHER, "no file")}


def test_music_comes_in_order(tmp_path: Path) -> None:
    """Files are in the order of their paths, whatever the disk says."""
    names = ["1/b.wav", "1/c.wav", "2/a.wav", "z.wav"]
    for name in reversed(names):
        write_silence(tmp_path / name, 1)
    assert [str(path.relative_to(tmp_path)) for path in survey(tmp_path).music] == names
