"""Pictures as files: SVG as drawn, PNG with letters in it."""

import re
import struct
from pathlib import Path

import pytest
from support.sessions import a_phase, a_room, a_timeline

from kacenv.core.errors import RenderError
from kacenv.rehearsal.plot import arc_of, draw, picture_file, write_picture
from kacenv.rehearsal.simulation import rehearse


@pytest.fixture(scope="module")
def svg() -> str:
    """A small session's picture."""
    timeline = a_timeline(a_phase("onset"))
    return draw([arc_of(a_room(), timeline, rehearse(a_room(), timeline))])


def test_svg_is_written_as_drawn(tmp_path: Path, svg: str) -> None:
    """The file holds the picture, and no unfinished one stays beside it."""
    write_picture(tmp_path / "x.svg", svg)
    assert (tmp_path / "x.svg").read_text() == svg
    assert [path.name for path in tmp_path.iterdir()] == ["x.svg"]


def test_png_is_twice_as_fine(tmp_path: Path, svg: str) -> None:
    """A PNG has two pixels for each of the drawing's, across and down."""
    write_picture(tmp_path / "x.PNG", svg)
    content = (tmp_path / "x.PNG").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    drawn = re.search(r'width="1200" height="([\d.]+)"|height="([\d.]+)" width="1200"', svg)
    assert drawn is not None
    assert (width, height) == (2400, pytest.approx(2 * float(drawn[1] or drawn[2]), abs=1))


def test_without_a_font_the_way_out_is_named(svg: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that has no font, nobody gets a picture without words."""
    monkeypatch.setattr(picture_file, "_drawn", lambda *_: b"blank")
    with pytest.raises(RenderError, match="fonts-dejavu-core"):
        picture_file.png_of(svg)


@pytest.mark.parametrize("name", ["x.gif", "x", "nowhere/x.svg"])
def test_other_names_are_refused(tmp_path: Path, svg: str, name: str) -> None:
    """A kind that isn't known and a place that can't be written to are named, with a way out."""
    with pytest.raises(RenderError, match=r"For example|Give another place"):
        write_picture(tmp_path / name, svg)
    assert not list(tmp_path.iterdir())
