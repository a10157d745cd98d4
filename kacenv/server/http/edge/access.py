"""Access to a room over HTTP: who asks, and what each role may do."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection

from kacenv.server.auth.authenticator import Authenticator, Principal
from kacenv.server.auth.credentials import DeviceRole
from kacenv.server.http_error import HttpError

LOGIN: Final = "/v1/login"
RECORDS: Final = "/v1/records"


def authorize(principal: Principal | None, method: str, path: str) -> None:
    """Check what a client may do: staff all, viewers read, all others load the page and log in.

    Raises:
        HttpError: It may not do this.
    """
    if path in {"/", LOGIN} or path.startswith("/page/"):
        return
    if principal is None:
        raise HttpError(401, "Log in first: with a PIN at the page, or with a token.")
    if principal.role is DeviceRole.STAFF:
        return
    if method != "GET":
        raise HttpError(403, "This device may look, and change nothing.")
    if path.startswith(RECORDS):
        raise HttpError(403, "Records are for staff.")


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
