"""How light, quick and accessible the page is."""

import re

import pytest
from playwright.sync_api import Browser, Request
from support.browser import SIZES, Open, check_access
from support.tablet import ServedRoom

from kacenv.model.requests import Lights

PAGE_BYTES = 150_000
BYTES_A_MINUTE = 100_000
UPDATES = 12


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(room: ServedRoom, open_tablet: Open, size: str) -> None:
    """Running, held with an undo, with a due check-in, and without a link."""
    tablet = open_tablet(room, size)
    tablet.reads("#phase", "settle")
    check_access(tablet)
    room.jump(5.02)
    tablet.reads("#check-in-when", "ago")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")
    check_access(tablet)
    tablet.shoot("check-in")
    room.cut()
    tablet.page.wait_for_selector(".lost")
    check_access(tablet)


def test_axe_finds_nothing_without_a_session(idle_room: ServedRoom, open_tablet: Open) -> None:
    """The list of scenes is as accessible as the session."""
    tablet = open_tablet(idle_room)
    tablet.page.wait_for_selector("[data-scene]")
    check_access(tablet)


def test_the_page_is_light(room: ServedRoom, browser: Browser) -> None:
    """All its files together are small; how soon it is painted, `make bench RUNS=page` measures."""
    page = browser.new_page(viewport={"width": 768, "height": 1024})
    files: dict[str, Request] = {}
    page.on("requestfinished", lambda request: files.update({request.url: request}))
    page.goto(room.address)
    page.wait_for_selector("body:not(.waiting)")
    own = [request for url, request in files.items() if "/v1/" not in url]
    weight = sum(request.sizes()["responseBodySize"] for request in own)
    page.close()
    print(f"page {weight / 1000:.1f} kB in {len(own)} files")
    assert len(own) >= 12
    assert 20_000 < weight < PAGE_BYTES


def test_a_busy_minute_of_updates_is_small(room: ServedRoom) -> None:
    """With the lamps changing four times a second, a minute stays below 100 kB."""
    with room.get("/v1/events") as stream:
        total = len(stream.readline())
        for step in range(1, UPDATES + 1):
            room.press(Lights.model_validate({"level": f"{step}%"}))
            total += len(stream.readline())
    print(f"{total * 240 / UPDATES / 1000:.1f} kB in a busy minute")
    assert total * 240 / UPDATES < BYTES_A_MINUTE


def test_nothing_flashes_while_loading(room: ServedRoom, browser: Browser) -> None:
    """The page is dark before its stylesheet has come, by what its first bytes say."""
    with room.get() as answer:
        head = answer.read(512).decode()
    assert head.index("color-scheme") < head.index("stylesheet")
    page = browser.new_page()
    page.route("**/*.css", lambda route: route.abort())
    page.goto(room.address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 14, 11)"
    page.close()


def test_nothing_comes_from_elsewhere(room: ServedRoom, open_tablet: Open) -> None:
    """Every request goes to the room itself; nothing is inline, so that a strict CSP holds."""
    with room.get() as answer:
        policy, html = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=|https?://", html)
    tablet = open_tablet(room)
    names = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert all(name.startswith(room.address) for name in tablet.page.evaluate(names))


def test_motion_is_kept_to_what_is_needed(room: ServedRoom, open_tablet: Open) -> None:
    """Who asks for less motion sees the long press and the undo in steps, not gliding."""
    tablet = open_tablet(room, reduced_motion="reduce")
    tablet.keep_words()
    tablet.tap("#hold")
    tablet.page.wait_for_selector("#undo.running")
    timing = (
        "getComputedStyle(document.getElementById('undo'), '::before').transitionTimingFunction"
    )
    assert "steps(10" in tablet.page.evaluate(timing)


def test_a_screen_reader_is_told_rarely(room: ServedRoom, open_tablet: Open) -> None:
    """Clocks aren't announced; a new phase and a due check-in are, once."""
    tablet = open_tablet(room)
    live = "[...document.querySelectorAll('[role=status],[role=alert],[aria-live]')].map(e => e.id)"
    assert tablet.page.evaluate(live) == ["lost", "login-said", "said", "news"]
    room.jump(5.02)
    tablet.wait_for("document.getElementById('news').textContent.startsWith('Check-in')")
    room.jump(10)
    tablet.wait_for("document.getElementById('news').textContent === 'Now onset.'")
