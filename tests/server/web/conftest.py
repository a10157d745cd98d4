"""A real Chromium that looks at a served room and touches its page."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from support.tablet import ServedRoom, three_hours

CHROMIUM = "/usr/bin/chromium"
SHOTS = Path(__file__).parents[3] / "build" / "screenshots"
SIZES = {"upright": (768, 1024), "lying": (1280, 800), "phone": (390, 844)}
PATIENCE = 60_000
"""Milliseconds that anything may take on a busy machine."""
LONG_PRESS = 1100
"""Milliseconds of a finger on a key that asks for a second."""


class Tablet:
    """A page in the browser, and a finger."""

    def __init__(self, page: Page, size: str) -> None:
        self.page, self.size = page, size
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text))
        self._touch = page.context.new_cdp_session(page)

    def open(self, address: str) -> None:
        """Load the page and wait until it shows the room."""
        self.page.goto(address)
        self.page.wait_for_selector("body:not(.waiting)")

    def tap(self, selector: str) -> None:
        """Touch a key shortly."""
        self.page.tap(selector)

    def press(self, selector: str, span: int = LONG_PRESS) -> None:
        """Keep a finger on a key for `span` milliseconds."""
        box = self.page.locator(selector).bounding_box()
        assert box
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        self._send("touchStart", [point])
        if span:
            self.page.wait_for_timeout(span)
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self._touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def text(self, selector: str) -> str:
        """What stands there."""
        return self.page.locator(selector).inner_text()

    def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript condition holds; the page's policy forbids it to do so itself."""
        self.wait_until(lambda: bool(self.page.evaluate(condition)), condition)

    def wait_until(self, holds: Callable[[], bool], what: str = "it") -> None:
        """Look again and again until something has come about, here or in the room."""
        end = time.monotonic() + PATIENCE / 1000
        while not holds():
            said = self.text("#said")
            assert time.monotonic() < end, f"{what} never came about; the page says: {said}"
            self.page.wait_for_timeout(50)

    def reads(self, selector: str, part: str) -> None:
        """Wait until a text with `part` in it stands there."""
        self.page.locator(selector).filter(has_text=part).wait_for()

    def shoot(self, name: str) -> None:
        """Keep a screenshot."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{self.size}-{name}.png")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver; while it is there, no other event loop can run in this thread."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests of a file."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ServedRoom]:
    """A room with a session of three hours that has just begun."""
    with ServedRoom(tmp_path, three_hours()) as served:
        yield served


@pytest.fixture
def idle_room(tmp_path: Path) -> Iterator[ServedRoom]:
    """A room without a session."""
    with ServedRoom(tmp_path) as served:
        yield served


Open = Callable[..., Tablet]


@pytest.fixture
def open_tablet(browser: Browser) -> Iterator[Open]:
    """Opens the page of a room on a tablet of a size."""
    contexts = []

    def open_one(room: ServedRoom, size: str = "upright", **options: Any) -> Tablet:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tablet = Tablet(context.new_page(), size)
        tablet.open(room.address)
        return tablet

    yield open_one
    for context in contexts:
        context.close()
