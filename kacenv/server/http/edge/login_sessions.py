"""Login sessions: the cookies of browsers that have shown a token or a PIN."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kacenv.core.errors import KacenvError
from kacenv.core.units import Seconds
from kacenv.server.http.edge.credentials import write_private

UNUSED: Final = Seconds(12 * 3600.0)
"""Idle time after which a login expires."""
LONGEST: Final = Seconds(30 * 86400.0)
"""Longest life of a login."""
ROTATE_EVERY: Final = Seconds(3600.0)
"""Interval of cookie rotation."""
GRACE: Final = Seconds(60.0)
"""Time that the old cookie stays valid after the new one is first used, for requests under way."""
_MOST = 200


@dataclass(slots=True)
class Login:
    """Login of one browser by the credential with the id `key`; times are by the wall clock.

    Cookies are stored as SHA-256. `offered` has been sent and not been used yet.
    """

    key: str
    begun: float
    used: float
    turned: float
    current: str
    offered: str = ""
    before: str = ""
    before_until: float = 0.0

    def is_over(self, now: float) -> bool:
        """Return True if it has expired, or the clock has jumped."""
        unused = now - self.used > UNUSED or self.used > now + ROTATE_EVERY
        return unused or now - self.begun > LONGEST

    def knows(self, digest: str, now: float) -> bool:
        """Return True if a cookie's digest belongs to this login."""
        own = {self.current, self.offered} | ({self.before} if now < self.before_until else set())
        return digest in own - {""}


class Logins:
    """Logins of one room, kept in the file at `path` so that they outlive the daemon."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self._path, self._now = path, now
        self._logins: list[Login] = list(_read(path))

    def begin(self, key: str) -> str:
        """Begin a login, and return its cookie."""
        cookie, now = _new_cookie(), self._now()
        self._logins = [login for login in self._logins if not login.is_over(now)][1 - _MOST :]
        self._logins.append(Login(key, now, now, now, _digest(cookie)))
        return cookie

    def find(self, cookie: str) -> Login | None:
        """Return the login of a cookie, and count it as used."""
        digest, now = _digest(cookie), self._now()
        for login in self._logins:
            if login.knows(digest, now) and not login.is_over(now):
                login.used = now
                if digest == login.offered:
                    login.before, login.before_until = login.current, now + GRACE
                    login.current, login.offered = login.offered, ""
                return login
        return None

    def rotate(self, login: Login) -> str | None:
        """Return a new cookie for the login, if that is due; it counts once it is used.

        Until then the old one stays valid: the response may get lost.
        """
        now = self._now()
        if now - login.turned < (GRACE if login.offered else ROTATE_EVERY):
            return None
        cookie = _new_cookie()
        login.offered, login.turned = _digest(cookie), now
        return cookie

    def end(self, login: Login) -> None:
        """End a login; its cookies are invalid from now on."""
        self._logins = [other for other in self._logins if other is not login]

    def is_valid(self, login: Login) -> bool:
        """Return True if the login is still valid."""
        return any(other is login for other in self._logins) and not login.is_over(self._now())

    def text(self) -> str:
        """Return the logins as JSON."""
        return json.dumps([asdict(login) for login in self._logins])

    def save(self, text: str) -> None:
        """Write the file."""
        write_private(self._path, text)


def _new_cookie() -> str:
    return secrets.token_urlsafe(32)


def _digest(cookie: str) -> str:
    """Return the SHA-256 of a cookie; looking up 256 random bits by hash leaks nothing by time."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def _read(path: Path) -> Iterator[Login]:
    """Read the stored logins; without a readable file there are none."""
    try:
        yield from [Login(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KacenvError):
        return
