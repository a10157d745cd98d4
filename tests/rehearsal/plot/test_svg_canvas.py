"""The canvas draws text of any source as harmless text."""

from kacenv.rehearsal.plot.svg_canvas import SvgCanvas


def test_all_its_text_is_plain() -> None:
    """Control characters in the title, a hint, a line and what follows it come out as written."""
    canvas = SvgCanvas(100, "title\x1b")
    with canvas.hint("hint\x1b"):
        canvas.text(0, 0, "line\x1b", after="after\x1b")
    svg = canvas.svg(50)
    assert "\x1b" not in svg
    for word in ("title", "hint", "line", "after"):
        assert rf">{word}\x1b<" in svg
