"""A real Chromium that looks at a served room and touches its page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from support.browser import Open, Tablet, chromium, tablets
from support.tablet import ServedRoom, three_hours


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a file."""
    with chromium() as one:
        yield one


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


@pytest.fixture
def new_tablet(browser: Browser) -> Iterator[Open]:
    """Makes a new tablet, without a page yet."""
    with tablets(browser) as make:
        yield make


@pytest.fixture
def open_tablet(new_tablet: Open) -> Open:
    """Opens the page of a room on a tablet of a size."""

    def open_one(room: ServedRoom, size: str = "upright", **options: Any) -> Tablet:
        tablet = new_tablet(size, **options)
        tablet.open(room.address)
        return tablet

    return open_one
