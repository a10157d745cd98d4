from pathlib import Path

from kacenv.config.transfer.left_out import LeftOut, Omission, table

FOLDER = Path("music")


def many(kind: Omission, count: int, detail: str = "") -> list[LeftOut]:
    """So many files that are left out for one reason."""
    return [LeftOut(FOLDER / f"{number}.x", kind, detail) for number in range(count)]


def test_a_row_for_each_reason_names_a_few() -> None:
    """Reasons have one row each, with the count; three files are named, the rest counted."""
    left = [*many(Omission.EMPTY, 400), LeftOut(Path("else.x"), Omission.SHORT, "5s")]
    assert list(table(left, FOLDER)) == [
        "  1  shorter than 30s: else.x (5s)",
        "400  empty; copy again: 0.x, 1.x, 2.x and 397 more",
    ]


def test_a_detail_that_all_share_is_told_once() -> None:
    """Files of one reason and one detail are named together; others have each their own."""
    same = many(Omission.DAMAGED, 2, "it can't be decoded")
    meaning = Omission.DAMAGED.meaning
    assert list(table(same, FOLDER)) == [f"2  {meaning}: 0.x, 1.x (it can't be decoded)"]
    other = [*same, *many(Omission.DAMAGED, 1, "at 1:02")]
    assert list(table(other, FOLDER)) == [
        f"3  {meaning}: 0.x (it can't be decoded), 1.x (it can't be decoded), 0.x (at 1:02)"
    ]


def test_where_only_some_have_a_detail_it_stands_with_them() -> None:
    """Files that need no more words than the kind have none."""
    left = [*many(Omission.UNFINISHED, 1), *many(Omission.UNFINISHED, 1, "a.download")]
    meaning = Omission.UNFINISHED.meaning
    assert list(table(left, FOLDER)) == [f"2  {meaning}: 0.x, 0.x (a.download)"]


def test_where_details_are_few_they_are_counted() -> None:
    """Formats and folders are counted, not named file by file."""
    left = [
        *many(Omission.FORMAT, 9, "Windows Media"),
        *many(Omission.FORMAT, 1, "DSD"),
        *many(Omission.OTHER, 2, ".jpg"),
    ]
    assert list(table(left, FOLDER)) == [
        "10  in a format that isn't played; convert to FLAC: Windows Media (9), DSD",
        " 2  not music: .jpg (2)",
    ]


def test_a_reason_is_whole() -> None:
    """Words and detail make the reason of one file."""
    assert many(Omission.LINK, 1)[0].reason == "links, which aren't followed; copy the music itself"
    assert many(Omission.OTHER, 1, ".jpg")[0].reason == "not music (.jpg)"
