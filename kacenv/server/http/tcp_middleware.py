"""ASGI middleware for requests over TCP: rate limit, host check, CSRF check and authorization."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from kacenv.core.units import Seconds
from kacenv.server.auth import Authenticator, DeviceRole, HttpError, Principal
from kacenv.server.auth.throttle import origin_of
from kacenv.server.http.login_routes import LOGIN, SiteInfo, add_cookie
from kacenv.server.http.rate_limit import RateLimiter
from kacenv.server.http.request_body import read_whole_body, send_error
from kacenv.server.http.request_head import RequestHead, is_known_host

AT_ONCE, PER_SECOND = 80, 25.0
"""Burst and rate of requests per address; a page loads its files at once."""
_METHODS: Final = {"GET", "POST", "DELETE"}
_READING: Final = {"GET"}
_OPEN: Final = ("/", LOGIN)
"""Paths that need no login."""
_ANYBODY: Final = Principal("anybody at this machine", DeviceRole.STAFF)


class TcpMiddleware:
    """Passes authorized requests to `app`; without an authenticator, all with a known host name."""

    def __init__(self, app: ASGIApp, host: SiteInfo) -> None:
        self._app, self._host = app, host
        self._rate = RateLimiter(AT_ONCE, PER_SECOND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or answer with an error."""
        try:
            visit = RequestHead(scope)
            visitor = self._let_in(visit)
            receive = await read_whole_body(visit, receive)
        except HttpError as refusal:
            await send_error(refusal, send)
            return
        gate = self._host.gate
        state = {**scope.get("state", {}), "visitor": visitor, "host": self._host}
        if gate and visitor:
            state["still"] = lambda: gate.still(visitor)
        new = gate.turn(visitor) if gate and visitor else None
        if new:
            send = add_cookie(send, self._host.cookie_line(new, visit.scheme))
        await self._app({**scope, "state": state}, receive, send)

    def _let_in(self, visit: RequestHead) -> Principal | None:
        """Return the client; None for one that may only log in.

        Raises:
            Refusal: The client may not do this.
        """
        if not self._rate.allows(origin_of(visit.address)):
            raise HttpError(429, "Too many requests at once. Wait a moment.", Seconds(1.0))
        if not is_known_host(visit.host, self._host.names):
            raise HttpError(421, "This room is not known by that name (surfaces: tcp: names:).")
        if visit.method not in _METHODS:
            raise HttpError(405, "Rooms are read by GET and driven by POST.")
        if visit.is_from_elsewhere and (visit.method != "GET" or visit.path.startswith("/v1/")):
            raise HttpError(403, "Another page asked for that; only the room's own may.")
        if visit.method == "POST" and _media_type(visit) != "application/json":
            raise HttpError(415, "A request is JSON (Content-Type: application/json).")
        return _allowed(visit, _who(visit, self._host))


def _media_type(visit: RequestHead) -> str:
    return visit.header("content-type").partition(";")[0].strip().lower()


def _who(visit: RequestHead, host: SiteInfo) -> Principal | None:
    gate: Authenticator | None = host.gate
    if gate is None:
        return _ANYBODY
    if visit.token:
        return gate.by_token(visit.token, visit.address)
    cookie = visit.cookie(host.cookie(visit.scheme))
    return gate.by_cookie(cookie) if cookie else None


def _allowed(visit: RequestHead, visitor: Principal | None) -> Principal | None:
    """Return `visitor`, if it may do this.

    Raises:
        Refusal: It may not.
    """
    if visit.path == LOGIN or (visit.path in _OPEN or visit.path.startswith("/page/")):
        return visitor
    if visitor is None:
        raise HttpError(401, "Log in first: with a PIN at the page, or with a token.")
    if visitor.role is not DeviceRole.STAFF and visit.method not in _READING:
        raise HttpError(403, "This device may look, and change nothing.")
    return visitor
