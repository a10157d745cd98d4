"""Check-ins that wait for staff, and the seats' own clocks, on the tablet."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.browser import SIZES, Open
from support.tablet import ServedRoom

from kacenv.model.requests import Done, SeatStarted
from kacenv.model.scene import Seat

_SETTLED = 800
"""Milliseconds after which the keys mean the check-in that stands above them."""
_PLACES = """() => Object.fromEntries([...document.querySelectorAll("button[id]")]
  .filter((key) => key.offsetParent && !key.closest("#check-in-keys, #now-seats, footer"))
  .map((key) => [key.id, JSON.stringify(key.getBoundingClientRect())]))"""
_FITS = """() => document.documentElement.scrollHeight <= innerHeight
  && document.documentElement.scrollWidth <= innerWidth"""
_HEIGHTS = """() => [...document.querySelectorAll("#check-in-keys .key")]
  .map((key) => Math.min(key.offsetHeight, key.offsetWidth))"""
_TAP_AT_THE_CHANGE = """() => {
  const words = document.getElementById("check-in");
  new MutationObserver((_, watch) => {
    if (!words.innerText.includes("Seat A: Lozenge out")) return;
    watch.disconnect();
    document.getElementById("check-in-done").click();
    window.tapped = true;
  }).observe(words, { childList: true, characterData: true, subtree: true }); }"""
_LOOK = """() => { const look = getComputedStyle(document.getElementById("now-check-in"));
  return [look.color, look.backgroundColor, look.borderLeft, look.fontSize, look.animationName,
    document.getAnimations().length, document.querySelectorAll("audio").length]; }"""


def with_three_due(room: ServedRoom) -> None:
    """Look in on both seats, then the lozenges of both."""
    for seat in Seat:
        room.press(SeatStarted(seat=seat))
    room.jump(5.02)
    room.jump(2.0)


def due(room: ServedRoom) -> list[Any]:
    """The check-ins that wait."""
    return list(room.now().due)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_moves_when_check_ins_come(room: ServedRoom, open_tablet: Open, size: str) -> None:
    """Every other key stays in its place, all of it fits, keys are large."""
    tablet = open_tablet(room, size)
    tablet.reads("#check-in", "Look in on both seats in 4:")
    before = tablet.page.evaluate(_PLACES)
    room.jump(5.02)
    tablet.reads("#check-in-when", "ago")
    assert tablet.page.evaluate(_PLACES) == before
    tablet.shoot("due")
    for seat in Seat:
        room.press(SeatStarted(seat=seat))
    room.jump(7.02)
    tablet.reads("#also-due", "Seat B: Lozenge out")
    assert tablet.page.evaluate(_PLACES) == before
    assert tablet.page.evaluate(_FITS)
    assert min(tablet.page.evaluate(_HEIGHTS)) >= 48
    if size == "phone":  # where they stand in the arc's place; one due is judged in test_quiet
        assert Axe().run(tablet.page).violations_count == 0
    tablet.shoot("several-due")


def test_it_is_marked_as_done(room: ServedRoom, open_tablet: Open) -> None:
    """Done answers the check-in that has been due for longest; the next one moves up."""
    with_three_due(room)
    tablet = open_tablet(room)
    tablet.reads("#also-due", "Seat B: Lozenge out")
    assert tablet.page.get_attribute("#check-in-done", "aria-label") == (
        "Done: Look in on both seats"
    )
    tablet.page.wait_for_timeout(_SETTLED)
    tablet.tap("#check-in-done")
    tablet.reads("#said", "Done: Look in on both seats.")
    tablet.reads("#check-in", "Seat A: Lozenge out")
    assert [one.id for one in due(room)] == ["check-in-2-a", "check-in-2-b"]


def test_it_comes_again_or_is_let_pass(room: ServedRoom, open_tablet: Open) -> None:
    """In 5 min says when; let pass lets the next one go, and then nothing is due."""
    room.press(SeatStarted(seat=Seat.A))
    room.jump(7.02)
    tablet = open_tablet(room)
    tablet.page.wait_for_selector("#check-in-later", state="visible")
    tablet.page.wait_for_timeout(_SETTLED)
    tablet.tap("#check-in-later")
    tablet.reads("#check-in", "Seat A: Lozenge out")
    tablet.page.wait_for_timeout(_SETTLED)
    tablet.tap("#check-in-pass")
    tablet.reads("#check-in-when", "Next check-in")
    tablet.reads("#check-in", "Look in on both seats, again in 4:")
    assert tablet.page.locator("#check-in-keys").is_hidden()
    assert due(room) == []


def test_a_key_is_not_pressed_for_the_next_one(room: ServedRoom, open_tablet: Open) -> None:
    """Whoever taps twice, or just when another tablet has answered, answers one check-in."""
    with_three_due(room)
    tablet = open_tablet(room)
    tablet.page.wait_for_selector("#check-in-done", state="visible")
    tablet.page.wait_for_timeout(_SETTLED)
    tablet.page.evaluate(_TAP_AT_THE_CHANGE)
    room.press(Done())
    tablet.wait_for("window.tapped")
    tablet.page.wait_for_timeout(300)
    assert len(due(room)) == 2


def test_it_never_gets_louder(room: ServedRoom, open_tablet: Open) -> None:
    """After half an hour a check-in looks as it did in its first second, and nothing moves."""
    tablet = open_tablet(room)
    room.jump(5.02)
    tablet.reads("#check-in-when", "0:")
    before = tablet.page.evaluate(_LOOK)
    assert before[4:] == ["none", 0, 0]
    room.jump(9.0)
    tablet.reads("#check-in-when", "9:")
    assert tablet.page.evaluate(_LOOK) == before


def test_a_seat_begins_by_a_long_press(room: ServedRoom, open_tablet: Open) -> None:
    """A touch only says how; after a second the clock shows, with what comes next on it."""
    tablet = open_tablet(room)
    tablet.press("#seat-a", 0)
    tablet.reads("#said", "Keep it pressed")
    assert room.now().seats == {}
    tablet.press("#seat-a")
    tablet.reads(".seat:first-child .seat-clock", "in 6:")
    assert tablet.page.locator("#seat-a").is_hidden()
    room.press(SeatStarted(seat=Seat.B))
    tablet.reads(".seat:last-child .seat-clock", "Lozenge out")
    assert set(room.now().seats) == {"a", "b"}


def test_a_seat_that_was_a_mistake_is_set_back(room: ServedRoom, open_tablet: Open) -> None:
    """Undo sets its clock back, and the key is there again."""
    room.stand_still()
    tablet = open_tablet(room)
    tablet.keep_words()
    tablet.press("#seat-b")
    tablet.page.wait_for_selector("#undo", state="visible")
    tablet.tap("#undo")
    tablet.page.wait_for_selector("#seat-b", state="visible")
    tablet.wait_until(lambda: room.now().seats == {})
    tablet.reads("#said", "Taken back: seat b started.")
