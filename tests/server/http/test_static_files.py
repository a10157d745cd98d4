"""The page's files over HTTP."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.tablet import ServedRoom

from kacenv.server.http.static_files import FOLDER, TYPES


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ServedRoom]:
    """A served room without a session."""
    with ServedRoom(tmp_path) as served:
        yield served


def test_every_file_of_the_page_is_served(room: ServedRoom) -> None:
    """Each has its type, forbids sniffing, and comes under the strict policy."""
    names = [path.name for path in FOLDER.iterdir() if path.name != "index.html"]
    assert {Path(name).suffix for name in names} <= set(TYPES)
    for address in ("/", *(f"/page/{name}" for name in names)):
        with room.get(address) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.read()


def test_what_the_browser_has_is_not_sent_again(room: ServedRoom) -> None:
    """A second visit asks whether a file has changed, and gets no body."""
    with room.get() as answer:
        tag = answer.headers["ETag"]
    with room.get(If_None_Match=tag) as again:
        assert (again.status, again.read()) == (304, b"")


def test_the_manifest_names_icons_that_are_there() -> None:
    """A tablet's home screen finds a picture that is as large as is said."""
    manifest = json.loads((FOLDER / "page.webmanifest").read_text())
    for icon in manifest["icons"]:
        content = (FOLDER / Path(icon["src"]).name).read_bytes()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", content[16:24])
            assert icon["sizes"] == f"{width}x{height}"
    assert any("maskable" in icon.get("purpose", "") for icon in manifest["icons"])
