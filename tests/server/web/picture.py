"""Draws docs/tablet.png: the page in the middle of the shipped three-hour scene.

`PYTHONPATH=tests python tests/server/web/picture.py` writes it anew.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, ViewportSize
from support.browser import chromium
from support.tablet import ServedRoom

from kacenv.config import House, load_session
from kacenv.model.requests import Done, Release, SeatStarted
from kacenv.model.scene import Seat

TARGET = Path(__file__).parents[3] / "docs" / "tablet.png"
UPRIGHT, LYING = (768, 1024), (1280, 800)
PEAK = "peak"
INTO = 14.0
"""Minutes of the peak that have passed, at the least."""
APART = 3.0
"""Minutes from the first seat's lozenge to the other's."""


def draw(target: Path, size: tuple[int, int] = LYING) -> None:
    """Live through the scene as far as the peak, until a check-in is due; save what is seen."""
    os.environ.setdefault("TZ", "UTC")
    timeline = load_session(House.find(), "couple-lozenge", "demo")
    with tempfile.TemporaryDirectory() as folder, ServedRoom(Path(folder), timeline) as room:
        _lead(room)
        with chromium() as browser:
            width, height = size
            page = browser.new_page(viewport=ViewportSize(width=width, height=height))
            _shoot(page, room.address, target)


def _lead(room: ServedRoom) -> None:
    """Staff see to every check-in but the last, and take the lozenges' time."""
    room.jump(12.0)
    room.press(SeatStarted(seat=Seat.A))
    room.jump(APART)
    room.press(SeatStarted(seat=Seat.B))
    while not _is_there(room):
        for _ in room.now().due:
            room.press(Done())
        if room.now().mode == "held":
            room.press(Release())
        room.jump(0.5)
        room.take_turn()


def _is_there(room: ServedRoom) -> bool:
    now = room.now()
    at_peak = now.phases[now.phase].name == PEAK and now.in_phase >= 60.0 * INTO
    return at_peak and len(now.due) == 1


def _shoot(page: Page, address: str, target: Path) -> None:
    page.goto(address)
    page.wait_for_selector("body:not(.waiting)")
    page.wait_for_selector("#check-in-keys:not([hidden])")
    time.sleep(0.5)
    page.screenshot(path=target)


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if sys.argv[1:] else TARGET, UPRIGHT if sys.argv[2:] else LYING)
