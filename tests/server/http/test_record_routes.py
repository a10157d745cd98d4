"""Records over TCP: for staff alone, and never another file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.caller import Caller
from support.guarded import Guarded
from support.lives import PLAN, lived
from support.sessions import a_room

from kacenv.session.records import RecordStore, SessionRecord, write_record
from kacenv.session.records.html_page import POLICY


@pytest.fixture
def record(tmp_path: Path, guarded: Guarded) -> Iterator[SessionRecord]:
    """A record of the room, and one of another room, beside it."""
    store = RecordStore()
    assert guarded.room.port
    for name in ("garden", "elsewhere"):
        room = a_room().model_copy(update={"name": name})
        write_record(lived(tmp_path / f"{name}.journal", PLAN, room=room), store)
    yield store.read(store.kept("garden")[0])
    for kept in store.kept():
        store.remove(kept)


def staff(guarded: Guarded) -> Caller:
    """Somebody who may read them."""
    return Caller(guarded.port, guarded.staff_token)


def test_staff_read_them(guarded: Guarded, record: SessionRecord) -> None:
    """The list has this room's alone; each as JSON, as a page, or its music."""
    caller = staff(guarded)
    assert [one["id"] for one in caller.ask("GET", "/v1/records").json] == [record.id]
    address = f"/v1/records/{record.id}"
    whole = caller.ask("GET", address)
    assert SessionRecord.model_validate_json(whole.body) == record
    music = caller.ask("GET", f"{address}?as=music")
    assert music.headers["content-type"].startswith("text/plain")
    assert music.body.startswith(b"onset-1, Nobody\n")


def test_a_page_keeps_its_own_strict_policy(guarded: Guarded, record: SessionRecord) -> None:
    """The answer's policy is the page's, and nobody may frame it."""
    page = staff(guarded).ask("GET", f"/v1/records/{record.id}?as=html")
    assert page.headers["content-security-policy"] == f"{POLICY}; frame-ancestors 'none'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert b"<h1>Test session</h1>" in page.body


def test_viewers_and_strangers_do_not(guarded: Guarded, record: SessionRecord) -> None:
    """Neither the list nor one of them."""
    for path in ("/v1/records", "/v1/records%0A", f"/v1/records/{record.id}"):
        assert Caller(guarded.port, guarded.viewer_token).ask("GET", path).status == 403
        assert guarded.stranger().ask("GET", path).status == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("00000000", 404),
        ("..%2f..%2fgarden.journal", 404),
        ("..", 422),
        ("%00", 422),
        ("0000000*", 422),
        ("00000000?as=/etc/passwd", 422),
    ],
)
def test_nothing_else_is_to_be_had(
    guarded: Guarded, record: SessionRecord, path: str, status: int
) -> None:
    """No other file, whatever the id."""
    assert record.room == "garden"
    assert staff(guarded).ask("GET", f"/v1/records/{path}").status == status


def test_another_room_s_is_not_this_one_s(guarded: Guarded, record: SessionRecord) -> None:
    """One machine may run two rooms, each with devices of its own."""
    assert record.room == "garden"
    other = RecordStore().kept("elsewhere")[0]
    assert staff(guarded).ask("GET", f"/v1/records/{other.id}").status == 404
