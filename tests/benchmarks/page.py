"""How soon the tablet's page is painted in a real Chromium, and what a quiet minute of it weighs.

How soon each key is answered: `touch`.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from support.browser import chromium, tablets
from support.tablet import ServedRoom, three_hours

MINUTE = 60.0
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def report() -> Iterator[str]:
    """The first paint, and the bytes of a minute's updates."""
    with tempfile.TemporaryDirectory() as folder, ServedRoom(Path(folder), three_hours()) as room:
        with chromium() as browser, tablets(browser) as make:
            tablet = make()
            tablet.open(room.address)
            yield f"first paint {tablet.page.evaluate(_PAINT):.0f} ms (aim: 500 ms)"
        yield f"a quiet minute of updates: {_minute(room) / 1000:.1f} kB (aim: at most 100 kB)"


def _minute(room: ServedRoom) -> int:
    total, end = 0, monotonic() + MINUTE
    with room.get("/v1/events") as stream:
        while monotonic() < end:
            total += len(stream.readline())
    return total
