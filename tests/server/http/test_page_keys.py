"""The tablet's keys on the page as it is served."""

import json
import re
from typing import Any

import pytest

from kacenv.model.request_definition import TabletKey
from kacenv.model.request_table import REQUESTS
from kacenv.server.http.page_keys import with_keys
from kacenv.server.http.static_files import FOLDER

KEYS = [key for one in REQUESTS for key in one.keys]
PAGE = with_keys((FOLDER / "index.html").read_text())
ICONS = re.findall(r'<symbol id="([\w-]+)"', (FOLDER / "icons.svg").read_text())


def told() -> dict[str, Any]:
    """What the page tells its scripts."""
    found = re.search(r'<script type="application/json" id="requests">(.*?)</script>', PAGE)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.id)
def test_each_key_is_on_the_page_with_its_icon(key: TabletKey) -> None:
    """Whoever looks sees it once, and whoever presses it sends what is defined."""
    assert PAGE.count(f'id="{key.id}"') == 1
    assert {key.icon, key.face.icon if key.face else ""} <= {"", *ICONS}
    assert told()["keys"][key.id]["ask"] == dict(key.ask)


def test_no_place_is_left_open() -> None:
    """Every mark of the page has been replaced."""
    assert "<!--" not in PAGE


def test_scripts_learn_what_can_not_be_taken_back() -> None:
    """The page offers no undo for a chime."""
    assert told()["lasting"] == [one.kind for one in REQUESTS if one.lasting]
    assert "chime" in told()["lasting"]
