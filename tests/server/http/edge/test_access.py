"""Who may do what over the network, by one table and by each request's definition."""

import asyncio
import re
from typing import Any

import pytest
from support.guarded import Guarded
from support.sessions import a_room

from kacenv.model.device_role import EVERY_DEVICE, STAFF_ALONE, DeviceRole
from kacenv.model.request_table import BY_KIND, REQUESTS
from kacenv.model.requests import Chime, Hold
from kacenv.server.http.api import FileOperations, make_app
from kacenv.server.http.edge.access import ROUTES, authorize, authorize_press, who_may
from kacenv.server.http.edge.authenticator import Principal
from kacenv.server.http_error import HttpError
from kacenv.session.session import Session
from kacenv.system.clock import SimClock

VIEWER = Principal("screen", DeviceRole.VIEWER)
STAFF = Principal("tablet", DeviceRole.STAFF)


def served() -> set[tuple[str, str]]:
    """Every method and path that a room serves; what is below a folder or a list as `…/`."""

    async def serve() -> list[Any]:
        files = FileOperations(None, None)  # type: ignore[arg-type] # nobody asks for one
        return [*make_app(Session(a_room(), SimClock()), files).routes]

    return {
        (method, re.sub(r"^(/page/|/v1/records/).+", r"\1", route.path))
        for route in asyncio.run(serve())
        for method in route.methods - {"HEAD"}
    }


def test_each_route_stands_in_the_table() -> None:
    """No route is let in by what holds for all others, and the table names no other."""
    assert served() == {(route.method, route.path) for route in ROUTES}


_UNNAMED = [("GET", "/v2/status"), ("POST", "/v1/status"), ("GET", "/page"), ("PUT", "/")]


@pytest.mark.parametrize(("method", "path"), _UNNAMED)
def test_what_the_table_does_not_name_is_for_staff(method: str, path: str) -> None:
    """A route that somebody forgets to write down is closed, not open."""
    assert who_may(method, path) == STAFF_ALONE
    authorize(STAFF, method, path)
    with pytest.raises(HttpError) as refusal:
        authorize(VIEWER, method, path)
    assert refusal.value.status == 403


def test_a_request_is_for_whom_its_definition_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A viewer may make the one that says so, and no other; a stranger none."""
    monkeypatch.setitem(BY_KIND, "chime", BY_KIND["chime"]._replace(who=EVERY_DEVICE))
    authorize_press(VIEWER, Chime())
    authorize_press(STAFF, Hold())
    for principal, press in ((VIEWER, Hold()), (None, Chime())):
        with pytest.raises(HttpError, match="may look"):
            authorize_press(principal, press)


def test_a_request_is_refused_by_its_definition_alone(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff that may use the route are refused a request that is for nobody."""
    monkeypatch.setitem(BY_KIND, "hold", BY_KIND["hold"]._replace(who=frozenset()))
    refused = guarded.staff().press("hold")
    assert refused.status == 403
    assert guarded.room.now().mode == "running"


def test_today_staff_alone_drive() -> None:
    """Nobody widens this in passing."""
    assert {one.who for one in REQUESTS} == {STAFF_ALONE}
    assert who_may("POST", "/v1/requests") == STAFF_ALONE
