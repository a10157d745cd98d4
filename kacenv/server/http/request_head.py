"""Head of an HTTP request; rejects duplicate or contradictory headers."""

from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from kacenv.server.auth import HttpError

_ONCE: Final = {
    *("host", "origin", "authorization", "cookie", "content-length", "content-type"),
    *("transfer-encoding", "sec-fetch-site"),
}
"""Headers allowed once; a duplicate makes a request ambiguous."""


class RequestHead:
    """Head of a request over TCP.

    Raises:
        Refusal: The headers are ambiguous.
    """

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.scheme: str = scope["scheme"]
        client = scope.get("client")
        self.address: str = client[0] if client else ""
        self._headers: dict[str, str] = {}
        for raw, value in scope["headers"]:
            name = raw.decode("latin-1").lower()
            if name in _ONCE and name in self._headers:
                raise HttpError(400, f"A request has one {name}.")
            self._headers[name] = value.decode("latin-1")
        if self.header("transfer-encoding") and self.header("content-length"):
            raise HttpError(400, "A request has one length.")

    def header(self, name: str) -> str:
        """Return a header by its lower-case name; empty without one."""
        return self._headers.get(name, "")

    @property
    def host(self) -> str:
        """Host name that the client addresses, without the port."""
        try:
            return (urlsplit(f"//{self.header('host')}").hostname or "").rstrip(".")
        except ValueError:
            return ""

    @property
    def has_body(self) -> bool:
        """True if a body follows the head."""
        return self.header("content-length") not in {"", "0"} or bool(
            self.header("transfer-encoding")
        )

    @property
    def is_from_elsewhere(self) -> bool:
        """True if a page of another origin made the browser send this."""
        site, origin = self.header("sec-fetch-site"), self.header("origin")
        own = f"{self.scheme}://{self.header('host')}"
        return site not in {"", "none", "same-origin"} or (bool(origin) and origin != own)

    @property
    def token(self) -> str:
        """Bearer token (RFC 6750), or empty."""
        scheme, _, token = self.header("authorization").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def cookie(self, name: str) -> str:
        """Return a cookie's value, or empty."""
        try:
            found = SimpleCookie(self.header("cookie")).get(name)
        except CookieError:
            return ""
        return found.value if found else ""


def is_known_host(host: str, names: frozenset[str]) -> bool:
    """Return True if `host` is an address, localhost, or among the names (`*.clinic.lan` too).

    Addresses are safe: only a name can be rebound to another machine (DNS rebinding).
    """
    if host == "localhost" or host in names:
        return True
    _, _, domain = host.partition(".")
    if domain and f"*.{domain}" in names:
        return True
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
