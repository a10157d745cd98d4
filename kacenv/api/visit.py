"""A visit: one request over TCP, read with suspicion."""

from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from kacenv.access import Refusal

_ONCE: Final = {
    *("host", "origin", "authorization", "cookie", "content-length", "content-type"),
    *("transfer-encoding", "sec-fetch-site"),
}
"""Headers that may come once at most; two of them could be read in two ways."""


class Visit:
    """The head of a request.

    Raises:
        Refusal: It can be read in more than one way.
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
                raise Refusal(400, f"A request has one {name}.")
            self._headers[name] = value.decode("latin-1")
        if self.header("transfer-encoding") and self.header("content-length"):
            raise Refusal(400, "A request has one length.")

    def header(self, name: str) -> str:
        """A header by its name in small letters; empty if there is none."""
        return self._headers.get(name, "")

    @property
    def host(self) -> str:
        """The name by which the caller knows this machine, without its port."""
        try:
            return (urlsplit(f"//{self.header('host')}").hostname or "").rstrip(".")
        except ValueError:
            return ""

    @property
    def has_body(self) -> bool:
        """Whether a body comes after the head."""
        return self.header("content-length") not in {"", "0"} or bool(
            self.header("transfer-encoding")
        )

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether a page of somebody else's makes the browser ask this."""
        site, origin = self.header("sec-fetch-site"), self.header("origin")
        own = f"{self.scheme}://{self.header('host')}"
        return site not in {"", "none", "same-origin"} or (bool(origin) and origin != own)

    @property
    def token(self) -> str:
        """The token it shows (RFC 6750), or nothing."""
        scheme, _, token = self.header("authorization").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def cookie(self, name: str) -> str:
        """A cookie, or nothing."""
        try:
            found = SimpleCookie(self.header("cookie")).get(name)
        except CookieError:
            return ""
        return found.value if found else ""


def knows_host(host: str, names: frozenset[str]) -> bool:
    """Whether `host` is an address, this machine, or one of its names (`*.clinic.lan` too).

    Addresses are safe: only a name can be rebound to another machine.
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
