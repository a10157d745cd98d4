"""Debian's own Chromium without its windows, and a page of a room in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PROGRAM = "/usr/bin/chromium-headless-shell"
"""It opens a page with a third of the processor time that the whole browser takes."""
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
SIZES = {"upright": (768, 1024), "lying": (1280, 800), "phone": (390, 844)}
BROWSER_PATIENCE = 60_000
"""Milliseconds that anything may take on a busy machine."""
LONG_PRESS = 1100
"""Milliseconds of a finger on a key that asks for a second."""
_KEEP_WORDS = """() => { const later = window.setTimeout;
  window.setTimeout = (act, span) => (span === 10000 ? 0 : later(act, span)); }"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open a browser; while it is there, no other event loop can run in this thread."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tablet:
    """A page in the browser, and a finger."""

    def __init__(self, page: Page, size: str) -> None:
        self.page, self.size = page, size
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text))
        self._touch = page.context.new_cdp_session(page)
        self._let_stay_awake()

    def open(self, address: str) -> None:
        """Load the page and wait until it shows the room."""
        self.page.goto(address)
        self.page.wait_for_selector("body:not(.waiting)")

    def keep_words(self) -> None:
        """Let the room's answer and its undo stand, however long a busy machine takes."""
        self.page.evaluate(_KEEP_WORDS)

    def tap(self, selector: str) -> None:
        """Touch a key shortly."""
        self.page.tap(selector)

    def press(self, selector: str, span: int = LONG_PRESS) -> None:
        """Keep a finger on a key for `span` milliseconds, and until the page has counted them."""
        box = self.page.locator(selector).bounding_box()
        assert box
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        self._send("touchStart", [point])
        if span:
            self.page.wait_for_timeout(span)
            self.wait_until_counted(selector)
        self._send("touchEnd", [])

    def wait_until_counted(self, selector: str) -> None:
        """Wait until a key that is kept pressed has acted."""
        pressing = "key => key.classList.contains('pressing')"
        self.wait_until(lambda: not self.page.locator(selector).evaluate(pressing))

    def _let_stay_awake(self) -> None:
        """Grant what every browser with windows grants a page by itself."""
        mine = self._touch.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
        granted = {"permissions": ["wakeLockScreen"], "browserContextId": mine}
        self._touch.send("Browser.grantPermissions", granted)

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
        end = time.monotonic() + BROWSER_PATIENCE / 1000
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


Open = Callable[..., Tablet]
"""Opens the page of a room on a tablet of a size."""


@contextmanager
def tablets(browser: Browser) -> Iterator[Open]:
    """Give what makes a new tablet, without a page yet; all are put away afterwards."""
    with ExitStack() as stack:

        def make(size: str = "upright", **options: Any) -> Tablet:
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height}, has_touch=True, **options
            )
            context.set_default_timeout(BROWSER_PATIENCE)
            stack.callback(context.close)
            return Tablet(context.new_page(), size)

        yield make


def check_access(tablet: Tablet) -> None:
    """Check that the page breaks none of axe's rules."""
    result = Axe().run(tablet.page)
    assert result.violations_count == 0, result.generate_report()
