"""A whole session by touch alone, at three sizes."""

import pytest
from support.browser import SIZES, Open
from support.tablet import ServedRoom

_NARROWEST = 48
_KEYS = """() => [...document.querySelectorAll("button")].filter((key) => key.offsetParent).map(
  (key) => {
    const box = key.getBoundingClientRect();
    const parts = [...key.querySelectorAll(".name, .hint")].filter((part) => part.offsetParent);
    const inside = parts.every((part) => {
      const range = document.createRange();
      range.selectNodeContents(part);
      const text = range.getBoundingClientRect();
      return text.left >= box.left && text.right <= box.right && text.bottom <= box.bottom;
    });
    return { name: key.textContent.trim() || key.ariaLabel, width: box.width, height: box.height,
      inside };
  })"""
_FITS = """() => document.documentElement.scrollHeight <= innerHeight
  && document.documentElement.scrollWidth <= innerWidth"""


@pytest.mark.parametrize("size", SIZES)
def test_a_session_is_run_by_touch_alone(
    idle_room: ServedRoom, open_tablet: Open, size: str
) -> None:
    """From the list of scenes to the end, with a hold, an extension, a step on and a step back."""
    tablet = open_tablet(idle_room, size)
    tablet.page.wait_for_selector("[data-scene=couple-lozenge]")
    tablet.shoot("idle")
    tablet.press("[data-scene=couple-lozenge]")
    tablet.reads("#title", "Couple, lozenge")
    assert tablet.text("#phase").lower() == "settle"
    tablet.press("#next")
    tablet.reads("#phase", "onset")
    tablet.shoot("onset")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")
    tablet.shoot("held")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "left")
    tablet.tap("#extend-5")
    tablet.reads("#said", "Onset is now 25m long")
    if size == "upright":
        tablet.press("#back")
        tablet.reads("#phase", "settle")
    tablet.press("#end")
    tablet.reads("#phase", "return")
    tablet.shoot("coming-home")
    tablet.press("#stop")
    tablet.reads("#phase-left", "fading out")
    idle_room.jump(0.2)
    tablet.reads("#begin-title", "No session is on")
    assert idle_room.now().mode == "idle"
    assert tablet.complaints == []


@pytest.mark.parametrize("size", SIZES)
def test_every_key_can_be_hit_and_read(room: ServedRoom, open_tablet: Open, size: str) -> None:
    """Keys are 48 px or more both ways, show all their words, and the page needs no scrolling."""
    tablet = open_tablet(room, size)
    tablet.reads("#phase", "settle")
    for state in ("running", "held"):
        keys = tablet.page.evaluate(_KEYS)
        assert len(keys) >= 28
        small = [key for key in keys if min(key["width"], key["height"]) < _NARROWEST]
        assert small == []
        assert [key["name"] for key in keys if not key["inside"]] == []
        assert tablet.page.evaluate(_FITS)
        if state == "running":
            tablet.tap("#hold")
            tablet.reads("#phase-left", "holding")
    tablet.shoot("running")
