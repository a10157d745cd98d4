"""The picture shows a whole session, and is the same for the same one."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # reads what we have drawn

import pytest
from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline

from kacenv.config import House, load_room, load_session
from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.model.look import Setting, Zone
from kacenv.model.requests import Hold, LightsUp, Press, Release
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.plot import Arc, arc_of, draw
from kacenv.rehearsal.plot.layout import WIDTH
from kacenv.rehearsal.plot.svg_canvas import fitted, width_of
from kacenv.rehearsal.simulation import rehearse

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parents[3]


def arc(timeline: Timeline, *presses: tuple[float, Press]) -> Arc:
    """A rehearsal's arc, with these presses."""
    timed = [(Seconds(at), press) for at, press in presses]
    return arc_of(a_room(), timeline, rehearse(a_room(), timeline, timed))


def a_session(**fields: Any) -> Timeline:
    """Two phases of ten minutes with a check-in."""
    return a_timeline(a_phase("onset", cues=(a_cue("Look in", 60.0),), **fields), a_phase("return"))


def tree(svg: str) -> ET.Element:
    """The picture's elements."""
    return ET.fromstring(svg)  # noqa: S314 - drawn just now


def texts(svg: str) -> list[str]:
    """Every line of text in the picture."""
    return [node.text or "" for node in tree(svg).iter(f"{SVG}text")]


def hints(svg: str) -> list[str]:
    """What is shown where the mouse rests."""
    return [node.text or "" for node in tree(svg).iter(f"{SVG}title")]


def test_the_picture_names_all_there_is() -> None:
    """Phases, pieces, levels, looks, check-ins and the time axis are all written out."""
    svg = draw([arc(a_session())])
    assert {"onset", "return", "onset-1", "onset-2", "0", "6m", "−3 dB", "20% 2200 K"} <= {  # noqa: RUF001 - a true minus sign
        *texts(svg)
    }
    assert "Look in" in texts(svg)
    assert "onset-1, Nobody: 0:00 to 4:00, in over 20s, out over 12s" in hints(svg)


def test_presses_are_drawn_where_they_are_pressed() -> None:
    """Each press has its dot, its word and its answer; the held time is veiled."""
    plain, pressed = (
        draw([arc(a_session(), *presses)])
        for presses in ((), ((240.0, Hold()), (360.0, Release()), (700.0, LightsUp())))
    )
    assert {"by hand", "hold", "release", "lights-up"} <= set(texts(pressed)) - set(texts(plain))
    assert "held for 2m" in hints(pressed)
    assert any(hint.startswith("4:00 hold: Holding in onset") for hint in hints(pressed))


def test_two_scenes_share_one_axis() -> None:
    """A session half as long is drawn half as wide, under the same labels."""
    short, long = a_timeline(a_phase("x", 580.0)), a_timeline(a_phase("y", 1180.0))
    root = tree(draw([arc(short), arc(long)]))
    phases = [
        float(group.findall(f"{SVG}rect")[0].get("width", "0"))
        for group in root.iter(f"{SVG}g")
        if (group.findtext(f"{SVG}title") or "").startswith(("x:", "y:"))
    ]
    assert phases[0] + 2 == pytest.approx((phases[1] + 2) / 2, abs=0.2)
    assert texts(draw([arc(short), arc(long)])).count("6m") == 2


def test_nothing_lies_outside_the_picture() -> None:
    """Every box, dot and line of text begins inside the page, however crowded it is."""
    cues = tuple(a_cue(f"Look in on both seats once more, {n}", 30.0 * n) for n in range(1, 19))
    svg = draw([arc(a_timeline(a_phase("onset", cues=cues)), (300.0, Hold()), (400.0, Release()))])
    root = tree(svg)
    height = float(root.get("height", "0"))
    for node in root.iter():
        for name, most in (("x", WIDTH), ("cx", WIDTH), ("y", height), ("cy", height)):
            if node.tag != f"{SVG}linearGradient" and name in node.attrib:
                assert 0 <= float(node.attrib[name]) <= most, ET.tostring(node)


def test_the_light_is_as_bright_as_the_eye_sees_it() -> None:
    """At full, 6500 K is drawn white; at half, as the grey of L* 50; dark is black."""
    look = {Zone.SEATS: Setting(Level(0.5), Kelvin(6500.0))}
    svg = draw([arc(a_timeline(a_phase("onset", look=look, light_fade=Seconds(60.0))))])
    stops = re.findall(r'stop-color="(#\w{6})"', svg)
    assert "#000000" in stops
    assert any(abs(int(stop[1:3], 16) - 0x77) <= 2 for stop in stops)


def test_names_from_files_cannot_break_the_picture() -> None:
    """Marks of XML, control characters and very long names come out as harmless text."""
    name = '<script>&"\x1b[31m' + "x" * 300
    queue = a_queue(name, [200.0])
    svg = draw([arc(a_session(queue=queue))])
    assert "<script>" not in svg
    assert "\x1b" not in svg
    assert any(text.startswith(r'<script>&"\x1b[31m') and text.endswith("…") for text in texts(svg))


def test_text_that_does_not_fit_is_cut_with_care() -> None:
    """What fits stays whole, what doesn't ends in an ellipsis, a stump isn't shown at all."""
    assert fitted("Warm Ground", 12, 500) == "Warm Ground"
    cut = fitted("Warm Ground", 12, 50)
    assert cut.endswith("…")
    assert width_of(cut, 12) <= 50
    assert fitted("Warm Ground", 12, 14) == ""


def test_more_pieces_than_the_key_holds_are_counted() -> None:
    """With forty pieces the key names some and says how many more there are."""
    queue = a_queue("many", [40.0] * 40)
    svg = draw([arc(a_timeline(a_phase("peak", 1500.0, queue=queue)))])
    assert "and 8 more" in texts(svg)


def test_the_same_session_is_the_same_picture() -> None:
    """Two drawings are equal letter by letter."""
    assert draw([arc(a_session())]) == draw([arc(a_session())])


def test_the_documentation_shows_the_three_hour_scene_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/session.svg is what docs/picture.py draws today; if this fails, run that."""
    monkeypatch.setenv("KACENV_CACHE", str(tmp_path))
    house = House(ROOT)
    room, timeline = load_room(house, "demo"), load_session(house, "couple-lozenge", "demo")
    drawn = draw([arc_of(room, timeline, rehearse(room, timeline))])
    assert drawn == (ROOT / "docs/session.svg").read_text()
