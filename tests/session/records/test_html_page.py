"""The record as a page: whole in one file, plain text wherever it came from, made for everybody."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.browser import chromium
from support.lives import BEGIN, PLAN, Life, lived
from support.sessions import a_cut, a_phase, a_queue, a_timeline

from kacenv.model.requests import Hold, Release, Start
from kacenv.session.records import build_record
from kacenv.session.records.html_page import POLICY, page_of
from kacenv.session.records.record_text import music_text, record_lines

EVIL = '<script>alert("1")</script>'


def evil(path: Path) -> str:
    """The page of a session whose music, scene and lamps would like to do more."""
    cuts = (a_cut(EVIL, 900.0), a_cut("a\x00b & c", 900.0))
    queue = replace(a_queue("peak"), cuts=cuts)
    plan = replace(a_timeline(a_phase("peak", 1200.0, queue=queue)), title=f"{EVIL} \x1b[31m")
    life = Life(path)
    life.take(BEGIN, Start(plan))
    life.tell(BEGIN + 5.0, f"The lamp {EVIL} doesn't follow.")
    life.take(BEGIN + 100.0, Hold())
    life.take(BEGIN + 160.0, Release())
    return page_of(build_record(life.end()))


@pytest.fixture
def page(tmp_path: Path) -> str:
    """That page."""
    return evil(tmp_path / "test.journal")


def tree(page: str) -> ET.Element:
    """The page, as XML."""
    return ET.fromstring(page.removeprefix("<!DOCTYPE html>"))  # noqa: S314 - our own


def test_it_is_well_formed_and_escapes_all(page: str) -> None:
    """A title is text wherever it stands, with whatever letters."""
    root = tree(page)
    assert not [one for one in root.iter() if one.tag.endswith("script")]
    texts = "".join(root.itertext())
    assert texts.count(EVIL) >= 4
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", page)


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    """No address to load from, no handler, no style of its own outside the one that is sealed."""
    for one in tree(page).iter():
        names = {name.rsplit("}", 1)[-1].lower() for name in one.attrib}
        assert not names & {"src", "href", "srcset", "style", "action", "data"}, one.tag
        assert not [name for name in names if name.startswith("on")]
    assert "url(" not in page.replace("url(#", "")
    assert "@import" not in page
    assert POLICY.startswith("default-src 'none'")


def test_everybody_can_find_their_way(page: str) -> None:
    """A language, one first heading, a name for the picture, headers for columns and rows."""
    root = tree(page)
    assert root.get("lang") == "en"
    assert [one.tag for one in root.iter() if one.tag == "h1"] == ["h1"]
    tables = list(root.iter("table"))
    assert len(tables) >= 4
    for table in tables:
        assert {one.get("scope") for one in table.iter("th")} == {"col", "row"}
    picture = next(one for one in root.iter() if one.tag.endswith("svg"))
    assert picture.get("role") == "img"
    assert "planned" in (picture[0].text or "")


def test_a_browser_shows_it_and_complains_of_nothing(tmp_path: Path, page: str) -> None:
    """In a real one: the style is let through by its seal, in the dark as in print."""
    file = tmp_path / "page.html"
    file.write_text(page, encoding="utf-8")
    complaints: list[str] = []
    with chromium() as browser:
        shown = browser.new_page(color_scheme="dark")
        shown.on("console", lambda line: complaints.append(line.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("dialog", lambda dialog: complaints.append(dialog.message))
        shown.goto(file.as_uri())
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = shown.evaluate(ground)
        shown.emulate_media(media="print", color_scheme="light")
        assert (dark, shown.evaluate(ground)) == ("rgb(21, 16, 13)", "rgb(255, 255, 255)")
    assert complaints == []


def test_the_page_in_words(tmp_path: Path) -> None:
    """For the terminal: the sentence, the phases and the music."""
    record = build_record(lived(tmp_path / "test.journal", PLAN)).record
    lines = list(record_lines(record))
    assert lines[0] == f"Test session, in test on 15 Jan 2027 ({record.id})"
    assert "It ran to its end." in lines[1]
    assert any("onset" in line and "as planned" in line for line in lines)
    assert "  No silence that nobody asked for." in lines


def test_the_music_to_take_along_has_titles_and_artists_alone(tmp_path: Path) -> None:
    """In the order in which it was heard, each piece once, without a time or a date."""
    record = build_record(lived(tmp_path / "test.journal", PLAN)).record
    assert music_text(record).splitlines() == [
        "onset-1, Nobody",
        "onset-2, Nobody",
        "long-1, Nobody",
        "return-1, Nobody",
        "return-2, Nobody",
    ]
