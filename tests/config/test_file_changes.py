"""What staff read about a session's files that are changed, removed and put back."""

from pathlib import Path

from kacenv.config.file_changes import (
    LONGEST,
    Change,
    ChangeKind,
    ChangeMessages,
    Comparison,
    FileVersion,
    WatchedFileKind,
    file_version,
)
from kacenv.core.errors import FileProblem

HOUSE = Path("/clinic")
ROOM = HOUSE / "rooms" / "garden.yaml"
SCENE = HOUSE / "scenes" / "calm.yaml"
PIECES = [HOUSE / "playlists" / "house" / f"settle-{number}.opus" for number in range(1, 6)]
KINDS = {ROOM: WatchedFileKind.ROOM, SCENE: WatchedFileKind.SCENE} | dict.fromkeys(
    PIECES, WatchedFileKind.MUSIC
)
OLD, HALF, NEW = FileVersion(10, 1, 1), FileVersion(3, 2, 1), FileVersion(12, 3, 1)


def told(*changes: Change, problem: FileProblem | None = None) -> list[str]:
    """What staff read of these changes."""
    return list(ChangeMessages(HOUSE, KINDS, lambda _: problem).told(changes))


def test_a_change_counts_once_it_has_settled() -> None:
    """While a file is being written nothing is told; then it is told once."""
    comparison = Comparison({SCENE: OLD})
    looks = [OLD, HALF, NEW, NEW, NEW]
    found = [comparison.with_next({SCENE: look}) for look in looks]
    assert found == [[], [], [], [Change(SCENE, ChangeKind.CHANGED)], []]


def test_what_goes_and_comes_back_is_told_twice() -> None:
    """Gone, then back; a file that an editor replaces is only changed."""
    comparison = Comparison({SCENE: OLD})
    found = [comparison.with_next({SCENE: look}) for look in (None, None, NEW, NEW, None, OLD, OLD)]
    assert [change.fate for changes in found for change in changes] == [
        ChangeKind.GONE,
        ChangeKind.BACK,
        ChangeKind.CHANGED,
    ]


def test_what_is_missing_from_the_beginning_is_gone() -> None:
    """A session that was carried on may lack a piece it was begun with."""
    comparison = Comparison({PIECES[0]: None})
    assert comparison.with_next({PIECES[0]: None}) == [Change(PIECES[0], ChangeKind.GONE)]
    assert comparison.with_next({PIECES[0]: None}) == []


def test_a_mark_tells_versions_apart(tmp_path: Path) -> None:
    """Other contents, another file of the same name, and none at all."""
    path = tmp_path / "scene.yaml"
    assert file_version(path) is None
    path.write_text("title: a")
    first = file_version(path)
    assert first == file_version(path)
    other = tmp_path / "other.yaml"
    other.write_text("title: b")
    other.rename(path)
    assert file_version(path) not in {first, None}


def test_staff_read_what_it_means_for_the_session() -> None:
    """In plain words, with the file named as in its house."""
    assert told(
        Change(SCENE, ChangeKind.CHANGED),
        Change(ROOM, ChangeKind.CHANGED),
        Change(ROOM, ChangeKind.GONE),
        Change(PIECES[0], ChangeKind.GONE),
        Change(PIECES[0], ChangeKind.BACK),
    ) == [
        (
            "scenes/calm.yaml was changed; this session goes on as it began, the next one will be "
            "as it says now."
        ),
        (
            "rooms/garden.yaml was changed; this session goes on as it began. What it says now "
            "counts when kacenv is next started."
        ),
        "rooms/garden.yaml is gone; this session goes on as it began, but the next one needs it.",
        (
            "playlists/house/settle-1.opus is gone; it will be passed over unless it comes back "
            "before its turn."
        ),
        "playlists/house/settle-1.opus is back.",
    ]


def test_a_file_that_would_not_load_is_told_with_its_first_problem() -> None:
    """Shortly, and with the other file's name where the problem is there."""
    problem = FileProblem(str(SCENE), 4, 1, "", "duration: 20", "a time with its unit")
    wrong = "can't be used as it is now"
    assert told(Change(SCENE, ChangeKind.CHANGED), problem=problem) == [
        (
            f"scenes/calm.yaml was changed, but {wrong} (line 4: duration: 20; expected a time "
            "with its unit); this session goes on as it began."
        )
    ]
    (text,) = told(Change(ROOM, ChangeKind.BACK), problem=problem)
    assert f"rooms/garden.yaml is back, but {wrong} (scenes/calm.yaml, line 4: duration: 20" in text
    endless = problem._replace(expected="one of: " + "a name, " * 100)
    (text,) = told(Change(SCENE, ChangeKind.CHANGED), problem=endless)
    assert len(text) < LONGEST + 120


def test_an_unplugged_disk_is_one_line() -> None:
    """A great many music files at once are told of together."""
    (text,) = told(*(Change(path, ChangeKind.GONE) for path in PIECES))
    assert text.startswith("5 music files, playlists/house/settle-1.opus among them, are gone;")
    assert len(told(*(Change(path, ChangeKind.GONE) for path in PIECES[:3]))) == 3
