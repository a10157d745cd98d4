"""ASGI middlewares that check each request, for the Unix socket and for TCP."""

from abc import ABC, abstractmethod
from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from kacenv.core.units import Seconds
from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.access import Access, Site, authorize
from kacenv.server.http.edge.authenticator import Principal
from kacenv.server.http.edge.connection_limit import KnownOrigins
from kacenv.server.http.edge.rate_limit import RateLimiter, origin_of
from kacenv.server.http.edge.request import (
    address_of,
    bearer_token,
    check_unambiguous,
    is_cross_origin,
    is_for_host,
    is_json,
    read_whole_body,
)
from kacenv.server.http.edge.security_headers import SECURITY, adding
from kacenv.server.http_error import HttpError, error_response

REQUESTS_AT_ONCE, REQUESTS_PER_SECOND = 80, 25.0
"""Burst and rate of requests per address; a page loads its files at once."""
_METHODS: Final = {"GET", "POST", "DELETE"}


class _EdgeMiddleware(ABC):
    """Passes whole requests to `app`, of clients that a transport admits."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or answer with an error."""
        request, send = HTTPConnection(scope), adding(SECURITY, send)
        try:
            check_unambiguous(request)
            access = self._admit(request)
            receive = await read_whole_body(request, receive)
        except HttpError as error:
            await _refuse(error, scope, receive, send)
            return
        if line := access.rotated_cookie(request["scheme"]):
            send = adding([(b"set-cookie", line.encode())], send)
        state = {**scope.get("state", {}), "access": access}
        await self._app({**scope, "state": state}, receive, send)

    @abstractmethod
    def _admit(self, request: HTTPConnection) -> Access:
        """Return the access of a request.

        Raises:
            HttpError: The client may not do this.
        """


async def _refuse(error: HttpError, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an error, and close the connection: the request's body may still be on the way."""
    response = error_response(error)
    response.headers["Connection"] = "close"
    await response(scope, receive, send)


class UnixSocketMiddleware(_EdgeMiddleware):
    """Passes all requests to `app`; the socket's file permissions authorize the client."""

    def _admit(self, _request: HTTPConnection) -> Access:
        return Access(Principal("", DeviceRole.STAFF), Site())


class TcpMiddleware(_EdgeMiddleware):
    """Passes authorized requests to `app`; without an authenticator, all with a known host name.

    Addresses of devices that have logged in are added to `known`.
    """

    def __init__(self, app: ASGIApp, site: Site, known: KnownOrigins) -> None:
        super().__init__(app)
        self._site, self._known = site, known
        self._rate = RateLimiter(REQUESTS_AT_ONCE, REQUESTS_PER_SECOND)

    def _admit(self, request: HTTPConnection) -> Access:
        self._check_head(request)
        principal = self._authenticate(request)
        if principal is not None and self._site.authenticator is not None:
            self._known.add(address_of(request))
        authorize(principal, request["method"], request["path"])
        return Access(principal, self._site)

    def _check_head(self, request: HTTPConnection) -> None:
        method: str = request["method"]
        if not self._rate.allows(origin_of(address_of(request))):
            raise HttpError(429, "Too many requests at once. Wait a moment.", Seconds(1.0))
        if not is_for_host(request, self._site.names):
            raise HttpError(421, "This room is not known by that name (surfaces: tcp: names:).")
        if method not in _METHODS:
            raise HttpError(405, "Rooms are read by GET and driven by POST.")
        if is_cross_origin(request) and (method != "GET" or request["path"].startswith("/v1/")):
            raise HttpError(403, "Another page asked for that; only the room's own may.")
        if method == "POST" and not is_json(request):
            raise HttpError(415, "A request is JSON (Content-Type: application/json).")

    def _authenticate(self, request: HTTPConnection) -> Principal | None:
        """Return the client of the request's token or cookie; None without either."""
        authenticator = self._site.authenticator
        if authenticator is None:
            return Principal("anybody at this machine", DeviceRole.STAFF)
        if token := bearer_token(request):
            return authenticator.by_token(token, address_of(request))
        cookie = request.cookies.get(self._site.cookie(request["scheme"]))
        return authenticator.by_cookie(cookie) if cookie else None
