"""The page of files and playlists that were tried is that of the command which tries them."""

from matrix.page import PAGE, SECTIONS, kinds_in
from matrix.section import YES, Row


def test_the_page_lists_the_kinds_that_are_tried() -> None:
    """No kind is tried without being kept, and none is kept that isn't tried."""
    kept = PAGE.read_text("utf-8")
    assert kinds_in(kept) == [kind for section in SECTIONS for kind in section.kinds]


def test_the_page_has_each_section_as_it_is_written() -> None:
    """Headings, explanations and columns are those of the command."""
    kept = PAGE.read_text("utf-8")
    assert [one.title for one in SECTIONS if one.head not in kept] == []


def test_no_kept_cell_is_wrong() -> None:
    """What was kept is what should be."""
    assert "✗" not in PAGE.read_text("utf-8").partition("## ")[2]


def test_a_row_is_read_as_it_is_written() -> None:
    """A kind whose words hold a code span or a comma is found again."""
    assert kinds_in(str(Row("M3U8 with `\\`, x", (YES,)))) == ["M3U8 with `\\`, x"]
