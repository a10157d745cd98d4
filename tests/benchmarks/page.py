"""From a touch on the tablet's page to the daemon's word that it is done, in a real Chromium."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from playwright.sync_api import Page, ViewportSize
from support.browser import chromium
from support.tablet import ServedRoom, three_hours

RUNS = 20
AIM = 150.0
MINUTE = 60.0
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
TAPS = ("hold", "extend-5", "duck", "silence", "dimmer", "brighter", "lights-up", "plan", "chime")
OUTPUTS = (".quieter", ".louder", ".mute")
_LISTEN = """() => {
  window.spans = [];
  let touched = 0;
  addEventListener("pointerdown", () => { touched = performance.now(); }, true);
  const asked = window.fetch;
  window.fetch = async (path, options) => {
    const answer = await asked(path, options);
    if (options && options.method === "POST") window.spans.push(performance.now() - touched);
    return answer;
  };
}"""


def report() -> Iterator[str]:
    """The 95th percentile of each key, then what a quiet minute of updates weighs."""
    with tempfile.TemporaryDirectory() as folder, ServedRoom(Path(folder), three_hours()) as room:
        with chromium() as browser:
            upright = ViewportSize(width=768, height=1024)
            page = browser.new_context(viewport=upright, has_touch=True).new_page()
            page.goto(room.address)
            page.wait_for_selector("body:not(.waiting)")
            yield f"first paint {page.evaluate(_PAINT):.0f} ms (aim: 500 ms)"
            page.evaluate(_LISTEN)
            for key in (*(f"#{name}" for name in TAPS), *(f"li:first-child {n}" for n in OUTPUTS)):
                yield _line(key, _spans(page, key))
        yield f"a quiet minute of updates: {_minute(room) / 1000:.1f} kB (aim: at most 100 kB)"


def _spans(page: Page, key: str) -> list[float]:
    """Milliseconds from touch to answer, of many touches."""
    page.evaluate("window.spans.length = 0")
    for _ in range(RUNS):
        if key == "#plan":  # which needs something to take back
            page.tap("#dimmer")
            page.wait_for_timeout(60)
            page.evaluate("window.spans.pop()")
        page.tap(key)
        page.wait_for_timeout(60)
    return list(page.evaluate("window.spans"))


def _line(key: str, spans: list[float]) -> str:
    half, most = statistics.median(spans), statistics.quantiles(spans, n=20)[-1]
    return f"{key:<28} median {half:5.1f} ms, p95 {most:5.1f} ms (aim: {AIM:.0f} ms)"


def _minute(room: ServedRoom) -> int:
    total, end = 0, monotonic() + MINUTE
    with room.get("/v1/events") as stream:
        while monotonic() < end:
            total += len(stream.readline())
    return total
