"""Logging in by touch, and what a device that may only look can press."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.access import PIN, a_pin, a_token
from support.browser import SIZES, Open, Tablet, check_access
from support.tablet import ServedRoom, three_hours

from kacenv.core.units import Seconds
from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge import rate_limit
from kacenv.server.http.edge.credentials import CredentialStore, key_file

_OPEN_KEYS = "[...document.querySelectorAll('main button:not(:disabled)')].map((key) => key.id)"


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedRoom]:
    """A room with a session that asks for a PIN."""
    monkeypatch.setenv("KACENV_STATE", str(tmp_path / "state"))
    a_pin()
    with ServedRoom(tmp_path, three_hours(), access={}) as served:
        yield served


@pytest.fixture
def open_page(new_tablet: Open) -> Open:
    """Opens a page that may ask for a PIN first."""

    def open_one(room: ServedRoom, size: str = "upright", end: str = "") -> Tablet:
        tablet = new_tablet(size)
        tablet.page.goto(room.address + end)
        return tablet

    return open_one


def type_pin(tablet: Tablet, pin: str) -> None:
    """Touch the digits, then the key that sends them."""
    tablet.page.wait_for_selector("#login:not([hidden])")
    for digit in pin:
        tablet.tap(f"[data-digit='{digit}']")
    tablet.tap("#pin-done")


@pytest.mark.parametrize("size", SIZES)
def test_a_pin_opens_the_room_by_touch(locked: ServedRoom, open_page: Open, size: str) -> None:
    """Nothing of the room shows before; afterwards it is there, and stays over a reload."""
    tablet = open_page(locked, size)
    tablet.page.wait_for_selector("#login:not([hidden])")
    assert not tablet.page.is_visible("main")
    assert "settle" not in tablet.page.content()
    check_access(tablet)
    tablet.shoot("login")
    boxes = [key.bounding_box() for key in tablet.page.locator("#pad button").all()]
    assert all(box and box["width"] >= 48 and box["height"] >= 48 for box in boxes)
    type_pin(tablet, PIN)
    tablet.reads("#phase", "settle")
    tablet.tap("#hold")
    tablet.reads("#phase-left", "holding")
    tablet.page.reload()
    tablet.reads("#phase-left", "holding")
    assert not tablet.page.is_visible("#login")
    assert "kacenv-garden" not in tablet.page.evaluate("document.cookie")


def test_a_wrong_pin_is_said_and_then_has_to_wait(
    locked: ServedRoom, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong digits are said to be wrong; after four times the page says how long to wait."""
    slow = replace(rate_limit.ONE, first=Seconds(600.0))  # than the slowest machine types
    monkeypatch.setattr(rate_limit, "ONE", slow)
    tablet = open_page(locked)
    for _ in range(4):
        type_pin(tablet, "728391")
        tablet.reads("#login-said", "not right")
    type_pin(tablet, PIN)
    tablet.reads("#login-said", "Wait")
    tablet.shoot("locked-out")
    check_access(tablet)
    assert not tablet.page.is_visible("main")


def test_a_slip_can_be_taken_back_and_keys_can_be_typed(
    locked: ServedRoom, open_page: Open
) -> None:
    """The last digit goes away; a keyboard works as the pad does."""
    tablet = open_page(locked)
    tablet.page.wait_for_selector("#login:not([hidden])")
    tablet.tap(f"[data-digit='{PIN[0]}']")
    tablet.tap("[data-digit='9']")
    tablet.tap("#pin-back")
    assert tablet.page.is_disabled("#pin-done")
    tablet.page.keyboard.type(PIN[1:])
    assert tablet.page.locator("#pin-length").text_content() == "6 digits"
    tablet.page.keyboard.press("Enter")
    tablet.reads("#phase", "settle")


def test_a_link_logs_in_and_leaves_no_token_behind(locked: ServedRoom, open_page: Open) -> None:
    """The token of a link never reaches the server's addresses, nor stays in the page's."""
    tablet = open_page(locked, end=f"#token={a_token()}")
    tablet.reads("#phase", "settle")
    assert tablet.page.url == locked.address
    assert tablet.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_viewer_sees_everything_and_presses_nothing(locked: ServedRoom, open_page: Open) -> None:
    """Every key is disabled, without a link too; the page says that it only looks."""
    tablet = open_page(locked, end=f"#token={a_token('screen', DeviceRole.VIEWER)}")
    tablet.reads("#phase", "settle")
    tablet.reads("#title", "looking only")
    assert tablet.page.evaluate(_OPEN_KEYS) == []
    check_access(tablet)
    tablet.shoot("viewer")
    locked.cut()
    tablet.reads("#lost", "No link since")
    assert tablet.page.evaluate(_OPEN_KEYS) == []


def test_a_removed_device_sees_nothing_more(locked: ServedRoom, open_page: Open) -> None:
    """The page of a device that is let in no more asks for a PIN, and shows no room."""
    tablet = open_page(locked, end=f"#token={a_token()}")
    tablet.reads("#phase", "settle")
    CredentialStore(key_file()).remove("tablet garden")
    tablet.page.wait_for_selector("#login:not([hidden])")
    assert not tablet.page.is_visible("main")
    type_pin(tablet, PIN)
    tablet.reads("#phase", "settle")


def test_a_log_in_outlives_the_daemon(locked: ServedRoom, open_page: Open) -> None:
    """After a crash the tablet is back without anybody typing."""
    tablet = open_page(locked)
    type_pin(tablet, PIN)
    tablet.reads("#phase", "settle")
    locked.cut()
    tablet.reads("#lost", "No link since")
    locked.mend()
    tablet.page.wait_for_selector("#lost", state="hidden")
    assert not tablet.page.is_visible("#login")
