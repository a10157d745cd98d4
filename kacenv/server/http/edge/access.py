"""Access to a room over HTTP: who asks, and what each role may do."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from starlette.requests import HTTPConnection

from kacenv.model.device_role import EVERY_DEVICE, STAFF_ALONE, DeviceRole
from kacenv.model.request_table import BY_KIND, REQUESTS
from kacenv.model.requests import Press
from kacenv.server.http.edge.authenticator import Authenticator, Principal
from kacenv.server.http_error import HttpError

LOGIN: Final = "/v1/login"
RECORDS: Final = "/v1/records"
START: Final = "/v1/start"
_LOOK: Final = "This device may look, and change nothing."
_ANYBODY: Final = frozenset({None, *DeviceRole})
"""Also who has not logged in."""
_PRESSERS: Final = frozenset(role for one in REQUESTS for role in one.who)


class Route(NamedTuple):
    """Method and path, and who may use them; a path that ends with `/` stands for all below it."""

    method: str
    path: str
    who: frozenset[DeviceRole | None]


ROUTES: Final = (
    Route("GET", "/", _ANYBODY),
    Route("GET", "/page/", _ANYBODY),
    Route("GET", LOGIN, _ANYBODY),
    Route("POST", LOGIN, _ANYBODY),
    Route("DELETE", LOGIN, _ANYBODY),
    Route("GET", "/openapi.json", EVERY_DEVICE),
    Route("GET", "/v1/status", EVERY_DEVICE),
    Route("GET", "/v1/events", EVERY_DEVICE),
    Route("GET", "/v1/scenes", EVERY_DEVICE),
    Route("POST", "/v1/requests", _PRESSERS),
    Route("POST", START, STAFF_ALONE),
    Route("GET", RECORDS, STAFF_ALONE),
    Route("GET", f"{RECORDS}/", STAFF_ALONE),
)
"""Who may use each route; any other is for staff. Of requests, each says by itself who may."""


def who_may(method: str, path: str) -> frozenset[DeviceRole | None]:
    """Return the roles that may use a method at a path; None is whoever has not logged in."""
    for route in ROUTES:
        below = route.path != "/" and route.path.endswith("/") and path.startswith(route.path)
        if route.method == method and (below or route.path == path):
            return route.who
    return STAFF_ALONE


def authorize(principal: Principal | None, method: str, path: str) -> None:
    """Check that a client may use a route.

    Raises:
        HttpError: It may not.
    """
    who = who_may(method, path)
    if principal is None and None not in who:
        raise HttpError(401, "Log in first: with a PIN at the page, or with a token.")
    if principal is not None and principal.role not in who:
        raise HttpError(403, _LOOK if method != "GET" else "This is for staff.")


def authorize_press(principal: Principal | None, press: Press) -> None:
    """Check that a client may make a request, as its definition says.

    Raises:
        HttpError: It may not.
    """
    if principal is None or principal.role not in BY_KIND[press.kind].who:
        raise HttpError(403, _LOOK)


@dataclass(frozen=True, slots=True)
class Site:
    """A room as clients address it: by the machine's names; without `authenticator`, all may."""

    room: str = ""
    names: frozenset[str] = frozenset()
    authenticator: Authenticator | None = None

    def cookie(self, scheme: str) -> str:
        """Return the cookie's name; browsers take `__Host-` over TLS alone (RFC 6265bis, 4.1.3).

        Ports share cookies, so two rooms on one machine need two names.
        """
        return f"__Host-kacenv-{self.room}" if scheme == "https" else f"kacenv-{self.room}"

    def cookie_line(self, value: str, scheme: str) -> str:
        """Return the Set-Cookie header that sets the cookie, or deletes it if `value` is empty.

        Browsers keep it for 30 days; the server decides when it expires.
        """
        age = 30 * 86400 if value else 0
        secure = "; Secure" if scheme == "https" else ""
        name = self.cookie(scheme)
        return f"{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"


@dataclass(frozen=True, slots=True)
class Access:
    """Access of one request: its client, None before a login, and the site that it asks."""

    principal: Principal | None
    site: Site

    def is_valid(self) -> bool:
        """Return True while the client is still authorized."""
        authenticator = self.site.authenticator
        return not (authenticator and self.principal) or authenticator.is_valid(self.principal)

    def rotated_cookie(self, scheme: str) -> str | None:
        """Return the Set-Cookie header of a cookie that is due to be replaced, or None."""
        authenticator = self.site.authenticator
        cookie = authenticator and self.principal and authenticator.rotate(self.principal)
        return self.site.cookie_line(cookie, scheme) if cookie else None


def access_of(request: HTTPConnection) -> Access:
    """Return the access that the middleware has given a request."""
    access = request.state.access
    assert isinstance(access, Access)  # noqa: S101 - both middlewares set it
    return access
